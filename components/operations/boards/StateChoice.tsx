import { RadioGroup } from 'radix-ui'
import { useId } from 'react'
import { type CanvasState, canvasStates } from '../../../lib/canvas.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { useField } from './form-context.ts'

/** The three states, each with what it means for painters. */
export const StateChoice = () => {
  const { value, isWrong, isDisabled, onChange } = useField('state')
  const { t } = useOperationsWords()
  const id = useId()
  return (
    <div>
      <p id={id} className="text-[12.5px] text-muted">
        {t('boards.fields.state')}
      </p>
      <RadioGroup.Root
        value={value}
        disabled={isDisabled}
        onValueChange={(state) => onChange(state as CanvasState)}
        aria-labelledby={id}
        className="mt-1 grid gap-2 sm:grid-cols-3"
      >
        {canvasStates.map((state) => (
          <RadioGroup.Item
            key={state}
            value={state}
            aria-labelledby={`${id}-${state}`}
            aria-describedby={`${id}-${state}-note`}
            className="group flex items-start gap-2.5 rounded-button border border-line p-3 text-left enabled:hover:bg-ink/6 disabled:opacity-60 data-[state=checked]:border-ultramarine data-[state=checked]:bg-ultramarine/12"
          >
            <span className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-muted group-data-[state=checked]:border-ultramarine">
              <RadioGroup.Indicator className="size-2 rounded-full bg-ultramarine" />
            </span>
            <span className="min-w-0">
              <span id={`${id}-${state}`} className="block font-medium group-data-[state=checked]:text-ultramarine">
                {t(`boards.stateNames.${state}`)}
              </span>
              <span id={`${id}-${state}-note`} className="mt-0.5 block text-[12.5px] text-muted">
                {t(`boards.consequences.${state}`)}
              </span>
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      {isWrong ? <p className="mt-1 text-[12.5px] text-sinopia">{t('boards.wrong.state')}</p> : null}
    </div>
  )
}
