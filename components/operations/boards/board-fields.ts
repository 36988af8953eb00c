/** The settings that a host may type for a board, and what each of them sends. */
import { type CanvasState, canvasLimits, isCanvasTitle, isLines, type TemplateUploads, type Visibility } from '../../../lib/canvas.ts'
import { markdownMistake } from '../../../lib/markdown.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { type AreaTexts, areaOf, areaTextsOf } from './area-texts.ts'
import { type ColorEdits, noColorEdits, paletteOf } from './color-edits.ts'
import { countOf, msOf, secondsText } from './number-texts.ts'
import { noStepEdits, type StepEdits, scheduleOf } from './step-edits.ts'

/** The fields of `PATCH /api/admin/canvases/:id` that the form sends. */
export type BoardChange = Partial<
  Pick<
    AdminCanvas,
    | 'title'
    | 'rules'
    | 'visibility'
    | 'state'
    | 'cooldownMs'
    | 'maxCharges'
    | 'startCharges'
    | 'undoMs'
    | 'assist'
    | 'templates'
    | 'width'
    | 'height'
    | 'palette'
    | 'colorNames'
    | 'protectedAreas'
    | 'onlyColor'
    | 'schedule'
  >
>

/** What the form holds. Numbers stay texts until they are sent, and durations are in seconds. */
export interface BoardValues {
  readonly title: string
  readonly visibility: Visibility
  readonly state: CanvasState
  readonly size: { readonly width: string; readonly height: string }
  readonly colors: ColorEdits
  readonly onlyColor: number | null
  readonly schedule: StepEdits
  readonly cooldownMs: string
  readonly maxCharges: string
  readonly startCharges: string
  readonly undoMs: string
  readonly rules: string
  readonly assist: boolean
  readonly templates: TemplateUploads
  readonly protectedAreas: readonly AreaTexts[]
}

export type BoardField = keyof BoardValues

interface Field<Value> {
  /** The keys of the board that this field shows. */
  readonly keys: readonly (keyof BoardChange)[]
  /** The value before a host types. */
  readonly read: (board: AdminCanvas) => Value
  /** What is sent for a value. Null for a value that the field does not accept. */
  readonly change: (value: Value, board: AdminCanvas) => BoardChange | null
}

const { maxCooldownMs, maxCharges, maxUndoMs, maxSide, maxRules, maxProtectedAreas } = canvasLimits

/** A setting that is sent as it is. */
const plain = <Key extends 'visibility' | 'state' | 'onlyColor' | 'assist' | 'templates'>(key: Key): Field<AdminCanvas[Key]> => ({
  keys: [key],
  read: (board) => board[key],
  change: (value) => ({ [key]: value }),
})

const seconds = (key: 'cooldownMs' | 'undoMs', max: number): Field<string> => ({
  keys: [key],
  read: (board) => secondsText(board[key]),
  change: (text) => {
    const ms = msOf(text, max)
    return ms === null ? null : { [key]: ms }
  },
})

const count = (key: 'maxCharges' | 'startCharges', min: number): Field<string> => ({
  keys: [key],
  read: (board) => String(board[key]),
  change: (text) => {
    const value = countOf(text, min, maxCharges)
    return value === null ? null : { [key]: value }
  },
})

const isRules = (text: string) => isLines(text, maxRules) && markdownMistake(text) === null

/** In the order of the page. */
export const fields: { readonly [Name in BoardField]: Field<BoardValues[Name]> } = {
  title: {
    keys: ['title'],
    read: ({ title }) => title,
    change: (text) => (isCanvasTitle(text.trim()) ? { title: text.trim() } : null),
  },
  visibility: plain('visibility'),
  state: plain('state'),
  size: {
    keys: ['width', 'height'],
    read: ({ width, height }) => ({ width: String(width), height: String(height) }),
    change: (texts, board) => {
      const [width, height] = [countOf(texts.width, board.width, maxSide), countOf(texts.height, board.height, maxSide)]
      return width === null || height === null ? null : { width, height }
    },
  },
  colors: { keys: ['palette', 'colorNames'], read: () => noColorEdits, change: (edits, board) => paletteOf(board, edits) },
  onlyColor: plain('onlyColor'),
  schedule: {
    keys: ['schedule'],
    read: () => noStepEdits,
    change: (edits, board) => {
      const schedule = scheduleOf(board, edits)
      return schedule && { schedule }
    },
  },
  cooldownMs: seconds('cooldownMs', maxCooldownMs),
  maxCharges: count('maxCharges', 1),
  startCharges: count('startCharges', 0),
  undoMs: seconds('undoMs', maxUndoMs),
  rules: { keys: ['rules'], read: ({ rules }) => rules, change: (rules) => (isRules(rules) ? { rules } : null) },
  assist: plain('assist'),
  templates: plain('templates'),
  protectedAreas: {
    keys: ['protectedAreas'],
    read: (board) => board.protectedAreas.map(areaTextsOf),
    change: (texts, board) => {
      const areas = texts.flatMap((each) => areaOf(each, board) ?? [])
      return areas.length === texts.length && areas.length <= maxProtectedAreas ? { protectedAreas: areas } : null
    },
  },
}

export const boardFields = Object.keys(fields) as readonly BoardField[]
