/**
 * A seeded scheduler: actors are async functions that wait at named points, and the scheduler decides who goes on next. Nothing
 * runs in parallel and nothing waits for real time, so one seed is one history, and a crash is an actor that is never
 * woken again.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** From 0 to below 1 (mulberry32, Tommy Ettinger). */
  next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from 0 to below `end`. */
  below = (end: number) => Math.floor(this.next() * end)

  chance = (probability: number) => this.next() < probability
}

export class Actor {
  readonly name: string
  crashed = false
  done = false
  /** Frozen actors keep what they know and do nothing, until they are thawed. */
  frozen = false
  /** Why the actor ended, when it threw. */
  failure: unknown = null

  constructor(name: string) {
    this.name = name
  }
}

interface Waiting {
  readonly actor: Actor
  readonly point: string
  readonly resume: () => void
}

export class Scheduler {
  readonly #random: Random
  readonly #waiting: Waiting[] = []
  /** Whose code is running, across awaits. */
  readonly #current = new AsyncLocalStorage<Actor>()
  steps = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** Starts an actor. Its function runs until its first pause at once. */
  spawn(name: string, run: (actor: Actor) => Promise<void>): Actor {
    const actor = new Actor(name)
    this.#current
      .run(actor, () => run(actor))
      .then(
        () => {
          actor.done = true
        },
        (error: unknown) => {
          actor.done = true
          actor.failure = error
        },
      )
    return actor
  }

  /** Waits until the scheduler chooses this actor. Ports call it around each of their operations. */
  pause = (point: string): Promise<void> => {
    const actor = this.#current.getStore()
    if (!actor) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ actor, point, resume: resolve }))
  }

  /** The actor is gone: it never wakes from where it waits. */
  crash(actor: Actor) {
    actor.crashed = true
    for (let i = this.#waiting.length - 1; i >= 0; i--) if (this.#waiting[i]?.actor === actor) this.#waiting.splice(i, 1)
  }

  /** Lets one waiting actor go on to its next pause. False when nobody can. */
  async step(): Promise<boolean> {
    const able = this.#waiting.filter(({ actor }) => !actor.frozen)
    const chosen = able[this.#random.below(able.length)]
    if (!chosen) return false
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1)
    this.steps++
    chosen.resume()
    // The actor runs in microtasks until it pauses again or ends; the next tick comes when none is left.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    return true
  }
}
