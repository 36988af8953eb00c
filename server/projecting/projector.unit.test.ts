import { describe, expect, test, vi } from 'vitest'
import { asCanvasId, asPosition, asSeq, asTile } from '../../lib/brand.ts'
import { createFailpoints, failpointNames } from '../failpoints.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { StoreError } from '../store/port.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { LogProjection } from './log-projection.ts'
import { readNewestBoard, readPastBoard } from './past-board.ts'
import { Projector, type ProjectorOptions } from './projector.ts'
import { SnapshotProjection } from './snapshot-projection.ts'

const main = asCanvasId('main')
const tile = asTile(0)
const { signal } = new AbortController()

const setUp = async () => {
  const clock = { nowMs: 100_000 }
  const store = new MemoryStore()
  const stream = new EmbeddedStream({ maxEntries: 40, now: () => clock.nowMs })
  const canvas = await store.ensureCanvas(testCanvas())
  await stream.adopt(main, canvas.epoch)
  let groups = 0
  /** Paints one pixel and brings it to the stream, as the publisher would. */
  const publish = async (gx: number, color: number) => {
    await store.place({ id: `group${String(groups).padStart(8, '0')}`, requests: [paint({ gx, gy: 0, color })], nowMs: 1_000 + groups++ })
    await store.sequence({ limit: 10 })
    const commits = await store.getUnpublished({ limit: 10 })
    await stream.append(commits)
    await store.markAsPublished(commits, clock.nowMs)
  }
  const projectorWith = (options: Partial<ProjectorOptions> & Pick<ProjectorOptions, 'projection'>) =>
    new Projector({
      store,
      stream,
      consumer: 'one',
      context: workerContext({ clock: clockOf(() => clock.nowMs) }),
      metrics: noMetrics,
      ...options,
    })
  const log = (name: 'history' | 'stats') => new LogProjection({ name, store, logger: silentLogger })
  const history = async (gx: number) =>
    (await store.projections.readHistory({ canvas: main, tile, position: asPosition(gx), limit: 50 })).map(({ seq, color }) => [seq, color])
  const placed = async () =>
    (await store.projections.readStats({ canvas: main, maxPainters: 9, sinceMs: 0 })).painters.reduce((sum, each) => sum + each.placed, 0)
  return { clock, store, stream, canvas, publish, projectorWith, log, history, placed }
}

