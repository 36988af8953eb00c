/** Several workers of one kind that do not communicate. They crash, and they freeze and continue with stale state. */
import type { Random } from './random.ts'
import type { Actor, Scheduler } from './scheduler.ts'

export interface WorkersParts {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly expected: (error: unknown) => boolean
}

export interface WorkerKind {
  readonly name: string
  /** Makes one worker. Returns its step, which returns how long it may rest. */
  readonly start: () => () => Promise<number>
}

const restAfterFailure = 40

export class SimulatedWorkers {
  readonly #parts: WorkersParts
  readonly #kind: WorkerKind
  #actors: Actor[] = []

  constructor(parts: WorkersParts, kind: WorkerKind) {
    this.#parts = parts
    this.#kind = kind
  }

  spawn() {
    const { scheduler, expected } = this.#parts
    const step = this.#kind.start()
    const actor = scheduler.spawn(this.#kind.name, async () => {
      for (;;) {
        try {
          await scheduler.rest(await step())
        } catch (error) {
          if (!expected(error)) throw error
          await scheduler.rest(restAfterFailure)
        }
      }
    })
    this.#actors.push(actor)
  }

  /** Starts another process in its place. */
  crashOne() {
    const actor = this.#parts.random.pick(this.#actors)
    if (!actor) return
    this.#parts.scheduler.crash(actor)
    this.#actors = this.#actors.filter((other) => other !== actor)
    this.spawn()
  }

  /** By chance: freezes a running worker, or thaws a frozen one. Returns whether it froze one. */
  freezeOrThawOne(): boolean {
    const actor = this.#parts.random.pick(this.#actors)
    if (!actor || !this.#parts.random.chance(actor.frozen ? 0.05 : 0.006)) return false
    actor.frozen = !actor.frozen
    return actor.frozen
  }

  thawAll() {
    for (const actor of this.#actors) actor.frozen = false
  }
}
