/** Whether a canvas can change in a certain way: a host's change, or a step of the schedule. */
import { type Canvas, type CanvasChange, canvasLimits } from './canvas.ts'
import type { FieldError } from './refusal.ts'

/** What is wrong with a change of this canvas. Fields that do not change are not checked. */
export const changeMistakes = (canvas: Canvas, change: CanvasChange): FieldError[] => [
  ...sizeMistakes(canvas, change),
  ...paletteMistakes(canvas, change),
  ...nameMistakes(canvas, change),
  ...chargeMistakes(canvas, change),
  ...areaMistakes(canvas, change),
  ...finaleMistakes(canvas, change),
]

const sizeMistakes = (canvas: Canvas, change: CanvasChange): FieldError[] =>
  (['width', 'height'] as const).flatMap((side) =>
    (change[side] ?? canvas[side]) < canvas[side]
      ? [{ path: side, message: `must be at least ${canvas[side]}, because a board never shrinks` }]
      : [],
  )

const paletteMistakes = (canvas: Canvas, { palette }: CanvasChange): FieldError[] => {
  if (!palette) return []
  const present = canvas.palette
  if (present.some((color, index) => palette[index] !== color)) {
    return [{ path: 'palette', message: `must begin with the ${present.length} colours that the board has, in their order` }]
  }
  if (palette.length > canvasLimits.maxColors) return [{ path: 'palette', message: `must be at most ${canvasLimits.maxColors} colours` }]
  const repeated = palette.find((color, index) => palette.indexOf(color) < index)
  return repeated ? [{ path: 'palette', message: `must not have ${repeated} twice` }] : []
}

const nameMistakes = (canvas: Canvas, { palette = canvas.palette, colorNames }: CanvasChange): FieldError[] => {
  if (!colorNames) return []
  if (colorNames.length !== palette.length) {
    return [{ path: 'colorNames', message: `must have a name for each of the ${palette.length} colours; has ${colorNames.length}` }]
  }
  const repeated = colorNames.find((name, index) => colorNames.indexOf(name) < index)
  return repeated ? [{ path: 'colorNames', message: `must not have "${repeated}" twice` }] : []
}

const chargeMistakes = (canvas: Canvas, change: CanvasChange): FieldError[] => {
  const { startCharges, maxCharges } = { ...canvas, ...change }
  const isChecked = change.startCharges !== undefined || change.maxCharges !== undefined
  if (!isChecked || startCharges <= maxCharges) return []
  return [{ path: 'startCharges', message: `must not be more than maxCharges, which is ${maxCharges}` }]
}

const areaMistakes = (canvas: Canvas, { protectedAreas = [], width = canvas.width, height = canvas.height }: CanvasChange): FieldError[] =>
  protectedAreas.flatMap((area, index) =>
    area.gx + area.width <= width && area.gy + area.height <= height
      ? []
      : [{ path: `protectedAreas.${index}`, message: `must be inside the board, which is ${width} × ${height}` }],
  )

const finaleMistakes = (canvas: Canvas, { palette = canvas.palette, onlyColor = null }: CanvasChange): FieldError[] =>
  onlyColor === null || onlyColor < palette.length
    ? []
    : [{ path: 'onlyColor', message: `must be null or an index into the palette: 0 to ${palette.length - 1}` }]

/** The canvas as JSON. */
export const bytesOf = (canvas: Canvas) => new TextEncoder().encode(JSON.stringify(canvas)).length
