import { Trash2 } from 'lucide-react'
import { useEffect, useId, useRef } from 'react'
import { canvasLimits } from '../../../lib/canvas.ts'
import { iconButton, noteStyle } from '../fields/field-styles.ts'
import { SelectField } from '../fields/SelectField.tsx'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { refusalId } from './form-context.ts'
import { timeOfLocal } from './local-time.ts'
import { StepParts } from './StepParts.tsx'
import { type StepTexts, shownStepOf, stepTypes } from './step-edits.ts'

interface StepRowProps {
  readonly step: StepTexts
  readonly number: number
  readonly isWrong: boolean
  /** The server did not accept it. */
  readonly isRefused: boolean
  readonly isDisabled: boolean
  /** It was added just now, so it gets the focus. */
  readonly isNew: boolean
  readonly onChange: (step: StepTexts) => void
  readonly onRemove: () => void
}

/** One step of the schedule: when, what, and with which values. */
export const StepRow = ({ step, number, isWrong, isRefused, isDisabled, isNew, onChange, onRemove }: StepRowProps) => {
  const { t } = useOperationsWords()
  const id = useId()
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isNew) row.current?.querySelector('input')?.focus()
  }, [isNew])

  const atMs = timeOfLocal(step.at)
  const isPast = atMs !== null && atMs < Date.now()
  const anyFault = useStepFault(step)
  const fault = isWrong ? anyFault : null
  const isBeside = step.type !== 'announce' && step.type !== 'pace'
  const parts = { step, isWrong: fault !== null, isDisabled, noteId: `${id}-note`, onChange }
  const wrongAt = isPast ? t('boards.when.wrong.past') : isWrong && atMs === null ? t('boards.when.wrong.at') : null
  return (
    <li
      ref={row}
      aria-label={t('boards.when.step', { number })}
      className={`rounded-button border p-3 ${isRefused ? 'border-sinopia' : 'border-line'}`}
      data-testid="schedule-step"
      data-type={step.type}
    >
      <div className="flex items-start gap-2">
        <div className="grid min-w-0 flex-1 items-start gap-x-3 gap-y-2 sm:grid-cols-[15rem_1fr] md:grid-cols-[15rem_11rem_1fr]">
          <TextField
            label={t('boards.when.at')}
            name="at"
            type="datetime-local"
            value={step.at}
            isDisabled={isDisabled}
            wrong={wrongAt}
            invalidBy={isRefused ? refusalId : null}
            onChange={(at) => onChange({ ...step, at })}
          />
          <SelectField
            label={t('boards.when.type')}
            name="type"
            value={step.type}
            options={stepTypes.map((value) => ({ value, text: t(`boards.when.types.${value}`) }))}
            isDisabled={isDisabled}
            onChange={(type) => onChange({ ...step, type })}
          />
          {isBeside ? (
            <div className="min-w-0 sm:max-md:col-span-2">
              <StepParts {...parts} />
            </div>
          ) : null}
        </div>
        <RemoveButton label={t('boards.when.remove', { number })} isDisabled={isDisabled} onRemove={onRemove} />
      </div>
      {isBeside ? null : <StepParts {...parts} />}
      {fault === null ? null : (
        <p id={`${id}-note`} className={noteStyle(true)}>
          {fault}
        </p>
      )}
    </li>
  )
}

const RemoveButton = ({ label, isDisabled, onRemove }: { label: string; isDisabled: boolean; onRemove: () => void }) => (
  <button type="button" className={`${iconButton} mt-[22px]`} aria-label={label} disabled={isDisabled} onClick={onRemove}>
    <Trash2 size={18} strokeWidth={1.8} aria-hidden />
  </button>
)

const { maxSide, maxAnnouncement } = canvasLimits

/** What is wrong with the values of a step, beside its time. */
const useStepFault = (step: StepTexts): string | null => {
  const { t } = useOperationsWords()
  const { type } = step
  if (type === 'open' || type === 'pause' || type === 'close' || type === 'finale') return null
  // With a time that is right, only the values can be wrong.
  if (shownStepOf({ ...step, at: '2026-01-01T00:00' }) !== null) return null
  return t(`boards.when.wrong.${type}`, { maxSide, maxAnnouncement })
}
