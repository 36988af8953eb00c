/** What a host may type for a board, and the change that it makes. */
import { type CanvasChange, canvasLimits, canvasStates, isCanvasTitle } from '../../../lib/canvas.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'

export const boardFields = ['title', 'state', 'cooldownMs', 'maxCharges', 'startCharges'] as const
export type BoardField = (typeof boardFields)[number]
type FieldValue = string | number

/** The texts of the touched fields. The cooldown is in seconds. */
export type Typed = Readonly<Partial<Record<BoardField, string>>>

export interface Difference {
  readonly field: BoardField
  readonly before: FieldValue
  readonly after: FieldValue
}

const { maxCooldownMs, maxCharges } = canvasLimits

/** The text of a field before anybody types in it. */
export const textOf = (board: AdminCanvas, field: BoardField): string =>
  String(field === 'cooldownMs' ? board.cooldownMs / 1_000 : board[field])

/** Null for a text that the field does not accept. */
const valueOfText = (field: BoardField, text: string): FieldValue | null => {
  const trimmed = text.trim()
  switch (field) {
    case 'title':
      return isCanvasTitle(trimmed) ? trimmed : null
    case 'state':
      return canvasStates.find((state) => state === trimmed) ?? null
    case 'cooldownMs': {
      const ms = /^\d+(?:[.,]\d{1,3})?$/.test(trimmed) ? Math.round(Number(trimmed.replace(',', '.')) * 1_000) : Number.NaN
      return ms <= maxCooldownMs ? ms : null
    }
    case 'maxCharges':
    case 'startCharges': {
      const count = /^\d+$/.test(trimmed) ? Number(trimmed) : Number.NaN
      return count >= (field === 'maxCharges' ? 1 : 0) && count <= maxCharges ? count : null
    }
  }
}

const typedValues = (typed: Typed) =>
  boardFields.flatMap((field) => {
    const text = typed[field]
    return text === undefined ? [] : [{ field, value: valueOfText(field, text) }]
  })

/** The fields whose text means something else than the board has. */
export const editedFields = (board: AdminCanvas, typed: Typed): BoardField[] =>
  typedValues(typed).flatMap(({ field, value }) => (value === board[field] ? [] : [field]))

/** The fields that the server would refuse. */
export const wrongFields = (board: AdminCanvas, typed: Typed): BoardField[] => {
  const values = typedValues(typed)
  const wrong = values.flatMap(({ field, value }) => (value === null ? [field] : []))
  const { maxCharges: most, startCharges } = { ...board, ...Object.fromEntries(values.map(({ field, value }) => [field, value])) }
  const startsTooHigh = most !== null && startCharges !== null && startCharges > most
  return startsTooHigh ? [...wrong, 'startCharges'] : wrong
}

/** The edited fields as the server gets them. Call it when no field is wrong. */
export const changeOf = (board: AdminCanvas, typed: Typed): CanvasChange =>
  Object.fromEntries(typedValues(typed).flatMap(({ field, value }) => (value === board[field] ? [] : [[field, value]])))

export const differencesOf = (before: AdminCanvas, after: AdminCanvas): Difference[] =>
  boardFields.flatMap((field) => (before[field] === after[field] ? [] : [{ field, before: before[field], after: after[field] }]))
