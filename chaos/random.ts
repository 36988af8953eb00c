/** The one source of chance of a simulated life: the same seed gives the same life (mulberry32, Tommy Ettinger). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** From 0 to below 1. */
  next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from 0 to below `end`. */
  below = (end: number) => Math.floor(this.next() * end)

  chance = (probability: number) => this.next() < probability

  /** One of the items; undefined when there is none. */
  pick = <Item>(items: readonly Item[]): Item | undefined => items[this.below(items.length)]
}
