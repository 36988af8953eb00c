/**
 * Chooses the snapshots of a tile to delete, so that their number grows with the days and not with the pixels. All snapshots of the
 * last hour stay, then the first of each hour for a week, then the first of each day. The newest always stays.
 */
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Takes the `atMs` of each snapshot, ascending, and returns the indices of those to delete. */
export const thinOut = (atMs: readonly number[], nowMs: number): number[] => {
  const taken = new Set<string>()
  return atMs.flatMap((ms, index) => {
    const ageMs = nowMs - ms
    if (ageMs < hourMs || index === atMs.length - 1) return []
    const [name, lengthMs] = ageMs < 7 * dayMs ? ['hour', hourMs] : ['day', dayMs]
    const bucket = `${name} ${Math.floor(ms / Number(lengthMs))}`
    if (taken.has(bucket)) return [index]
    taken.add(bucket)
    return []
  })
}
