/**
 * A seeded scheduler. Actors are async functions that wait at named points, and the scheduler decides which one continues. Nothing
 * runs in parallel or waits for real time, so one seed is one history. A crash is an actor that never continues.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Random } from './random.ts'

export class Actor {
  readonly name: string
  crashed = false
  /** A frozen actor keeps its memory and does not run until it is thawed. */
  frozen = false

  constructor(name: string) {
    this.name = name
  }
}

/** The actor whose code runs, across awaits. */
const current = new AsyncLocalStorage<Actor>()

interface Waiting {
  readonly actor: Actor
  readonly resume: () => void
  /** The first step at which the actor may be chosen. */
  readonly from: number
}

export class Scheduler {
  readonly #random: Random
  #waiting: Waiting[] = []
  #steps = 0
  /** Errors of actors. The simulated parts catch the errors that they expect, so each of these is a violation. */
  readonly failures: string[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** Starts an actor. Its function runs at once until its first pause. */
  spawn(name: string, run: () => Promise<void>): Actor {
    const actor = new Actor(name)
    current
      .run(actor, run)
      .catch((error: unknown) => void this.failures.push(`${name} threw ${error instanceof Error ? error.stack : String(error)}`))
    return actor
  }

  /** Waits until the scheduler chooses this actor. Ports call it around each operation; outside of actors it does nothing. */
  pause = (): Promise<void> => this.#waitFrom(this.#steps)

  /** Waits for at most this many steps before the scheduler may choose this actor. */
  rest = (steps: number): Promise<void> => this.#waitFrom(this.#steps + this.#random.below(steps))

  #waitFrom(from: number): Promise<void> {
    const actor = current.getStore()
    if (!actor) return Promise.resolve()
    return new Promise((resolve) => {
      if (!actor.crashed) this.#waiting.push({ actor, resume: resolve, from })
    })
  }

  /** Removes the actor: it never continues. */
  crash(actor: Actor) {
    actor.crashed = true
    this.#waiting = this.#waiting.filter((waiting) => waiting.actor !== actor)
  }

  /** Runs one actor to its next pause. If all are resting, time jumps to the first one that may continue. */
  step(): Promise<void> {
    this.#steps++
    const awake = this.#waiting.filter(({ actor }) => !actor.frozen)
    let able = awake.filter(({ from }) => from <= this.#steps)
    if (able.length === 0) {
      this.#steps = Math.min(...awake.map(({ from }) => from))
      able = awake.filter(({ from }) => from <= this.#steps)
    }
    const chosen = this.#random.pick(able)
    if (!chosen) return Promise.resolve()
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1)
    chosen.resume()
    // The actor runs in microtasks until it pauses or ends; the next tick comes when none is left.
    return new Promise((resolve) => process.nextTick(resolve))
  }
}
