import { expect, test, vi } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { announceOf, stepOf } from '../../lib/schedule.fixture.ts'
import type { ScheduledStep, StepAction } from '../../lib/schedule.ts'
import { createFailpoints, type FailpointName } from '../failpoints.ts'
import { createGroupIds } from '../placement/group-id.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { type Store, StoreError } from '../store/port.ts'
import { readWholeLog, testCanvas, updateCanvas } from '../store/store.fixture.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { ScheduleRunner } from './schedule-runner.ts'

const main = asCanvasId('main')
const startMs = 1_000_000

type Ports = Pick<Store, 'listCanvases' | 'updateCanvas' | 'serverTime'>

const setUp = async (schedule: readonly ScheduledStep[], change: Partial<Canvas> = {}) => {
  const store = new MemoryStore()
  const time = { nowMs: startMs }
  const now = () => time.nowMs
  await store.ensureCanvas(testCanvas({ schedule, ...change }))
  const warn = vi.fn()
  const onChanged = vi.fn()
  const runner = (failing: FailpointName | null = null, ports: Partial<Ports> = {}, isFirst = true) =>
    new ScheduleRunner({
      store: {
        listCanvases: () => store.listCanvases(),
        updateCanvas: (update) => store.updateCanvas(update),
        serverTime: () => store.serverTime(),
        ...ports,
      },
      context: workerContext({ clock: clockOf(now), failpoints: createFailpoints(failing ? { [failing]: 'throw' } : {}) }),
      newGroupId: createGroupIds({ now }),
      warnings: { warn },
      isFirst: () => isFirst,
      onChanged,
    })
  const log = async (id = main) => {
    await store.sequence({ limit: 1_000 })
    return (await readWholeLog(store, { canvas: id, tile: controlTile })).map((entry) => canvasOfEntry(entry))
  }
  /** The ids of the steps that ran, oldest first. */
  const ran = async () => [...((await store.getCanvas(main))?.finishedSteps ?? [])].reverse().map(({ id }) => id)
  return { store, time, runner, warn, onChanged, log, ran }
}

const opened = (id: string, atMs: number, action: StepAction = { type: 'open' }) => stepOf(id, atMs, action)

test('E1 a step runs at its time, as one control entry, and wakes the publisher', async () => {
  const { time, runner, log, onChanged } = await setUp([opened('one', startMs + 200)], { state: 'closed' })
  const one = runner()
  expect(await one.step()).toBe(200)
  expect(await log()).toEqual([])
  time.nowMs += 200
  expect(await one.step()).toBe(500)
  expect(await log()).toMatchObject([
    { rev: 2, state: 'open', schedule: [], finishedSteps: [{ id: 'one', ranAtMs: startMs + 200, error: null }] },
  ])
  expect(onChanged).toHaveBeenCalledTimes(1)
})

test('E1 a runner waits at most half a second, for it finds new steps only by looking', async () => {
  expect(await (await setUp([])).runner().step()).toBe(500)
  expect(await (await setUp([opened('one', startMs + 600)])).runner().step()).toBe(500)
  expect(await (await setUp([opened('one', startMs + 1)])).runner().step()).toBe(5)
})

test('E1 a runner leaves a step to the first runner of its canvas for 300 ms', async () => {
  const { time, runner, ran } = await setUp([opened('one', startMs + 100)])
  const second = runner(null, {}, false)
  expect(await second.step()).toBe(400)
  time.nowMs += 399
  expect(await second.step()).toBe(5)
  expect(await ran()).toEqual([])
  time.nowMs += 1
  await second.step()
  expect(await ran()).toEqual(['one'])
})

test('E1 after a night without a server the overdue steps run in order, each as its own entry', async () => {
  const night = 8 * 3_600_000
  const steps = [
    opened('open', startMs),
    opened('grow', startMs + 1, { type: 'grow', width: 200, height: 200 }),
    opened('finale', startMs + 1, { type: 'finale', color: 2 }),
    opened('close', startMs + 2, { type: 'close' }),
    opened('tomorrow', startMs + night + 100),
  ]
  const { time, runner, log } = await setUp(steps, { state: 'paused' })
  time.nowMs += night
  expect(await runner().step()).toBe(100)
  expect(await log()).toMatchObject([
    { rev: 2, state: 'open', width: 100 },
    { rev: 3, width: 200, onlyColor: null },
    { rev: 4, onlyColor: 2 },
    { rev: 5, state: 'closed', onlyColor: null, schedule: [{ id: 'tomorrow' }] },
  ])
})

