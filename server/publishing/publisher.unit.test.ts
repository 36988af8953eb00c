import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile, type CommitId } from '../../lib/brand.ts'
import type { Commit, SequencedCommit } from '../../lib/commit.ts'
import { systemClock } from '../clock.ts'
import { createFailpoints, type FailpointName, failpointNames } from '../failpoints.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import type { TileRef } from '../store/port.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { StreamError } from '../stream/port.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { Publisher, type PublisherOptions, type PublishingControl, stealAfterMs } from './publisher.ts'

const main = asCanvasId('main')

class OpenStore extends MemoryStore {
  add(commit: Commit) {
    this.addEntry(commit)
  }
}

const ownerOf = (tiles: readonly TileRef[]): PublishingControl => ({ ownedTiles: () => tiles, isPaused: () => false })

const setUp = async (options: Partial<PublisherOptions> = {}) => {
  const store = new OpenStore()
  const stream = new EmbeddedStream()
  await store.ensureCanvas(testCanvas())
  let groups = 0
  const place = (...gxs: number[]) =>
    store.place({
      id: `group${(groups++).toString().padStart(8, '0')}`,
      requests: gxs.map((gx) => paint({ gx, gy: 0, color: 1 })),
      nowMs: 1_000 + groups,
    })
  const publisherWith = (more: Partial<PublisherOptions> = {}) =>
    new Publisher({
      store,
      stream,
      context: workerContext(),
      metrics: noMetrics,
      newGroupId: () => 'newgroup',
      intervals: { pollMs: 10_000, publishMs: 0 },
      ...options,
      ...more,
    })
  const reader = await stream.join({ group: 'watcher', consumer: 'one', kind: 'broadcast', from: 'start' })
  const { signal } = new AbortController()
  const published = async () => (await reader.read({ maxCount: 1_000, blockMs: 0, signal })).map(({ commit }) => commit.seq)
  const settle = async (publisher: Publisher) => {
    for (let rounds = 0; rounds < 50; rounds++) {
      if ((await publisher.step()) === 'idle' && (await store.backlog()).unpublished === 0) return
    }
    throw new Error('the publisher does not come to rest')
  }
  return { store, stream, place, publisherWith, publisher: publisherWith(), published, settle }
}

test('commits are numbered, appended in order and marked', async () => {
  const { store, place, publisher, published, settle } = await setUp()
  await place(0)
  await place(1)
  await place(2)
  await settle(publisher)
  expect(await published()).toEqual([1, 2, 3])
  expect(await store.backlog()).toEqual({ unsequenced: 0, unpublished: 0, oldestAtMs: null, dead: 0 })
  expect(publisher.health()).toMatchObject({ processed: 3, failures: 0 })
  expect(await publisher.step()).toBe('idle')
})

const steps = failpointNames.filter((name) => name.startsWith('publisher.'))

test.each(steps)('A2 a crash at %s loses nothing and doubles nothing', async (name: FailpointName) => {
  const { store, place, publisherWith, publisher, published, settle } = await setUp()
  await settle(publisher)
  await place(0, 1)
  await place(2)
  const crashing = publisherWith({ context: workerContext({ failpoints: createFailpoints({ [name]: 'throw' }) }) })
  await expect(settle(crashing)).rejects.toMatchObject({ code: 'failpoint' })
  await place(3)
  await settle(publisher)
  expect(await published()).toEqual([1, 2, 3])
  expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0 })
})

test('publishers that race append each commit once', async () => {
  const { place, publisherWith, published, settle } = await setUp({ batchSize: 3 })
  for (let gx = 0; gx < 40; gx++) await place(gx % 64)
  await Promise.all([publisherWith(), publisherWith(), publisherWith()].map(settle))
  expect(await published()).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
})

test('a publisher takes over what others leave waiting, looking once a second', async () => {
  let nowMs = 1_500
  const { place, publisherWith, published, settle } = await setUp()
  const owned = [{ canvas: main, tile: asTile(1) }]
  const publisher = publisherWith({ context: workerContext({ clock: clockOf(() => nowMs) }), control: ownerOf(owned) })
  await settle(publisher)
  // Placed at 1,001.
  await place(0)
  await publisher.step()
  expect(await published(), 'it has not waited for a second').toEqual([])
  nowMs += stealAfterMs - 1
  await publisher.step()
  expect(await published(), 'the last look was less than a second ago').toEqual([])
  nowMs += 1
  expect(await publisher.step(), 'the stream learns where the tile begins').toBe('more')
  await publisher.step()
  expect(await published()).toEqual([1])
})

