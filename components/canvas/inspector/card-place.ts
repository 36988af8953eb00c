/** Where the inspector's card is: beside its cell, on the other side at an edge, and always inside the free part of the window. */
interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface CardPlace {
  readonly left: number
  readonly top: number
}

/** Between the cell and the card. */
const gap = 18
/** How far the card begins above its cell. */
const above = 36

const within = (value: number, min: number, max: number) => Math.max(min, Math.min(value, max))

/** `free` is the part of the window that the card may cover. All in CSS pixels. */
export const placeCard = (options: { cell: Box; card: { width: number; height: number }; free: Box }): CardPlace => {
  const { cell, card, free } = options
  const [onRight, onLeft] = [cell.right + gap, cell.left - gap - card.width]
  const fitsRight = onRight + card.width <= free.right
  const fitsLeft = onLeft >= free.left
  const isRight = fitsRight || (!fitsLeft && free.right - cell.right >= cell.left - free.left)
  return {
    left: within(isRight ? onRight : onLeft, free.left, Math.max(free.left, free.right - card.width)),
    top: within(cell.top - above, free.top, Math.max(free.top, free.bottom - card.height)),
  }
}
