/** Which pixel of the board each pixel of a picture shows: nearest neighbour, in whole factors. */

/** In a sampling: the pixel is outside the board. */
export const ground = -1

export interface Sampling {
  /** For each column of the picture a column of the board, or `ground`. */
  readonly columns: Int32Array
  readonly rows: Int32Array
}

interface Size {
  readonly width: number
  readonly height: number
}

/** A rectangle of the board. */
export interface Region extends Size {
  readonly x: number
  readonly y: number
}

export const wholeOf = ({ width, height }: Size): Region => ({ x: 0, y: 0, width, height })

/** Each pixel of the region `scale × scale` large. */
export const enlarged = ({ x, y, width, height }: Region, scale: number): Sampling => ({
  columns: Int32Array.from({ length: width * scale }, (_, i) => x + Math.floor(i / scale)),
  rows: Int32Array.from({ length: height * scale }, (_, i) => y + Math.floor(i / scale)),
})

/**
 * A picture of exactly this size with the region in its middle, as large as a whole factor allows, and with what is around it. A region that
 * is larger than the picture is reduced to every nth pixel.
 */
export const fitted = ({ region, size, board }: { region: Region; size: Size; board: Size }): Sampling => {
  const scale = Math.floor(Math.min(size.width / region.width, size.height / region.height))
  const every = scale > 0 ? 1 : Math.ceil(Math.max(region.width / size.width, region.height / size.height))
  const axis = (from: number, count: number, length: number, end: number) => {
    const margin = Math.floor((length - (count / every) * Math.max(1, scale)) / 2)
    return Int32Array.from({ length }, (_, i) => {
      const at = from + Math.floor(((i - margin) * every) / Math.max(1, scale))
      return at >= 0 && at < end ? at : ground
    })
  }
  return {
    columns: axis(region.x, region.width, size.width, board.width),
    rows: axis(region.y, region.height, size.height, board.height),
  }
}
