/**
 * A seeded scheduler: actors are async functions that wait at named points, and the scheduler decides who goes on next. Nothing
 * runs in parallel and nothing waits for real time, so one seed is one history, and a crash is an actor that is never
 * woken again.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Random } from './random.ts'

export class Actor {
  readonly name: string
  crashed = false
  /** Frozen actors keep what they know and do nothing, until they are thawed. */
  frozen = false

  constructor(name: string) {
    this.name = name
  }
}

interface Waiting {
  readonly actor: Actor
  readonly resume: () => void
}

export class Scheduler {
  readonly #random: Random
  #waiting: Waiting[] = []
  /** Whose code is running, across awaits. */
  readonly #current = new AsyncLocalStorage<Actor>()
  /** What actors threw. The simulated parts catch what they expect, so anything here is a wrong. */
  readonly failures: string[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** Starts an actor. Its function runs until its first pause at once. */
  spawn(name: string, run: () => Promise<void>): Actor {
    const actor = new Actor(name)
    this.#current
      .run(actor, run)
      .catch((error: unknown) => void this.failures.push(`${name} threw ${error instanceof Error ? error.stack : String(error)}`))
    return actor
  }

  /** Waits until the scheduler chooses this actor. Ports call it around each of their operations; outside of actors it is nothing. */
  pause = (): Promise<void> => {
    const actor = this.#current.getStore()
    if (!actor) return Promise.resolve()
    return new Promise((resolve) => {
      if (!actor.crashed) this.#waiting.push({ actor, resume: resolve })
    })
  }

  /** Waits for a while: about `turns` times as long as a pause. */
  rest = async (turns: number) => {
    do await this.pause()
    while (this.#random.below(turns) > 0)
  }

  /** The actor is gone: it never wakes from where it waits. */
  crash(actor: Actor) {
    actor.crashed = true
    this.#waiting = this.#waiting.filter((waiting) => waiting.actor !== actor)
  }

  /** Lets one waiting actor go on to its next pause. False when nobody can. */
  async step(): Promise<boolean> {
    const able = this.#waiting.filter(({ actor }) => !actor.frozen)
    const chosen = this.#random.pick(able)
    if (!chosen) return false
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1)
    chosen.resume()
    // The actor runs in microtasks until it pauses again or ends; the next tick comes when none is left.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    return true
  }
}
