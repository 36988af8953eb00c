/** Templates that lie on top of each other. The first of a list is the topmost one. */
import type { PlacedPicture } from './progress.ts'

const nothing = 0xffff

/** The part of the board that both templates cover. Its edges may be in the wrong order. */
const overlap = (a: PlacedPicture, b: PlacedPicture) => ({
  left: Math.max(a.x, b.x),
  top: Math.max(a.y, b.y),
  right: Math.min(a.x + a.picture.width, b.x + b.picture.width),
  bottom: Math.min(a.y + a.picture.height, b.y + b.picture.height),
})

/** Calls back with the indices of each pair of cells that lie on the same point. */
const eachPair = (a: PlacedPicture, b: PlacedPicture, act: (indexA: number, indexB: number) => void) => {
  const { left, top, right, bottom } = overlap(a, b)
  for (let gy = top; gy < bottom; gy++) {
    const rowA = (gy - a.y) * a.picture.width - a.x
    const rowB = (gy - b.y) * b.picture.width - b.x
    for (let gx = left; gx < right; gx++) act(rowA + gx, rowB + gx)
  }
}

/** The cells of a template that no template above it decides. They are the template's own array if all of them are. */
export const uncoveredCells = (template: PlacedPicture, above: readonly PlacedPicture[]): Uint16Array => {
  const { cells } = template.picture
  let uncovered = cells
  for (const other of above) {
    eachPair(template, other, (own, its) => {
      if (cells[own] === nothing || other.picture.cells[its] === nothing) return
      if (uncovered === cells) uncovered = cells.slice()
      uncovered[own] = nothing
    })
  }
  return uncovered
}

/** How many cells want another color than the same cells of a template above. */
export const disagreements = (template: PlacedPicture, above: PlacedPicture): number => {
  let count = 0
  eachPair(template, above, (own, its) => {
    const [wanted, other] = [template.picture.cells[own], above.picture.cells[its]]
    if (wanted !== nothing && other !== nothing && wanted !== other) count++
  })
  return count
}
