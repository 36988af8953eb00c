/**
 * Rendezvous hashing with bounded loads. It assigns each thing to a member, so that all processes agree without communication and
 * no member has more than its share. When a member joins or leaves, few other things change their owner.
 *
 * Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998); the bound is from Mirrokni, Thorup and
 * Zadimoghaddam, "Consistent hashing with bounded loads" (2018).
 */
import { textHash } from './text-hash.ts'

/** FNV-1a with the finalizer of MurmurHash3, which separates names that differ in one digit. */
const weightOf = (text: string): number => {
  let hash = textHash(text)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Sorted by code units, which is the same in every process. */
const inOrder = (names: Iterable<string>): string[] => [...new Set(names)].sort()

/**
 * The owner of each thing: the member with the greatest weight for it among the members with fewer than `ceil(things / members)`.
 * The order of things and members does not matter. Without members, nothing has an owner.
 */
export const ownersOf = (things: Iterable<string>, members: Iterable<string>): ReadonlyMap<string, string> => {
  const [allThings, allMembers] = [inOrder(things), inOrder(members)]
  const bound = Math.ceil(allThings.length / allMembers.length)
  const loads = new Map(allMembers.map((member) => [member, 0]))
  const owners = new Map<string, string>()
  for (const thing of allThings) {
    let owner: string | undefined
    let greatest = -1
    for (const [member, load] of loads) {
      const weight = weightOf(`${member} ${thing}`)
      if (load < bound && weight > greatest) [owner, greatest] = [member, weight]
    }
    if (owner === undefined) break
    owners.set(thing, owner)
    loads.set(owner, (loads.get(owner) ?? 0) + 1)
  }
  return owners
}

/**
 * The stream partition of a tile, by its key. Every process must find the same one, so the vectors in the test are fixed. Unlike owners, partitions
 * have no bound: a tile's partition depends on nothing but its key and the count.
 */
export const partitionOf = (key: string, partitions: number): number => {
  let best = 0
  let greatest = -1
  for (let partition = 0; partition < partitions; partition++) {
    const weight = weightOf(`${partition} ${key}`)
    if (weight > greatest) [best, greatest] = [partition, weight]
  }
  return best
}
