/** Simulated people: each does its acts one after another, with pauses between them. */
import type { Random } from './random.ts'
import type { Actor, Scheduler } from './scheduler.ts'

interface CrewOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly actsEach: number
  /** The usual pause; every fifth is much longer. */
  readonly restMs: number
}

export abstract class SimulatedCrew {
  readonly #options: CrewOptions
  readonly #busy = new Set<Actor>()

  constructor(options: CrewOptions) {
    this.#options = options
  }

  /** One act. The key is unique for each person and act. */
  protected abstract act(key: string): Promise<void>

  get done() {
    return this.#busy.size === 0
  }

  spawn(name: string) {
    const { scheduler, random, actsEach, restMs } = this.#options
    const actor = scheduler.spawn(name, async () => {
      for (let i = 0; i < actsEach; i++) {
        await this.act(`${name}-${i}`)
        await scheduler.rest(random.chance(0.2) ? 200 : restMs)
      }
      this.#busy.delete(actor)
    })
    this.#busy.add(actor)
  }

  /** One person's process ends, and the person does all acts again at another one. False when nobody is busy. */
  crashOne() {
    const { scheduler, random } = this.#options
    const actor = random.pick([...this.#busy])
    if (!actor) return false
    scheduler.crash(actor)
    this.#busy.delete(actor)
    this.spawn(`${actor.name}x`)
    return true
  }
}
