/** The part of the board that a downloaded picture shows. */
export interface PicturePart {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Size {
  readonly width: number
  readonly height: number
}

/** The longest side of a picture that the server writes. */
export const maxPictureSide = 16_384

/** The cells of an axis that are in the window, also those of which only a part is. At least one. */
const cellsIn = (middle: number, room: number, end: number) => {
  const from = Math.min(end - 1, Math.max(0, Math.floor(middle - room / 2)))
  return { from, size: Math.max(1, Math.min(end, Math.ceil(middle + room / 2)) - from) }
}

export const viewPart = (
  board: Size,
  view: { readonly centerX: number; readonly centerY: number; readonly zoom: number },
  window: Size,
): PicturePart => {
  const across = cellsIn(view.centerX, window.width / view.zoom, board.width)
  const down = cellsIn(view.centerY, window.height / view.zoom, board.height)
  return { x: across.from, y: down.from, width: across.size, height: down.size }
}

export const pictureOf = (canvasId: string, { x, y, width, height }: PicturePart, scale: number): string =>
  `/api/canvases/${encodeURIComponent(canvasId)}/board.png?x=${x}&y=${y}&w=${width}&h=${height}&scale=${scale}`
