/**
 * The pixel of the n-th click. Clicks are spread over an area, and no position repeats before all have had their turn, so that each click can
 * be identified on the finished board.
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

/** Steps of about the golden ratio of the area spread any number of clicks evenly; a step without a common divisor visits every position. */
const strideOf = (cells: number) => {
  let stride = Math.max(1, Math.round(cells * 0.618034))
  while (greatestCommonDivisor(stride, cells) !== 1) stride++
  return stride
}

export const createClicks = ({ x, y, width, height }: Area, colors: number): ((index: number) => Click) => {
  const cells = width * height
  const stride = strideOf(cells)
  return (index) => {
    // Products stay below 2⁵³, because cells and indices are below 2²⁶.
    const cell = ((index % cells) * stride) % cells
    // A different color in each turn, and never the background.
    const color = (index * 7 + Math.floor(index / cells) * 3) % colors
    return { gx: x + (cell % width), gy: y + Math.floor(cell / width), color }
  }
}
