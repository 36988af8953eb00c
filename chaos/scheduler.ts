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

/** Whose code is running, across awaits. */
const current = new AsyncLocalStorage<Actor>()

interface Waiting {
  readonly actor: Actor
  readonly resume: () => void
  /** The step from which on the actor may be chosen. */
  readonly from: number
}

export class Scheduler {
  readonly #random: Random
  #waiting: Waiting[] = []
  #steps = 0
  /** What actors threw. The simulated parts catch what they expect, so anything here is a wrong. */
  readonly failures: string[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** Starts an actor. Its function runs until its first pause at once. */
  spawn(name: string, run: () => Promise<void>): Actor {
    const actor = new Actor(name)
    current
      .run(actor, run)
      .catch((error: unknown) => void this.failures.push(`${name} threw ${error instanceof Error ? error.stack : String(error)}`))
    return actor
  }

  /** Waits until the scheduler chooses this actor. Ports call it around each of their operations; outside of actors it is nothing. */
  pause = (): Promise<void> => this.#waitFrom(this.#steps)

  /** Waits for a while, at most so many steps, before the scheduler may choose this actor. */
  rest = (steps: number): Promise<void> => this.#waitFrom(this.#steps + this.#random.below(steps))

  #waitFrom(from: number): Promise<void> {
    const actor = current.getStore()
    if (!actor) return Promise.resolve()
    return new Promise((resolve) => {
      if (!actor.crashed) this.#waiting.push({ actor, resume: resolve, from })
    })
  }

  /** The actor is gone: it never wakes from where it waits. */
  crash(actor: Actor) {
    actor.crashed = true
    this.#waiting = this.#waiting.filter((waiting) => waiting.actor !== actor)
  }

  /** Lets one actor go on to its next pause. When all are resting, time jumps to where the first of them wakes. */
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
    // The actor runs in microtasks until it pauses again or ends; the next tick comes when none is left.
    return new Promise((resolve) => process.nextTick(resolve))
  }
}
