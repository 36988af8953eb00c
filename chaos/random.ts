import { randomsOf } from '../lib/randoms.ts'

/** The only source of randomness of a simulated run: the same seed gives the same run. */
export class Random {
  /** From 0 to below 1. */
  readonly next: () => number

  constructor(seed: number) {
    this.next = randomsOf(seed)
  }

  /** A whole number from 0 to below `end`. */
  below = (end: number) => Math.floor(this.next() * end)

  chance = (probability: number) => this.next() < probability

  /** One of the items; undefined when there is none. */
  pick = <Item>(items: readonly Item[]): Item | undefined => items[this.below(items.length)]
}