describe('a projector', () => {
  test('projects what comes, acknowledges it, and counts nothing twice', async () => {
    const { stream, publish, projectorWith, log, history, placed } = await setUp()
    for (const color of [1, 2, 3]) await publish(5, color)
    for (const name of ['history', 'stats'] as const) {
      const projector = projectorWith({ projection: log(name) })
      const reader = await projector.join()
      await projector.step(reader, signal)
      await projector.step(reader, signal)
      expect(projector.health()).toMatchObject({ processed: 3, failures: 0 })
    }
    expect(await history(5)).toEqual([
      [3, 3],
      [2, 2],
      [1, 1],
    ])
    expect(await placed()).toBe(3)
    expect((await stream.info()).groups.map(({ kind, pending, lag }) => [kind, pending, lag])).toEqual([
      ['projection', 0, 0],
      ['projection', 0, 0],
    ])
  })

  test.each(failpointNames.filter((name) => name.startsWith('projector.')))(
    'A2 a crash at %s loses nothing and counts nothing twice',
    async (name) => {
      const { clock, publish, projectorWith, log, history, placed } = await setUp()
      await publish(5, 1)
      for (const projection of ['history', 'stats'] as const) {
        const context = workerContext({ failpoints: createFailpoints({ [name]: 'throw' }), clock: clockOf(() => clock.nowMs) })
        const crashing = projectorWith({ projection: log(projection), context, consumer: 'dead' })
        await crashing.step(await crashing.join(), signal).catch(() => undefined)
        await publish(5, 2)
        clock.nowMs += 6_000
        const projector = projectorWith({ projection: log(projection) })
        const reader = await projector.join()
        for (let round = 0; round < 3; round++) await projector.step(reader, signal)
      }
      expect((await history(5)).map(([, color]) => color)).toEqual([2, 1])
      expect(await placed()).toBe(3)
    },
  )

  test('several share the work, and what a dead one was given is claimed', async () => {
    const { clock, stream, publish, projectorWith, log, placed } = await setUp()
    const shared = [0, 1, 2].map((index) => projectorWith({ projection: log('stats'), consumer: `worker-${index}` }))
    const readers = await Promise.all(shared.map((projector) => projector.join()))
    for (let gx = 0; gx < 30; gx++) {
      await publish(gx, 1)
      const [projector, reader] = [shared[gx % 3], readers[gx % 3]]
      // The first one reads and never comes to anything.
      if (gx % 3 === 0) await reader?.read({ maxCount: 10, blockMs: 0, signal })
      else if (projector && reader) await projector.step(reader, signal)
    }
    clock.nowMs += 6_000
    for (const index of [1, 2]) {
      const [projector, reader] = [shared[index], readers[index]]
      if (projector && reader) await projector.step(reader, signal)
    }
    expect(await placed()).toBe(30)
    expect((await stream.info()).groups.map(({ pending }) => pending)).toEqual([0])
  })

  test('what the stream has let go of is read from the store, up to what is in the stream', async () => {
    const { store, publish, projectorWith, log, placed } = await setUp()
    for (let gx = 0; gx < 60; gx++) await publish(gx, 1)
    await store.place({ id: 'unpublished', requests: [paint({ gx: 0, gy: 1, color: 1 })], nowMs: 9_000 })
    await store.sequence({ limit: 1 })
    const projector = projectorWith({ projection: log('stats') })
    const reader = await projector.join()
    await projector.step(reader, signal)
    expect(await placed()).toBe(60)
  })

  test.each([
    { name: 'stats', sizes: [800, 1_200, 1, 4_096, 10], expected: [2, 1, 1, 1] },
    { name: 'history', sizes: [4_000, 4_000, 1, 4_096, 4_000], expected: [2, 2, 1] },
  ] as const)('A6 much that comes at once is saved in parts, a larger commit by itself: $name', async ({ name, sizes, expected }) => {
    const { store, stream, projectorWith, placed } = await setUp()
    for (const [group, size] of sizes.entries()) {
      const pixels = Array.from({ length: size }, (_, i) => ({ gx: i % 64, gy: Math.floor(i / 64), color: 1 }))
      await store.place({
        id: `group${String(group).padStart(8, '0')}`,
        requests: [{ ...paint(pixels), byOperator: true }],
        nowMs: 1_000 + group,
      })
    }
    await store.sequence({ limit: 10 })
    await stream.append(await store.getUnpublished({ limit: 10 }))
    const parts: number[] = []
    const projection = new LogProjection({ name, store, logger: silentLogger, onProjected: ({ length }) => parts.push(length) })
    const projector = projectorWith({ projection })
    await projector.step(await projector.join(), signal)
    expect(parts).toEqual(expected)
    if (name === 'stats') expect(await placed()).toBe(sizes.reduce((sum, size) => sum + size, 0))
  })

  test('A7 told to stop in the middle of a long log, it stops after the page that it is at', async () => {
    const { store, publish, projectorWith } = await setUp()
    for (let i = 0; i < 1_100; i++) await publish(i % 7, 1 + (i % 3))
    const controller = new AbortController()
    const readCommits: typeof store.readCommits = (options) => {
      controller.abort()
      return store.readCommits(options)
    }
    const reading = { readCommits, projections: store.projections }
    const projector = projectorWith({ projection: new LogProjection({ name: 'history', store: reading, logger: silentLogger }) })
    await projector.run(controller.signal)
    expect(projector.health()).toMatchObject({ state: 'stopped', failures: 0, lastError: null })
    expect((await store.projections.readCursors({ name: 'history', canvas: main })).get(tile)?.seq).toBe(500)
  })

  test('what the log no longer has is passed over', async () => {
    const { clock, store, publish, projectorWith, log, history } = await setUp()
    for (let gx = 0; gx < 50; gx++) await publish(gx, 1)
    await store.trim({ publishedBeforeMs: clock.nowMs + 1, keysBeforeMs: 0 })
    await publish(7, 3)
    const projector = projectorWith({ projection: log('history') })
    await projector.step(await projector.join(), signal)
    expect(await history(7)).toEqual([[51, 3]])
    expect((await store.projections.readCursors({ name: 'history', canvas: main })).get(tile)?.seq).toBe(51)
  })

  test('a tile that somebody else holds is waited for, however long, and the other tiles are not kept', async () => {
    const { clock, store, stream, publish, projectorWith, log, history } = await setUp()
    const { project } = store.projections
    let isHeld = true
    store.projections.project = async (options) => {
      if (isHeld && options.tile === tile) throw new StoreError('contested', 'somebody else is saving this')
      return project.call(store.projections, options)
    }
    await publish(1, 1)
    await publish(70, 2)
    let passedOver = 0
    const projector = projectorWith({ projection: log('history'), metrics: { ...noMetrics, passedOver: () => void passedOver++ } })
    const reader = await projector.join()
    for (let round = 0; round < 8; round++) {
      await projector.step(reader, signal)
      clock.nowMs += 5_000
    }
    const other = () => store.projections.readHistory({ canvas: main, tile: asTile(1), position: asPosition(6), limit: 5 })
    expect([passedOver, await history(1), (await other()).length]).toEqual([0, [], 1])
    expect(projector.health()).toMatchObject({ state: 'running', failures: 0 })
    isHeld = false
    await projector.step(reader, signal)
    expect(await history(1)).toEqual([[1, 1]])
    expect((await stream.info()).groups.map(({ pending }) => pending)).toEqual([0])
  })

  test('an entry that fails five times is passed over, and the ones behind it are not', async () => {
    const { clock, store, stream, publish, projectorWith, log, history } = await setUp()
    const { project } = store.projections
    store.projections.project = async (options) => {
      if (options.commits.some(({ pixels }) => pixels.some(({ color }) => color === 2))) throw new Error('I cannot save this')
      return project.call(store.projections, options)
    }
    await publish(1, 1)
    await publish(2, 2)
    await publish(3, 3)
    let passedOver = 0
    const projector = projectorWith({ projection: log('history'), metrics: { ...noMetrics, passedOver: () => void passedOver++ } })
    const reader = await projector.join()
    for (let round = 0; round < 8; round++) {
      await projector.step(reader, signal)
      clock.nowMs += 5_000
    }
    expect(passedOver).toBe(1)
    expect([await history(1), await history(2), await history(3)]).toEqual([[[1, 1]], [], [[3, 3]]])
    expect((await stream.info()).groups.map(({ pending }) => pending)).toEqual([0])
    expect(projector.health()).toMatchObject({ lastError: 'I cannot save this' })
  })
})

