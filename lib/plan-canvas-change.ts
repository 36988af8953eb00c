/** Checks what a host wants to change against the canvas that is stored. A refusal changes nothing. */
import { type Canvas, type CanvasChange, canvasLimits } from './canvas.ts'
import { bytesOf, changeMistakes } from './change-mistakes.ts'
import { planSchedule, type WantedStep } from './plan-schedule.ts'
import { type FieldError, invalid, type Refusal } from './refusal.ts'

/** A change whose fields have the right form. `archived` makes the board an archive, which never opens again. */
export interface WantedChange extends Omit<CanvasChange, 'archivedAtMs' | 'announcement' | 'finishedSteps' | 'schedule'> {
  readonly archived?: boolean
  readonly schedule?: readonly WantedStep[]
}

export type PlannedChange = { ok: true; change: CanvasChange } | { ok: false; refusal: Refusal }

const refuse = (refusal: Refusal): PlannedChange => ({ ok: false, refusal })

/** What can change in an archive. */
const archiveFields: readonly string[] = ['title', 'rules', 'visibility']

export const planCanvasChange = (canvas: Canvas, wanted: WantedChange, nowMs: number): PlannedChange => {
  const { archived = false, schedule, ...settings } = wanted
  const fields = Object.keys(archived ? wanted : { ...settings, ...(schedule && { schedule }) })
  if (fields.length === 0) return refuse(invalid([{ path: '', message: 'must change something' }]))
  const locked = canvas.archivedAtMs == null ? [] : fields.filter((field) => !archiveFields.includes(field))
  if (locked.length > 0) return refuse(archiveRefusal(canvas, locked))
  const settingMistakes = [...(archived ? archiveMistakes(wanted) : []), ...changeMistakes(canvas, settings)]
  if (settingMistakes.length > 0) return refuse(invalid(settingMistakes))
  const planned = planSchedule({ ...canvas, ...settings }, schedule ?? [], nowMs)
  if (!planned.ok) return refuse(invalid(planned.mistakes))
  const change: CanvasChange = {
    ...settings,
    ...(schedule && { schedule: planned.schedule }),
    ...(archived && { state: 'closed', schedule: [], archivedAtMs: nowMs }),
  }
  const bytes = bytesOf({ ...canvas, ...change })
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