test('a publisher that is behind with its own tiles leaves the others alone', async () => {
  const { place, store, publisherWith, published, settle } = await setUp({ batchSize: 2 })
  await place(64)
  await settle(publisherWith())
  const publisher = publisherWith({
    context: workerContext({ clock: clockOf(() => 100_000) }),
    control: ownerOf([{ canvas: main, tile: asTile(1) }]),
  })
  await place(0)
  for (const gx of [65, 66, 67]) await place(gx)
  expect(await publisher.step()).toBe('more')
  expect(await publisher.step()).toBe('idle')
  expect(await published()).toEqual([1, 2, 3, 4])
  expect(await store.backlog()).toMatchObject({ unsequenced: 1 })
  await publisher.step()
  expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0 })
})

test('an answer to the numbering that got lost is looked for in the next round', async () => {
  const { store, place, publisher, published, settle } = await setUp()
  await place(0)
  await settle(publisher)
  await place(1)
  const sequence = store.sequence.bind(store)
  vi.spyOn(store, 'sequence').mockImplementationOnce(async (options) => {
    await sequence(options)
    throw new Error('lost')
  })
  await expect(publisher.step()).rejects.toThrow('lost')
  expect(await published()).toEqual([1])
  await publisher.step()
  expect(await published()).toEqual([2])
})

test('a stream that knows nothing continues after what was published before', async () => {
  const { store, stream, place, publisher, published, settle } = await setUp()
  await place(0)
  await place(1)
  await settle(publisher)
  await stream.adopt(main, asEpoch('someother'))
  await place(2)
  await place(3)
  await settle(publisher)
  expect(await published()).toEqual([1, 2, 3, 4])
  expect(await stream.heads(main)).toEqual(new Map([[0, 4]]))
  expect(await store.backlog()).toMatchObject({ unpublished: 0 })
})

test('a stream that lost its newest entries gets them again from the outbox', async () => {
  const { store, place, publisherWith, settle } = await setUp({ batchSize: 2 })
  for (let gx = 0; gx < 9; gx++) await place(gx)
  await settle(publisherWith())
  const older = new EmbeddedStream()
  await older.adopt(main, testCanvas().epoch)
  await older.seed({ canvas: main, tile: asTile(0), epoch: testCanvas().epoch, head: asSeq(4) })
  const reader = await older.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
  await place(9)
  await settle(publisherWith({ stream: older }))
  const { signal } = new AbortController()
  expect((await reader.read({ maxCount: 100, blockMs: 0, signal })).map(({ commit }) => commit.seq)).toEqual([5, 6, 7, 8, 9, 10])
  expect(await store.backlog()).toMatchObject({ unpublished: 0 })
})

test('a gap that the outbox can no longer fill is jumped over', async () => {
  const { store, place, publisherWith, settle } = await setUp()
  for (let gx = 0; gx < 5; gx++) await place(gx)
  await settle(publisherWith())
  await store.trim({ publishedBeforeMs: 1e12, keysBeforeMs: 0 })
  const older = new EmbeddedStream()
  await older.adopt(main, testCanvas().epoch)
  await older.seed({ canvas: main, tile: asTile(0), epoch: testCanvas().epoch, head: asSeq(2) })
  await place(9)
  await settle(publisherWith({ stream: older }))
  expect(await older.heads(main)).toEqual(new Map([[0, 6]]))
})

test('while the transport is down it backs off, and goes on when it is back', async () => {
  const { store, stream, place, publisherWith, settle } = await setUp()
  const publisher = publisherWith()
  await settle(publisher)
  await place(0)
  const append = vi.spyOn(stream, 'append').mockRejectedValue(new StreamError('unavailable', 'down'))
  const controller = new AbortController()
  const running = publisher.run(controller.signal)
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'backing_off', lastError: 'down' }))
  expect(await store.backlog()).toMatchObject({ unpublished: 1 })
  append.mockRestore()
  await vi.waitFor(async () => expect((await store.backlog()).unpublished).toBe(0))
  expect(publisher.health().state).toBe('running')
  controller.abort()
  await running
  expect(publisher.health().state).toBe('stopped')
})

