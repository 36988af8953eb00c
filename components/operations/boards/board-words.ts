import { canvasStates } from '../../../lib/canvas.ts'
import type { OperationsWords } from '../../../lib/words/operations-words.ts'
import type { BoardField } from './board-form.ts'

/** The value of a field as the form shows it. */
export const fieldValueText = ({ t, number }: OperationsWords, field: BoardField, value: string | number): string => {
  const state = canvasStates.find((each) => each === value)
  if (field === 'state' && state) return t(`boards.states.${state}`)
  if (typeof value === 'string') return `“${value}”`
  return field === 'cooldownMs' ? t('boards.seconds', { seconds: value / 1_000 }) : number(value)
}
