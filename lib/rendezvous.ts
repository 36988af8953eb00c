/**
 * Rendezvous hashing: who of several members looks after a thing, so that all agree without talking. When a member comes or goes,
 * only its own things change hands. Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998).
 */

/** FNV-1a with the finalizer of MurmurHash3, which spreads names that differ in one digit. */
const weightOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The member with the greatest weight for this thing; null when there is none. The order of the members does not matter. */
export const ownerOf = (thing: string, members: readonly string[]): string | null => {
  let owner: string | null = null
  let greatest = -1
  for (const member of members) {
    const weight = weightOf(`${member} ${thing}`)
    if (weight > greatest || (weight === greatest && owner !== null && member < owner)) {
      greatest = weight
      owner = member
    }
  }
  return owner
}
