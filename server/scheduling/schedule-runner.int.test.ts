/** Several runners on one real store. On MongoDB each has its own connection, and the clocks of their processes differ by minutes. */
import { expect, onTestFinished, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { announceOf, stepOf } from '../../lib/schedule.fixture.ts'
import type { ScheduledStep } from '../../lib/schedule.ts'
import { createGroupIds } from '../placement/group-id.ts'
import type { Store } from '../store/port.ts'
import { readWholeLog, testCanvas } from '../store/store.fixture.ts'
import { storeTime } from '../store/store-time.ts'
import { describeOnStores, type TestStore } from '../store/test-stores.fixture.ts'
import { workerContext } from '../worker-context.fixture.ts'
import { ScheduleRunner } from './schedule-runner.ts'

const main = asCanvasId('main')
const runners = 10
const minuteMs = 60_000

/** SQLite has one process, and so one clock. */
const openAll = async (subject: TestStore) => {
  const first = await subject.open()
  const others = await Promise.all(Array.from({ length: runners - 1 }, () => (subject.kind === 'mongo' ? subject.open() : first)))
  onTestFinished(async () => {
    for (const store of new Set([first, ...others])) await store.close()
    await subject.dispose()
  })
  return { store: first, stores: [first, ...others] }
}

const runnerOn = (store: Store, { offsetMs, isFirst }: { offsetMs: number; isFirst: boolean }) => {
  const clock = { now: () => Date.now() + offsetMs, monotonicNow: () => performance.now() }
  return new ScheduleRunner({
    store,
    context: workerContext({ clock, random: Math.random }),
    newGroupId: createGroupIds(clock),
    warnings: { warn: () => undefined },
    isFirst: () => isFirst,
    onChanged: () => undefined,
  })
}

const changesOf = async (store: Store) => {
  while ((await store.sequence({ limit: 1_000 })).sequenced > 0);
  return (await readWholeLog(store, { canvas: main, tile: controlTile })).map((entry) => canvasOfEntry(entry))
}

const announcements = (startMs: number, everyMs: number): ScheduledStep[] =>
  Array.from({ length: 12 }, (_, index) => stepOf(`step-${index}`, startMs + index * everyMs, announceOf(`${index}`)))

describeOnStores('E1 the schedule', (makeStore) => {
  test('E1 ten runners whose clocks differ by minutes run each step once, in order, within a second of its time', async () => {
    const subject = makeStore()
    const { store, stores } = await openAll(subject)
    const steps = announcements((await storeTime(store, Date)) + 1_500, 50)
    await store.ensureCanvas(testCanvas({ schedule: steps }))
    const stopping = new AbortController()
    const offsetOf = (index: number) => (subject.kind === 'mongo' ? (index - 4) * minuteMs : 0)
    const running = stores.map((each, index) => runnerOn(each, { offsetMs: offsetOf(index), isFirst: index === 0 }).run(stopping.signal))
    await expect.poll(async () => (await store.getCanvas(main))?.finishedSteps?.length, { timeout: 20_000 }).toBe(steps.length)
    stopping.abort()
    await Promise.all(running)
    const finished = (await store.getCanvas(main))?.finishedSteps?.toReversed() ?? []
    expect(finished.map(({ id, error }) => [id, error])).toEqual(steps.map(({ id }) => [id, null]))
    for (const { id, atMs, ranAtMs } of finished) {
      expect(ranAtMs, id).toBeGreaterThanOrEqual(atMs)
      expect(ranAtMs, id).toBeLessThan(atMs + 1_000)
    }
    expect((await changesOf(store)).map((canvas) => canvas?.announcement?.text)).toEqual(steps.map((_, index) => `${index}`))
  })

  test('E1 after a night all overdue steps run once and in order, with ten runners that start together', async () => {
    const { store, stores } = await openAll(makeStore())
    const steps = announcements((await storeTime(store, Date)) - 480 * minuteMs, minuteMs)
    await store.ensureCanvas(testCanvas({ schedule: steps }))
    await Promise.all(stores.map((each) => runnerOn(each, { offsetMs: 0, isFirst: true }).step()))
    const changes = await changesOf(store)
    expect(changes.map((canvas) => canvas?.announcement?.text)).toEqual(steps.map((_, index) => `${index}`))
    expect(changes.map((canvas) => canvas?.rev)).toEqual(steps.map((_, index) => index + 2))
  })
})
