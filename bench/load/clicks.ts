/**
 * Which pixel the n-th click sets: spread over an area, no place twice until every place has had its turn, so that each click can
 * be told from all others on the finished board.
 */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Click {
  readonly gx: number
  readonly gy: number
  readonly color: number
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/** Steps of about the golden ratio of the area spread any number of clicks evenly; one without a common divisor visits every place. */
const strideOf = (cells: number) => {
  let stride = Math.max(1, Math.round(cells * 0.618034))
  while (greatestCommonDivisor(stride, cells) !== 1) stride++
  return stride
}

export const createClicks = ({ x, y, width, height }: Area, colors: number): ((index: number) => Click) => {
  const cells = width * height
  const stride = strideOf(cells)
  return (index) => {
    // Products stay below 2⁵³: cells and indices are below 2²⁶ each.
    const cell = ((index % cells) * stride) % cells
    // Another colour in each turn, and never the background of the turn before.
    const color = (index * 7 + Math.floor(index / cells) * 3) % colors
    return { gx: x + (cell % width), gy: y + Math.floor(cell / width), color }
  }
}