test('E1 a step that cannot run is finished with an error and a warning, and later steps still run', async () => {
  const steps = [opened('shrink', startMs, { type: 'grow', width: 10, height: 10 }), opened('pause', startMs, { type: 'pause' })]
  const { runner, log, warn } = await setUp(steps)
  await runner().step()
  const error = expect.stringContaining('never shrinks')
  expect(await log()).toMatchObject([
    { rev: 2, width: 100, finishedSteps: [{ id: 'shrink', error }] },
    { rev: 3, state: 'paused', finishedSteps: [{ id: 'pause', error: null }, { id: 'shrink' }] },
  ])
  expect(warn.mock.calls).toEqual([['schedule_step_failed', expect.stringMatching(/"grow" \(shrink\) on the board "main": width must/)]])
})

test('E1 ten runners on one store run each step once', async () => {
  const steps = Array.from({ length: 20 }, (_, index) => opened(`step-${index}`, startMs + index, announceOf(`${index}`)))
  const { time, runner, log, ran } = await setUp(steps)
  time.nowMs += 100
  await Promise.all(Array.from({ length: 10 }, () => runner().step()))
  expect((await log()).map((canvas) => canvas?.announcement?.text)).toEqual(steps.map((_, index) => `${index}`))
  expect(await ran()).toEqual(steps.map(({ id }) => id))
})

test.each(['schedule.before-run', 'schedule.after-run'] as const)(
  'E1 a runner that ends at %s has run the step or not, and the next runner runs the rest',
  async (failpoint) => {
    const steps = ['one', 'two', 'three'].map((id) => opened(id, startMs, announceOf(id)))
    const { runner, log, ran } = await setUp(steps)
    for (let time = 0; time < 4; time++)
      await runner(failpoint)
        .step()
        .catch(() => undefined)
    await runner().step()
    expect(await ran()).toEqual(['one', 'two', 'three'])
    expect(await log()).toHaveLength(3)
  },
)

test('E1 a step whose outcome was not answered is not run again', async () => {
  const { store, runner, log } = await setUp([opened('one', startMs, announceOf('once')), opened('two', startMs)])
  let calls = 0
  const losing: Partial<Ports> = {
    async updateCanvas(update) {
      const outcome = await store.updateCanvas(update)
      if (calls++ === 0) throw new StoreError('unavailable', 'the answer was lost')
      return outcome
    },
  }
  await expect(runner(null, losing).step()).rejects.toThrow('the answer was lost')
  await runner(null, losing).step()
  expect((await log()).map((canvas) => canvas?.rev)).toEqual([2, 3])
})

test('E1 a host who edits the schedule while a step runs is not overwritten', async () => {
  const { store, runner, log } = await setUp([opened('one', startMs), opened('two', startMs)], { state: 'closed' })
  const editing: Partial<Ports> = {
    async updateCanvas(update) {
      if ((await store.getCanvas(main))?.rev === 1) await updateCanvas(store, { schedule: [opened('two', startMs)] })
      return store.updateCanvas(update)
    },
  }
  await runner(null, editing).step()
  expect(await log()).toMatchObject([
    { rev: 2, state: 'closed', schedule: [{ id: 'two' }] },
    { rev: 3, state: 'open', schedule: [], finishedSteps: [{ id: 'two' }] },
  ])
})

test('E1 a canvas whose steps fail does not prevent those of another canvas', async () => {
  const { store, runner, log } = await setUp([opened('one', startMs)])
  const other = asCanvasId('other')
  await store.ensureCanvas(testCanvas({ id: other, schedule: [opened('one', startMs, { type: 'pause' })] }))
  const broken: Partial<Ports> = {
    async updateCanvas(update) {
      if (update.id === main) throw new StoreError('unavailable', 'broken')
      return store.updateCanvas(update)
    },
  }
  await expect(runner(null, broken).step()).rejects.toThrow('broken')
  expect([await log(), await log(other)]).toMatchObject([[], [{ state: 'paused' }]])
})

test('E1 the clock of the database server decides, whatever the clock of the process shows', async () => {
  const { time, runner, ran } = await setUp([opened('one', startMs), opened('two', startMs + 60_000)])
  const served: Partial<Ports> = { serverTime: async () => startMs + 59_000 }
  time.nowMs = startMs - 600_000
  expect(await runner(null, served).step()).toBe(500)
  expect(await ran()).toEqual(['one'])
  time.nowMs = startMs + 600_000
  await runner(null, served).step()
  expect(await ran()).toEqual(['one'])
})

test('E1 a runner that is stopped between two steps leaves the rest to the next one', async () => {
  const { runner, ran, onChanged } = await setUp([opened('one', startMs), opened('two', startMs)])
  const controller = new AbortController()
  onChanged.mockImplementation(() => controller.abort())
  await runner().step(controller.signal)
  expect(await ran()).toEqual(['one'])
  await runner().step()
  expect(await ran()).toEqual(['one', 'two'])
})
