/** Checks what a host wants to change against the canvas that is stored. A refusal changes nothing. */
import { type Canvas, type CanvasChange, canvasLimits } from './canvas.ts'
import { type FieldError, invalid, type Refusal } from './refusal.ts'

/** A change whose fields have the right form. `archived` makes the board an archive, which never opens again. */
export type WantedChange = Omit<CanvasChange, 'archivedAtMs' | 'announcement' | 'finishedSteps'> & { readonly archived?: boolean }

export type PlannedChange = { ok: true; change: CanvasChange } | { ok: false; refusal: Refusal }

const refuse = (refusal: Refusal): PlannedChange => ({ ok: false, refusal })

/** What can change in an archive. */
const archiveFields: readonly string[] = ['title', 'rules', 'visibility']

export const planCanvasChange = (canvas: Canvas, { archived = false, ...wanted }: WantedChange, nowMs: number): PlannedChange => {
  const fields = [...Object.keys(wanted), ...(archived ? ['archived'] : [])]
  if (fields.length === 0) return refuse(invalid([{ path: '', message: 'must change something' }]))
  const locked = canvas.archivedAtMs == null ? [] : fields.filter((field) => !archiveFields.includes(field))
  if (locked.length > 0) return refuse(archiveRefusal(canvas, locked))
  const change: CanvasChange = archived ? { ...wanted, state: 'closed', schedule: [], archivedAtMs: nowMs } : wanted
  const mistakes = [...(archived ? archiveMistakes(wanted) : []), ...changeMistakes(canvas, change)]
  if (mistakes.length > 0) return refuse(invalid(mistakes))
  const bytes = new TextEncoder().encode(JSON.stringify({ ...canvas, ...change })).length
  return bytes <= canvasLimits.maxSettingsBytes ? { ok: true, change } : refuse(sizeRefusal(bytes))
}

const archiveRefusal = ({ id }: Canvas, locked: readonly string[]): Refusal => ({
  code: 'canvas_closed',
  detail: `The canvas "${id}" is an archive. Only its title, rules and visibility can change, not ${locked.join(', ')}.`,
})

const sizeRefusal = (bytes: number): Refusal => ({
  code: 'too_large',
  detail: `All settings of a canvas together must be at most ${canvasLimits.maxSettingsBytes} bytes as JSON; these are ${bytes}.`,
})

const archiveMistakes = ({ state = 'closed', schedule = [] }: WantedChange): FieldError[] => [
  ...(state === 'closed' ? [] : [{ path: 'state', message: 'must be closed, because an archive never opens again' }]),
  ...(schedule.length === 0 ? [] : [{ path: 'schedule', message: 'must be empty, because an archive never changes' }]),
]

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