describe('snapshots', () => {
  const setUpSnapshots = async () => {
    const parts = await setUp()
    const { store, clock, projectorWith } = parts
    const projection = new SnapshotProjection({ store, now: () => clock.nowMs, everyCommits: 10, everyMs: 60_000 })
    const projector = projectorWith({ projection })
    const reader = await projector.join()
    const step = () => projector.step(reader, signal)
    const takeLast = async () => projection.takeLast(parts.canvas, await parts.stream.heads(main), signal)
    const seqs = async () => (await store.projections.listSnapshots({ canvas: main, tile })).map(({ seq }) => seq)
    return { ...parts, step, takeLast, seqs }
  }

  test('are taken after so many commits, or so long', async () => {
    const { clock, publish, step, seqs } = await setUpSnapshots()
    await step()
    expect(await seqs()).toEqual([])
    await publish(0, 1)
    await step()
    expect(await seqs(), 'the first may come at once').toEqual([1])
    for (let gx = 1; gx < 10; gx++) await publish(gx, 1)
    await step()
    expect(await seqs()).toEqual([1])
    await publish(10, 1)
    await step()
    expect(await seqs()).toEqual([1, 11])
    await publish(11, 1)
    clock.nowMs += 59_999
    await step()
    expect(await seqs()).toEqual([1, 11])
    clock.nowMs += 1
    await publish(12, 1)
    await step()
    expect(await seqs()).toEqual([1, 11, 13])
  })

  test('are taken of what has changed much, before a process stops', async () => {
    const { publish, takeLast, seqs } = await setUpSnapshots()
    for (let gx = 0; gx < 31; gx++) await publish(gx, 1)
    await takeLast()
    expect(await seqs()).toEqual([])
    await publish(31, 1)
    await takeLast()
    await takeLast()
    expect(await seqs()).toEqual([32])
  })

  test('A4 the newest board is read from the pixels when the log since the snapshot is long, and is the same', async () => {
    const { store, publish, step, seqs } = await setUpSnapshots()
    await publish(0, 1)
    await step()
    expect(await seqs()).toEqual([1])
    const readBoard = vi.spyOn(store, 'readBoard')
    const readAt = async (seq: number) => {
      while (((await store.readHeads(main)).get(tile) ?? 0) < seq) await publish(seq % 60, 1 + (seq % 3))
      const board = await readNewestBoard(store, { canvas: main, tile })
      const times = readBoard.mock.calls.length
      expect(board).toEqual(await store.readBoard({ canvas: main, tile }))
      readBoard.mockClear()
      return times
    }
    expect([await readAt(2_000), await readAt(2_002)]).toEqual([0, 1])
  })

  test('A4 a board of the past is the fold of the log, with snapshots or without', async () => {
    const { store, publish, step, seqs } = await setUpSnapshots()
    const colors: number[][] = [[0, 0, 0]]
    for (let i = 0; i < 25; i++) {
      await publish(i % 3, (i % 3) + 1)
      colors.push(Object.assign([...(colors.at(-1) ?? [])], { [i % 3]: (i % 3) + 1 }))
      await step()
    }
    expect(await seqs()).toEqual([1, 11, 21])
    for (let maxSeq = 0; maxSeq <= 25; maxSeq++) {
      const found = await readPastBoard(store, { canvas: main, tile, maxSeq })
      expect(found?.kind === 'board' && [found.board.seq, ...found.board.colors.slice(0, 3)]).toEqual([maxSeq, ...(colors[maxSeq] ?? [])])
    }
    const at = async (maxAtMs: number) => {
      const found = await readPastBoard(store, { canvas: main, tile, maxAtMs })
      return found?.kind === 'board' ? found.board.seq : found
    }
    expect([await at(999), await at(1_000), await at(1_011), await at(9e12)]).toEqual([0, 1, 12, 25])
    expect(await readPastBoard(store, { canvas: main, tile: asTile(99), maxSeq: 1 })).toBeNull()
    expect(await readNewestBoard(store, { canvas: main, tile })).toEqual(await store.readBoard({ canvas: main, tile }))
  })

  test('carry on where the log has expired, and before that the past is gone', async () => {
    const { clock, store, publish, step } = await setUpSnapshots()
    for (let gx = 0; gx < 12; gx++) await publish(gx, 1)
    await step()
    await store.trim({ publishedBeforeMs: clock.nowMs + 1, keysBeforeMs: 0 })
    await publish(20, 2)
    const past = async (maxSeq: number) => (await readPastBoard(store, { canvas: main, tile, maxSeq }))?.kind
    expect([await past(5), await past(12), await past(13)]).toEqual(['trimmed', 'board', 'board'])
    const newest = await readNewestBoard(store, { canvas: main, tile })
    expect(newest).toEqual(await store.readBoard({ canvas: main, tile }))
    expect(newest?.seq).toEqual(asSeq(13))
  })
})
