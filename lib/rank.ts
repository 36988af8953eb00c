/** Ranks of painters: equal numbers share a rank, and the next rank counts all of them (1, 2, 2, 4). */

/** Adds ranks to rows whose numbers descend. */
export const withRanks = <Row>(rows: readonly Row[], numberOf: (row: Row) => number): (Row & { readonly rank: number })[] => {
  let rank = 0
  let last: number | null = null
  return rows.map((row, index) => {
    const number = numberOf(row)
    if (number !== last) rank = index + 1
    last = number
    return { ...row, rank }
  })
}

/** The index of the first number below or equal to `number`, of descending numbers: how many are above it. */
export const countAbove = (descending: readonly number[], number: number): number => {
  let [low, high] = [0, descending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((descending[middle] ?? 0) > number) low = middle + 1
    else high = middle
  }
  return low
}
