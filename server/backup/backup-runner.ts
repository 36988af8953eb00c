/**
 * Runs the scheduled backups. Every process with the projector role and BACKUP_DIR has a runner, and one of them works at a time: it holds the run in
 * the shared state, and counts beats in it. A runner whose beats stop for `leaseMs` has ended, and another one goes on. Beats are counters, so
 * clocks do not matter.
 */
import { type BackupKind, type BackupProblem, type BackupRun, type BackupSchedule, type BackupState, nextRound } from '../../lib/backups.ts'
import { type Service, sleep } from '../lifecycle.ts'
import { newEpoch } from '../new-epoch.ts'
import type { Store } from '../store/port.ts'
import { storeTime } from '../store/store-time.ts'
import type { WorkerContext } from '../worker-context.ts'
import { changeBackups } from './change-backups.ts'
import type { RoundResult } from './round.ts'
import type { StartRound } from './start-round.ts'

export interface BackupRunFailure extends Pick<BackupProblem, 'code' | 'detail'> {
  readonly kind: BackupKind
  readonly startedAtMs: number
}

export interface BackupRunnerOptions {
  readonly store: Pick<Store, 'getBackups' | 'saveBackups' | 'serverTime'>
  readonly schedule: BackupSchedule
  readonly context: Pick<WorkerContext, 'logger' | 'clock'>
  /** Differs after each start. */
  readonly processId: string
  readonly startRound: StartRound
  /** A try failed, and the one before did not fail in this way. Repeated after a failure of the store. */
  readonly onFailure?: (failure: BackupRunFailure) => Promise<void>
  readonly floorBytes?: number
  readonly times?: Partial<typeof defaultTimes>
}

const defaultTimes = { pollMs: 2_000, beatMs: 5_000, leaseMs: 30_000 }
/** The disk of the backups is often that of the database. */
const defaultFloorBytes = 256 * 1_048_576

export class BackupRunner implements Service {
  readonly name = 'backups'
  readonly #options: BackupRunnerOptions
  readonly #times: typeof defaultTimes
  /** The run of another process, and since when its beats have not changed. */
  #other: { run: BackupRun; sinceMs: number } | null = null
  #hasChecked = false

  constructor(options: BackupRunnerOptions) {
    this.#options = options
    this.#times = { ...defaultTimes, ...options.times }
  }

