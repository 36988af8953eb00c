/** Reads an uploaded template: a PNG with the colors of the canvas, of which at least one cell is on the board. */
import type { Canvas } from '../../lib/canvas.ts'
import { coveredArea, noCell, type TemplatePlace, templateLimits } from '../../lib/linked-template.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Parsed } from '../parse.ts'
import { readPictureColors } from '../pictures/picture.ts'
import { cellsOf } from './template-cells.ts'

const { maxCells } = templateLimits

export interface UploadedCells {
  readonly width: number
  readonly height: number
  readonly cells: Uint16Array
}

const tooManyCells: Refusal = { code: 'too_large', detail: `A template has at most ${maxCells} pixels.` }
const outside: Refusal = { code: 'out_of_bounds', detail: 'No pixel of the template is on the canvas.' }

/** The place may hang over the edge of the board. */
export const checkPlace = (canvas: Canvas, place: TemplatePlace, cells: Uint16Array): Refusal | null => {
  const area = coveredArea(place, canvas)
  if (!area) return outside
  const { x, y, width } = place
  for (let gy = area.top; gy < area.bottom; gy++) {
    for (let gx = area.left; gx < area.right; gx++) if (cells[(gy - y) * width + (gx - x)] !== noCell) return null
  }
  return outside
}

export const readUpload = async (png: Uint8Array, canvas: Canvas): Promise<Parsed<UploadedCells>> => {
  const read = await readPictureColors({
    png,
    canvas,
    nearest: false,
    checkSize: ({ width, height }) => (width * height > maxCells ? tooManyCells : null),
    advice: 'Replace them by colours of this canvas first.',
  })
  if (!read.ok) return read
  const { width, height, colors } = read.picture
  return { ok: true, value: { width, height, cells: cellsOf(colors) } }
}
