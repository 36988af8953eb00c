/**
 * Writes the heartbeat of this process once a second, with its report for the overview, and reads the heartbeats of the other processes.
 * With SQLite, which only one process uses, both stay in memory.
 */
import { type Service, sleep } from '../lifecycle.ts'
import type { MembershipStore } from '../store/membership-port.ts'
import type { Logger } from './log.ts'
import type { Members } from './members.ts'
import { replacedMembers } from './replaced-members.ts'

export interface HeartbeatOptions {
  readonly store: Pick<MembershipStore, 'beat' | 'endBeat' | 'readHeartbeats'>
  readonly self: {
    /** Differs after each start. */
    readonly id: string
    readonly roles: readonly string[]
    readonly report: () => string
  }
  readonly members: Members
  readonly logger: Logger
  readonly now: () => number
  /** Measures for how long a counter has not changed. */
  readonly monotonicNow: () => number
  /** Called after each beat, to read other shared state. */
  readonly onBeat?: () => Promise<void>
}

const beatEveryMs = 1_000

export class HeartbeatService implements Service {
  readonly name = 'heartbeat'
  readonly #options: HeartbeatOptions
  readonly #startedAtMs: number
  #beats = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#startedAtMs = options.now()
  }

  async run(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await this.step()
      } catch (error) {
        // The members stay as they were. Services that need the store log the same error.
        this.#options.logger.debug({ event: 'heartbeat_failed', err: error })
      }
      await sleep(beatEveryMs, signal)
    }
    await this.#leave().catch(() => undefined)
  }

  async step() {
    const { store, self, members, now, monotonicNow, onBeat } = this.#options
    const { id, roles, report } = self
    this.#beats++
    await store.beat({ id, roles, beats: this.#beats, startedAtMs: this.#startedAtMs, atMs: now(), report: report() })
    members.observe(await store.readHeartbeats(), monotonicNow())
    await onBeat?.()
  }

  async #leave() {
    const { store, self, members } = this.#options
    const { id } = self
    // This process may have run too briefly to recognize lost members. A heartbeat that is removed by mistake returns within a second.
    const lost = [...new Set([...members.lost(), ...members.unchanged()])].filter((member) => member.id !== id)
    const alive = members.alive().filter((member) => !lost.includes(member))
    const forgotten = [...replacedMembers(id, { alive, lost }), id]
    for (const gone of forgotten) await store.endBeat(gone)
  }
}
