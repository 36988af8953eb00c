import { createContext, useContext } from 'react'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import type { BoardField, BoardValues } from './board-fields.ts'
import { shownValue, type Typed } from './board-form.ts'

/** The element that says why the server refused a save. */
export const refusalId = 'board-refusal'

interface FormContext {
  /** The board that the host had when typing began. */
  readonly board: AdminCanvas
  readonly typed: Typed
  readonly wrong: readonly BoardField[]
  readonly wrongSteps: readonly string[]
  /** Whether a field can change on this board now. */
  readonly isDisabled: (field: BoardField) => boolean
  readonly type: <Name extends BoardField>(field: Name, value: BoardValues[Name]) => void
}

const Context = createContext<FormContext | null>(null)
export const FormProvider = Context.Provider

export const useForm = (): FormContext => {
  const context = useContext(Context)
  if (!context) throw new Error('outside of a board form')
  return context
}

/** One field of the form: what it holds, and how it changes. */
export const useField = <Name extends BoardField>(field: Name) => {
  const { board, typed, wrong, isDisabled, type } = useForm()
  return {
    value: shownValue(board, typed, field),
    isWrong: wrong.includes(field),
    isDisabled: isDisabled(field),
    onChange: (value: BoardValues[Name]) => type(field, value),
  }
}
