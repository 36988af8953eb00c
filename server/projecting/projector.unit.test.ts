import { expect, test } from 'vitest'
import { asPosition, asTile } from '../../lib/brand.ts'
import { createFailpoints, failpointNames } from '../failpoints.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { StoreError } from '../store/port.ts'
import { paint } from '../store/store.fixture.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { LogProjection } from './log-projection.ts'
import { main, setUpProjecting, tile } from './projecting.fixture.ts'

const { signal } = new AbortController()

test('a projector saves entries, acknowledges them and counts each once', async () => {
  const { stream, publish, projectorWith, log, history, placed } = await setUpProjecting()
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
  'A2 a crash at %s loses no commit and counts none twice',
  async (name) => {
    const { clock, publish, projectorWith, log, history, placed } = await setUpProjecting()
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

test('several projectors share entries and claim those of a lost one', async () => {
  const { clock, stream, publish, projectorWith, log, placed } = await setUpProjecting()
  const shared = [0, 1, 2].map((index) => projectorWith({ projection: log('stats'), consumer: `worker-${index}` }))
  const readers = await Promise.all(shared.map((projector) => projector.join()))
  for (let gx = 0; gx < 30; gx++) {
    await publish(gx, 1)
    const [projector, reader] = [shared[gx % 3], readers[gx % 3]]
    // The first one reads and never acknowledges.
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

test('entries that the stream has trimmed are read from the store, up to the head of the stream', async () => {
  const { store, publish, projectorWith, log, placed } = await setUpProjecting()
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
] as const)('A6 many entries are saved in parts, and a larger commit alone: $name', async ({ name, sizes, expected }) => {
  const { store, stream, projectorWith, placed } = await setUpProjecting()
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

test('A7 a projector that is stopped while it reads a long log ends after the current page', async () => {
  const { store, publish, projectorWith } = await setUpProjecting()
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

test('trimmed commits are skipped', async () => {
  const { clock, store, publish, projectorWith, log, history } = await setUpProjecting()
  for (let gx = 0; gx < 50; gx++) await publish(gx, 1)
  await store.trim({ publishedBeforeMs: clock.nowMs + 1, keysBeforeMs: 0 })
  await publish(7, 3)
  const projector = projectorWith({ projection: log('history') })
  await projector.step(await projector.join(), signal)
  expect(await history(7)).toEqual([[51, 3]])
  expect((await store.projections.readCursors({ name: 'history', canvas: main })).get(tile)?.seq).toBe(51)
})

test('a contested tile is tried until it is free, and the other tiles do not wait', async () => {
  const { clock, store, stream, publish, projectorWith, log, history } = await setUpProjecting()
  const { project } = store.projections
  let isHeld = true
  store.projections.project = async (options) => {
    if (isHeld && options.tile === tile) throw new StoreError('contested', 'contested')
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

test('an entry that fails five times is skipped, and later entries are projected', async () => {
  const { clock, store, stream, publish, projectorWith, log, history } = await setUpProjecting()
  const { project } = store.projections
  store.projections.project = async (options) => {
    if (options.commits.some(({ pixels }) => pixels.some(({ color }) => color === 2))) throw new Error('cannot be saved')
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
  expect(projector.health()).toMatchObject({ lastError: 'cannot be saved' })
})