test('a lone commit is published at once, and rounds under load are at least publishMs apart', async () => {
  const publishMs = 150
  const roundsAtMs: number[] = []
  const counts: number[] = []
  const { place, publisherWith } = await setUp()
  const publisher = publisherWith({
    intervals: { pollMs: 5, publishMs },
    context: workerContext({ clock: systemClock }),
    metrics: {
      ...noMetrics,
      published(agesMs) {
        counts.push(agesMs.length)
        roundsAtMs.push(performance.now())
      },
    },
  })
  const controller = new AbortController()
  const running = publisher.run(controller.signal)
  const startMs = performance.now()
  for (let gx = 0; roundsAtMs.length < 4; gx++) {
    await place(gx % 60)
    publisher.wake()
    await wait(10)
  }
  controller.abort()
  await running
  expect((roundsAtMs[0] ?? 0) - startMs).toBeLessThan(publishMs)
  for (const [index, atMs] of roundsAtMs.slice(1).entries()) expect(atMs - (roundsAtMs[index] ?? 0)).toBeGreaterThan(publishMs / 2)
  expect(counts[0]).toBe(1)
  // Commits that arrive between two rounds share the next one.
  expect(Math.max(...counts)).toBeGreaterThan(3)
})

test('a wake-up is not lost, whether it comes during a round or between two', async () => {
  const { place, publisherWith, published } = await setUp({ intervals: { pollMs: 600_000, publishMs: 0 } })
  const publisher = publisherWith()
  const controller = new AbortController()
  const running = publisher.run(controller.signal)
  for (let gx = 0; gx < 5; gx++) {
    await place(gx)
    publisher.wake()
  }
  await vi.waitFor(() => expect(publisher.health().processed).toBe(5))
  expect(await published()).toEqual([1, 2, 3, 4, 5])
  controller.abort()
  await running
})

