import { useState } from 'react'
import { canvasLimits } from '../../../lib/canvas.ts'
import { Card } from '../fields/Card.tsx'
import { plainButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { EventBar } from './EventBar.tsx'
import { eventPhases } from './event-phases.ts'
import { FinishedSteps } from './FinishedSteps.tsx'
import { useField, useForm } from './form-context.ts'
import { localTimeText, nextFullHour, timeOfLocal } from './local-time.ts'
import { StepRow } from './StepRow.tsx'
import { newStep, type StepTexts, stepsOf } from './step-edits.ts'

const { maxSteps } = canvasLimits

/** What happens on the board by itself, and when. */
export const ScheduleCard = () => {
  const { t, zone } = useOperationsWords()
  const { board, wrongSteps } = useForm()
  const { value: edits, isWrong, isDisabled, onChange } = useField('schedule')
  const [added, setAdded] = useState<string | null>(null)
  const steps = stepsOf(board, edits)
  const isFull = steps.length >= maxSteps
  const change = (step: StepTexts) => onChange({ ...edits, [step.id]: step })
  const remove = (id: string) => {
    const { [id]: _, ...others } = edits
    onChange(board.schedule.some((step) => step.id === id) ? { ...others, [id]: null } : others)
  }
  const add = () => {
    const step = nextStep(board, steps)
    setAdded(step.id)
    change(step)
  }
  return (
    <Card title={t('boards.cards.when')} aside={t('boards.when.zone', { zone: zone() })} testId="schedule">
      {steps.length === 0 ? <p className="mt-3 text-muted">{t('boards.when.empty')}</p> : null}
      <EventBar phases={eventPhases(steps, board.state === 'open' ? Date.now() : null)} />
      <ol className="mt-3 flex flex-col gap-2 empty:hidden">
        {steps.map((step, index) => (
          <StepRow
            key={step.id}
            step={step}
            number={index + 1}
            isWrong={isWrong}
            isRefused={isWrong && wrongSteps.includes(step.id)}
            isDisabled={isDisabled}
            isNew={step.id === added}
            onChange={change}
            onRemove={() => remove(step.id)}
          />
        ))}
      </ol>
      <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <button type="button" className={plainButton} disabled={isDisabled || isFull} onClick={add}>
          {t('boards.when.add')}
        </button>
        {isFull ? <span className="text-[12.5px] text-muted">{t('boards.when.full', { max: maxSteps })}</span> : null}
      </div>
      <FinishedSteps board={board} />
    </Card>
  )
}

/** Opens a board that is not open, and closes one that is, an hour after the last step. */
const nextStep = (board: Parameters<typeof newStep>[0] & { readonly state: string }, steps: readonly StepTexts[]): StepTexts => {
  const times = steps.flatMap(({ at }) => timeOfLocal(at) ?? [])
  const at = times.length === 0 ? nextFullHour(Date.now()) : localTimeText(Math.max(...times) + 3_600_000)
  const opens = steps.some(({ type }) => type === 'open') || board.state === 'open'
  return { ...newStep(board, newId(), at), type: opens ? 'close' : 'open' }
}

/** `crypto.randomUUID` is missing on pages without https. */
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')