  async run(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await this.step(signal)
      } catch (error) {
        // The publisher logs that the store is unavailable.
        this.#options.context.logger.debug({ event: 'backups_wait', err: error })
      }
      await sleep(this.#times.pollMs, signal)
    }
  }

  /** Does what is due, unless another process works. The first round of a process only looks at the folder. */
  async step(signal: AbortSignal) {
    const { store, schedule, context } = this.#options
    const state = await store.getBackups()
    if (state.run && !this.#isAbandoned(state.run)) return
    const nowMs = await storeTime(store, context.clock)
    if (state.run) return this.#giveUp(state.run, nowMs)
    const kind = this.#hasChecked ? nextRound(state, schedule, nowMs) : 'check'
    const taken = kind && (await this.#take(state, kind, nowMs))
    if (!taken) return
    this.#hasChecked = true
    await this.#runRound(taken, signal)
  }

  #isAbandoned(run: BackupRun): boolean {
    const nowMs = this.#options.context.clock.monotonicNow()
    const { process, startedAtMs, beats } = this.#other?.run ?? {}
    if (run.process !== process || run.startedAtMs !== startedAtMs || run.beats !== beats) this.#other = { run, sinceMs: nowMs }
    return nowMs - (this.#other?.sinceMs ?? nowMs) >= this.#times.leaseMs
  }

  async #giveUp(run: BackupRun, nowMs: number) {
    const problem = { code: 'interrupted', detail: `The process ${run.process} ended while it worked.` } as const
    const change = this.#ofRun(run, (state) => ({
      ...state,
      run: null,
      requestedAtMs: null,
      ...problemsOf(state, { kind: run.kind, problem, nowMs }),
    }))
    const given = await this.#save(run, change)
    if (given) this.#report(run.kind, { entries: null, made: null, verified: null, removed: [], problem }, 0)
  }

  /** Null when another process was faster. */
  async #take(state: BackupState, kind: BackupKind, nowMs: number): Promise<BackupState | null> {
    const taken: BackupState = {
      ...state,
      rev: state.rev + 1,
      installation: state.installation || newEpoch(),
      sinceMs: state.sinceMs ?? nowMs,
      run: { process: this.#options.processId, beats: 0, kind, startedAtMs: nowMs, bytes: 0 },
    }
    return (await this.#options.store.saveBackups(taken)) ? taken : null
  }

  async #runRound({ run, installation, entries }: BackupState, signal: AbortSignal) {
    if (!run) return
    const { startRound, context, floorBytes = defaultFloorBytes } = this.#options
    const written = { bytes: 0 }
    const ended = new AbortController()
    const beating = this.#beat(run, written, ended.signal)
    const { kind, startedAtMs } = run
    const onBytes = (bytes: number) => {
      written.bytes = bytes
    }
    const begunAtMs = context.clock.monotonicNow()
    const result = await startRound({ kind, installation, startedAtMs, entries, floorBytes }, { signal, onBytes })
    ended.abort()
    await beating
    await this.#finish(run, { result, ms: Math.round(context.clock.monotonicNow() - begunAtMs) }, signal)
  }

  async #beat(run: BackupRun, written: { readonly bytes: number }, signal: AbortSignal) {
    for (let beats = 1; !signal.aborted; beats++) {
      await sleep(this.#times.beatMs, signal)
      if (signal.aborted) return
      const beat = this.#ofRun(run, (state) => ({ ...state, run: { ...run, beats, bytes: written.bytes } }))
      // Without the store the work goes on, and may fail by itself.
      await changeBackups(this.#options.store, beat).catch(() => undefined)
    }
  }

  /** A change for as long as this process holds the run. */
  #ofRun =
    (run: BackupRun, change: (state: BackupState) => BackupState) =>
    (state: BackupState): BackupState | null =>
      state.run?.process === run.process && state.run.startedAtMs === run.startedAtMs ? change(state) : null

  /** Goes on until the result is saved. A stopped process leaves the round due. */
  async #finish(run: BackupRun, { result, ms }: { result: RoundResult | null; ms: number }, signal: AbortSignal) {
    const nowMs = run.startedAtMs + ms
    if (result) this.#report(run.kind, result, ms)
    const change = this.#ofRun(run, (state) => (result ? finished(state, { kind: run.kind, result, nowMs }) : { ...state, run: null }))
    for (;;) {
      try {
        await this.#save(run, change)
        return
      } catch (error) {
        if (signal.aborted) throw error
        await sleep(this.#times.pollMs, signal)
      }
    }
  }

  /** A new failure is announced before it is saved, so that it is announced at least once. */
  async #save({ kind, startedAtMs }: BackupRun, change: (state: BackupState) => BackupState | null): Promise<BackupState | null> {
    const { store, onFailure } = this.#options
    const before = await store.getBackups()
    const failure = newFailure(before, change(before))
    if (failure) await onFailure?.({ kind, startedAtMs, ...failure })
    return changeBackups(store, change)
  }

  #report(kind: BackupKind, { made, verified, removed, problem }: RoundResult, ms: number) {
    const { logger } = this.#options.context
    if (made) logger.info({ event: 'backup_made', ...made, ms })
    if (verified !== null) logger.info({ event: 'backup_verified', name: verified, ms })
    if (removed.length > 0) logger.info({ event: 'backups_removed', names: removed })
    if (problem) logger.warn({ event: 'backup_failed', kind, ...problem })
  }
}

/** The problem that a state has and the one before had not. */
const newFailure = (before: BackupState, after: BackupState | null): BackupProblem | null => {
  const differs = (problem: BackupProblem | null | undefined, known: BackupProblem | null) =>
    problem != null && problem.code !== known?.code
  if (after && differs(after.problem, before.problem)) return after.problem
  return after && differs(after.verifyProblem, before.verifyProblem) ? after.verifyProblem : null
}

/** The problems of a state after a round. A look at the folder proves nothing about the last backup. */
const problemsOf = (
  state: BackupState,
  { kind, problem, nowMs }: { kind: BackupKind; problem: RoundResult['problem']; nowMs: number },
): Pick<BackupState, 'problem' | 'verifyProblem'> => {
  const timed = problem && { ...problem, atMs: nowMs }
  if (kind === 'verify') return { problem: state.problem, verifyProblem: timed }
  return { problem: kind === 'check' ? (timed ?? state.problem) : timed, verifyProblem: state.verifyProblem }
}

const finished = (state: BackupState, { kind, result, nowMs }: { kind: BackupKind; result: RoundResult; nowMs: number }): BackupState => ({
  ...state,
  run: null,
  requestedAtMs: kind === 'backup' ? null : state.requestedAtMs,
  entries: result.entries ?? state.entries,
  verifiedAtMs: result.verified === null ? state.verifiedAtMs : nowMs,
  ...problemsOf(state, { kind, problem: result.problem, nowMs }),
})
