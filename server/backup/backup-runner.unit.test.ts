import { beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { StoreError } from '../store/port.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { type BackupRunFailure, BackupRunner } from './backup-runner.ts'
import type { RoundRequest, RoundResult } from './round.ts'
import type { StartRound } from './start-round.ts'

const hourMs = 3_600_000
const schedule = { intervalMs: hourMs, keep: 7, verifyMs: 0 }
const nothing: RoundResult = { entries: null, made: null, verified: null, removed: [], problem: null }
const signal = new AbortController().signal

let store: MemoryStore
let clock: { nowMs: number }
let requests: RoundRequest[]
const made = ({ kind, startedAtMs, entries }: RoundRequest): RoundResult => {
  if (kind !== 'backup') return { ...nothing, entries }
  const entry = { name: `at ${startedAtMs}`, atMs: startedAtMs, bytes: 5, verified: null }
  return { ...nothing, entries: [entry, ...entries], made: entry }
}

beforeEach(() => {
  store = new MemoryStore()
  clock = { nowMs: 100 * hourMs }
  requests = []
})

const runnerOf = (processId: string, round: (request: RoundRequest) => ReturnType<StartRound> = async (request) => made(request)) => {
  const onFailure = vi.fn(async (_: BackupRunFailure) => undefined)
  const startRound: StartRound = (request) => {
    requests.push(request)
    return round(request)
  }
  const context = workerContext({ clock: clockOf(() => clock.nowMs) })
  const times = { pollMs: 1, beatMs: 1, leaseMs: 30_000 }
  return { runner: new BackupRunner({ store, schedule, context, processId, startRound, onFailure, times }), onFailure }
}
const kinds = () => requests.map(({ kind }) => kind)
const failing = (): Promise<RoundResult> => Promise.resolve({ ...nothing, problem: { code: 'disk_full', detail: 'Full.' } })

describe('a runner of backups', () => {
  test('looks at the folder first, makes a backup at once when there is none, and the next one after the interval', async () => {
    const { runner } = runnerOf('a')
    for (let step = 0; step < 3; step++) await runner.step(signal)
    expect(kinds()).toEqual(['check', 'backup'])
    clock.nowMs += hourMs
    await runner.step(signal)
    expect(kinds()).toEqual(['check', 'backup', 'backup'])
    expect(await store.getBackups()).toMatchObject({ run: null, problem: null, entries: [{ atMs: clock.nowMs }, {}] })
  })

  test('one of several makes a backup, and the others wait for its end', async () => {
    const held = Promise.withResolvers<void>()
    const first = runnerOf('a', async (request) => {
      await held.promise
      return made(request)
    })
    const second = runnerOf('b')
    const working = first.runner.step(signal)
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    await second.runner.step(signal)
    clock.nowMs += 10 * 60_000
    // The beats of the first one go on.
    await vi.waitFor(async () => expect((await store.getBackups()).run?.beats).toBeGreaterThan(0))
    await second.runner.step(signal)
    expect(requests).toHaveLength(1)
    held.resolve()
    await working
    await second.runner.step(signal)
    expect(requests).toHaveLength(2)
  })

  test('that is killed is replaced when its beats have stopped for half a minute, whatever the wall clock shows', async () => {
    const run = { process: 'killed', beats: 4, kind: 'backup', startedAtMs: clock.nowMs + 900 * hourMs, bytes: 0 } as const
    await store.saveBackups({ ...(await store.getBackups()), rev: 1, run })
    const { runner } = runnerOf('b')
    await runner.step(signal)
    clock.nowMs += 29_999
    await runner.step(signal)
    expect((await store.getBackups()).run).toEqual(run)
    clock.nowMs += 1
    await runner.step(signal)
    expect(await store.getBackups()).toMatchObject({ run: null, problem: { code: 'interrupted' } })
    clock.nowMs += 15 * 60_000
    for (let step = 0; step < 2; step++) await runner.step(signal)
    expect(kinds()).toEqual(['check', 'backup'])
  })

  test('reports a failure once, tries again after a quarter of an hour, and forgets it after a good backup', async () => {
    let round = failing
    const { runner, onFailure } = runnerOf('a', (request) => (request.kind === 'check' ? Promise.resolve(made(request)) : round()))
    for (let step = 0; step < 3; step++) await runner.step(signal)
    expect(kinds()).toEqual(['check', 'backup'])
    clock.nowMs += 15 * 60_000
    await runner.step(signal)
    expect(kinds()).toEqual(['check', 'backup', 'backup'])
    expect(onFailure.mock.calls).toMatchObject([[{ kind: 'backup', code: 'disk_full', detail: 'Full.' }]])
    clock.nowMs += 15 * 60_000
    round = () => Promise.resolve(nothing)
    await runner.step(signal)
    expect(await store.getBackups()).toMatchObject({ problem: null, run: null })
  })

  test('keeps a request of an operator until it was tried', async () => {
    const { runner } = runnerOf('a')
    for (let step = 0; step < 2; step++) await runner.step(signal)
    const state = await store.getBackups()
    await store.saveBackups({ ...state, rev: state.rev + 1, requestedAtMs: clock.nowMs })
    await runner.step(signal)
    expect(kinds()).toEqual(['check', 'backup', 'backup'])
    expect((await store.getBackups()).requestedAtMs).toBeNull()
  })

  test('that is stopped leaves the backup due and no failure', async () => {
    const { runner } = runnerOf('a', async ({ kind }) => (kind === 'check' ? nothing : null))
    for (let step = 0; step < 2; step++) await runner.step(signal)
    expect(kinds()).toEqual(['check', 'backup'])
    expect(await store.getBackups()).toMatchObject({ run: null, problem: null, entries: [] })
  })

  test('saves its result when the store is back', async () => {
    const { runner } = runnerOf('a', async (request) => {
      const save = store.saveBackups
      let failures = 3
      store.saveBackups = async (state) => {
        if (failures-- > 0) throw new StoreError('unavailable', 'Away.')
        return save.call(store, state)
      }
      return made(request)
    })
    await runner.step(signal)
    expect(await store.getBackups()).toMatchObject({ run: null })
  })
})