describe('a commit that cannot be published', () => {
  /** Refuses every batch with a commit that sets a pixel to this colour. */
  class Fussy extends EmbeddedStream {
    poison = 2
    calls = 0
    code = 'rejected'
    override async append(commits: readonly SequencedCommit[]) {
      this.calls++
      if (commits.some(({ pixels }) => pixels.some(({ color }) => color === this.poison))) {
        throw Object.assign(new Error('I do not take this'), { code: this.code })
      }
      return super.append(commits)
    }
  }

  const setUpFussy = async () => {
    const stream = new Fussy()
    const clock = { nowMs: 5_000 }
    const parts = await setUp({ stream, context: workerContext({ clock: clockOf(() => clock.nowMs) }) })
    const { store } = parts
    let groups = 0
    const paintOne = (gx: number, color: number) =>
      store.place({ id: `fussy${(groups++).toString().padStart(8, '0')}`, requests: [paint({ gx, gy: 0, color })], nowMs: 1_000 + groups })
    const reader = await stream.join({ group: 'fussy-watcher', consumer: 'one', kind: 'broadcast', from: 'start' })
    const read = async () => {
      const delivered = await reader.read({ maxCount: 100, blockMs: 0, signal: new AbortController().signal })
      return delivered.map(({ commit }) => `${commit.tile}/${commit.seq} ${commit.cause}`)
    }
    /** Rounds of a publisher that is started anew after each fault, as one whose process died would be. */
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) {
        await parts
          .publisherWith()
          .step()
          .catch((error: unknown) => expect(error).toMatchObject({ code: stream.code }))
        clock.nowMs += 10
      }
    }
    return { ...parts, stream, clock, paintOne, read, rounds }
  }

  test('is found by trying it alone, and becomes a dead letter after five attempts, while the others are published', async () => {
    const { store, publisher, clock, paintOne, read } = await setUpFussy()
    for (const [gx, color] of [
      [0, 1],
      [1, 2],
      [2, 1],
      [70, 1],
    ] as const) {
      await paintOne(gx, color)
    }
    const published: string[] = []
    for (let round = 0; round < 12; round++) {
      await publisher.step().catch((error: unknown) => expect(error).toMatchObject({ code: 'rejected' }))
      published.push(...(await read()))
    }
    expect(published.sort()).toEqual(['0/1 paint', '1/1 paint'])
    expect((await store.getUnpublished({ limit: 1 }))[0]).toMatchObject({ seq: 2, attempts: 5 })
    expect((await store.backlog()).dead, 'somebody else may still be trying it').toBe(0)
    clock.nowMs += 3_000
    await publisher.step()
    expect(await store.listDeadLetters({ limit: 10 })).toMatchObject([{ seq: 2, attempts: 5, error: 'I do not take this' }])
    while ((await publisher.step()) === 'more');
    await publisher.step()
    expect(await read()).toEqual(['0/2 skipped', '0/3 paint', '0/4 rollback'])
    expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0, dead: 1 })
  })

  test('an outage, however long, counts against nothing', async () => {
    const { store, publisher, stream, paintOne, clock } = await setUpFussy()
    stream.code = 'unavailable'
    for (let gx = 0; gx < 3; gx++) await paintOne(gx, 2)
    for (let round = 0; round < 40; round++) {
      clock.nowMs += 5_000
      await expect(publisher.step()).rejects.toMatchObject({ code: 'unavailable' })
    }
    expect((await store.getUnpublished({ limit: 10 })).map(({ attempts }) => attempts)).toEqual([0, 0, 0])
    stream.poison = 99
    while ((await publisher.step()) === 'more');
    expect(await store.backlog()).toMatchObject({ unpublished: 0, dead: 0 })
  })

  test('one that takes its process with it is found, too', async () => {
    const { store, publisherWith, clock, paintOne, rounds, read } = await setUpFussy()
    // A process that dies tells nobody why.
    store.noteFailure = async () => undefined
    for (let gx = 0; gx < 4; gx++) await paintOne(gx, gx === 1 ? 2 : 1)
    await rounds(12)
    const survivor = publisherWith()
    await survivor.step()
    clock.nowMs += 3_000
    for (let round = 0; round < 6; round++) await survivor.step()
    expect(await store.listDeadLetters({ limit: 10 })).toMatchObject([{ seq: 2, attempts: 5, error: null }])
    expect(await read()).toEqual(['0/1 paint', '0/2 skipped', '0/3 paint', '0/4 paint', '0/5 rollback'])
  })

  test('whose last try got through after all is only marked', async () => {
    const { store, stream, publisher, paintOne, read } = await setUpFussy()
    await paintOne(0, 1)
    const { fresh } = await store.sequence({ limit: 10 })
    for (let attempt = 1; attempt < 5; attempt++) await store.countAttempts(fresh.map(({ id }) => id))
    await stream.adopt(main, testCanvas().epoch)
    await stream.append(await store.getUnpublished({ limit: 10 }))
    await publisher.step()
    expect(await store.backlog()).toMatchObject({ unpublished: 0, dead: 0 })
    expect(await read()).toEqual(['0/1 paint'])
  })

  test('A4 a publisher that slept since before the deadLetterPlan and appends what it knew: what follows makes every board the same', async () => {
    const { store, stream, publisher, paintOne, read } = await setUpFussy()
    await paintOne(0, 1)
    await stream.adopt(main, testCanvas().epoch)
    const { fresh } = await store.sequence({ limit: 10 })
    const asleep = await store.getUnpublished({ limit: 10 })
    expect(await store.moveToDeadLetters({ id: fresh[0]?.id as CommitId, attempts: 1, groupId: 'burial00', nowMs: 5_000 })).toBe(true)
    expect(await stream.append(asleep)).toEqual([{ kind: 'appended' }])
    while ((await publisher.step()) === 'more');
    await publisher.step()
    expect(await read()).toEqual(['0/1 paint', '0/2 rollback'])
    const page = await store.readCommits({ canvas: main, tile: asTile(0), after: asSeq(0), limit: 10 })
    expect(page?.kind === 'page' && page.commits.map(({ cause, pixels }) => [cause, pixels.map(({ color }) => color)])).toEqual([
      ['skipped', []],
      ['rollback', [0]],
    ])
  })

  test('nothing moves while publishing is paused', async () => {
    let isPaused = false
    const { store, place, publisherWith, settle } = await setUp({ control: { ownedTiles: () => null, isPaused: () => isPaused } })
    const publisher = publisherWith()
    await settle(publisher)
    isPaused = true
    await place(0)
    expect(await publisher.step()).toBe('idle')
    expect(publisher.health()).toMatchObject({ state: 'stopped', lastError: 'paused by an operator' })
    expect(await store.backlog()).toMatchObject({ unsequenced: 1, unpublished: 0 })
    isPaused = false
    while ((await publisher.step()) === 'more');
    expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0 })
  })
})

test('an entry of an unknown kind is published unchanged, and reported once', async () => {
  const warnings: object[] = []
  let seen = 0
  const logger = { ...silentLogger, warn: (line: object) => void warnings.push(line) }
  const { place, publisherWith, published, settle, store } = await setUp()
  const publisher = publisherWith({ context: workerContext({ logger }), metrics: { ...noMetrics, unknownKind: () => void seen++ } })
  const unknown = { kind: 'sticker', bytes: new Uint8Array([1]) }
  for (const gx of [0, 1]) {
    await place(gx)
    const { epoch } = testCanvas()
    const commit = { id: asCommitId(`newer-${gx}`), canvas: main, tile: asTile(0), epoch, atMs: 1_500 + gx, cause: 'paint' as const }
    store.add({ ...commit, pixels: [], unknown })
  }
  await place(2)
  await settle(publisher)
  expect(await published()).toEqual([1, 2, 3, 4, 5])
  expect(warnings).toEqual([expect.objectContaining({ event: 'unknown_entry_kind', kind: 'sticker' })])
  expect(seen).toBe(2)
})
