/** Random choices that always have a result, from the attack's own random source. */
import type { Random } from '../random.ts'

export const oneOf = <Item>(random: Random, items: readonly [Item, ...Item[]]): Item => random.pick(items) ?? items[0]

/** A whole number from `from` to `to`, both included. */
export const between = (random: Random, from: number, to: number) => from + random.below(to - from + 1)

export const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** One of the items, by their weights. */
export const weighted = <Item>(random: Random, items: readonly (readonly [weight: number, item: Item])[]): Item => {
  let left = random.next() * items.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, item] of items) {
    left -= weight
    if (left < 0) return item
  }
  const last = items.at(-1)
  if (!last) throw new Error('there is nothing to choose from')
  return last[1]
}

export const randomBytes = (random: Random, count: number) => String.fromCharCode(...times(count, () => random.below(256)))
