/** The picture of a place that a link shows. */
import type { BoardLocation } from './board-location.ts'
import type { Canvas } from './canvas.ts'

/** The size that programs which show links ask for. */
export const placePictureSize = { width: 1_200, height: 630 } as const

const defaultZoom = 8
const maxZoom = 64

type Board = Pick<Canvas, 'id' | 'width' | 'height'>

/** The part of an axis around a point: `count` cells that are on the board. */
const around = (middle: number, count: number, end: number) => {
  const size = Math.max(1, Math.min(end, Math.floor(count)))
  return { from: Math.min(end - size, Math.max(0, Math.round(middle - size / 2))), size }
}

/** What the window shows at this location. A place outside the board is the nearest on it; without one it is the whole board. */
export const placePicturePath = ({ id, width, height }: Board, location: BoardLocation | null): string => {
  const zoom = Math.min(maxZoom, location?.zoom ?? defaultZoom)
  const [x, y] = location
    ? [around(location.x, placePictureSize.width / zoom, width), around(location.y, placePictureSize.height / zoom, height)]
    : [
        { from: 0, size: width },
        { from: 0, size: height },
      ]
  const query = `x=${x.from}&y=${y.from}&w=${x.size}&h=${y.size}&fit=${placePictureSize.width}x${placePictureSize.height}`
  return `/api/canvases/${id}/board.png?${query}`
}
