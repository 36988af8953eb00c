/** What a host has typed for a board, and the change that it makes. */
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { type BoardChange, type BoardField, type BoardValues, boardFields, fields } from './board-fields.ts'

/** The values of the touched fields. */
export type Typed = Readonly<Partial<BoardValues>>

/** A field that two revisions of a board have different values for. */
export interface Difference {
  readonly field: BoardField
  readonly before: AdminCanvas
  readonly after: AdminCanvas
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

export const isSameRevision = (one: AdminCanvas, other: AdminCanvas) => one.rev === other.rev && one.epoch === other.epoch

export const shownValue = <Name extends BoardField>(board: AdminCanvas, typed: Typed, field: Name): BoardValues[Name] =>
  Object.hasOwn(typed, field) ? (typed[field] as BoardValues[Name]) : fields[field].read(board)

/** What a field sends: nothing when nobody typed in it, and null when its value is wrong. */
const changeOfField = <Name extends BoardField>(board: AdminCanvas, typed: Typed, field: Name): BoardChange | null => {
  if (!Object.hasOwn(typed, field)) return {}
  const change = fields[field].change(typed[field] as BoardValues[Name], board)
  const edited = Object.entries(change ?? {}).filter(([key, value]) => !isSame(value, board[key as keyof BoardChange]))
  return change && Object.fromEntries(edited)
}

const isEdited = (change: BoardChange | null) => change === null || Object.keys(change).length > 0

/** Whether what is shown differs from the board, even if it means the same: a host who has typed "5." is not done. */
export const isTouched = (board: AdminCanvas, typed: Typed) =>
  boardFields.some((field) => !isSame(shownValue(board, typed, field), fields[field].read(board)))

/** The fields whose value means something else than the board has. */
export const editedFields = (board: AdminCanvas, typed: Typed): BoardField[] =>
  boardFields.filter((field) => isEdited(changeOfField(board, typed, field)))

/** The fields that the server would refuse. */
export const wrongFields = (board: AdminCanvas, typed: Typed): BoardField[] => {
  const wrong = boardFields.filter((field) => changeOfField(board, typed, field) === null)
  if (wrong.includes('maxCharges') || wrong.includes('startCharges')) return wrong
  const { maxCharges, startCharges } = { ...board, ...changeOf(board, typed) }
  return startCharges > maxCharges ? [...wrong, 'startCharges'] : wrong
}

/** The edited fields as the server gets them, without the wrong ones. */
export const changeOf = (board: AdminCanvas, typed: Typed): BoardChange =>
  Object.assign({}, ...boardFields.map((field) => changeOfField(board, typed, field)))

export const differencesOf = (before: AdminCanvas, after: AdminCanvas): Difference[] =>
  boardFields
    .filter((field) => fields[field].keys.some((key) => !isSame(before[key], after[key])))
    .map((field) => ({ field, before, after }))

/** The steps of the schedule that a refusal of the server is about: `schedule.2.at` is about the third. */
export const refusedSteps = (board: AdminCanvas, typed: Typed, paths: readonly string[]): string[] => {
  const steps = changeOf(board, typed).schedule ?? []
  return steps.flatMap(({ id }, index) => (paths.some((path) => `${path}.`.startsWith(`schedule.${index}.`)) ? [id] : []))
}

/** The fields that a refusal of the server is about: `schedule.2.at` is about the schedule. */
export const refusedFields = (paths: readonly string[]): BoardField[] => {
  const keys = new Set(paths.map((path) => path.split('.')[0]))
  return boardFields.filter((field) => fields[field].keys.some((key) => keys.has(key)))
}
