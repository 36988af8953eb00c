import { RadioGroup } from 'radix-ui'
import { useId } from 'react'
import { canvasLimits, canvasStates } from '../../../lib/canvas.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import type { BoardField } from './board-form.ts'

interface FieldProps<Field extends BoardField> {
  readonly field: Field
  readonly text: string
  readonly isWrong: boolean
  readonly onType: (text: string) => void
}

const { maxTitle, maxCooldownMs, maxCharges } = canvasLimits
const bounds = { maxTitle, maxSeconds: maxCooldownMs / 1_000, maxCharges }

const inputMode = { title: 'text', cooldownMs: 'decimal', maxCharges: 'numeric', startCharges: 'numeric' } as const

/** A line of text, or a number with its unit. Below it is a hint, or what is wrong. */
export const TextField = ({ field, text, isWrong, onType }: FieldProps<Exclude<BoardField, 'state'>>) => {
  const { t } = useOperationsWords()
  const id = useId()
  const isNumber = field !== 'title'
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="text-[12.5px] text-muted">
        {t(`boards.fields.${field}`)}
      </label>
      <span className="relative mt-1 block">
        <input
          id={id}
          name={field}
          value={text}
          inputMode={inputMode[field]}
          autoComplete="off"
          aria-invalid={isWrong}
          aria-describedby={`${id}-note`}
          className={`h-10 w-full rounded-button border bg-plaster px-3 text-ink pointer-coarse:h-[44px] ${isWrong ? 'border-sinopia' : 'border-line'} ${isNumber ? 'numbers pr-9' : ''}`}
          onChange={(event) => onType(event.target.value)}
        />
        {isNumber ? (
          <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-[12.5px] text-muted">
            {t(`boards.units.${field}`)}
          </span>
        ) : null}
      </span>
      <p id={`${id}-note`} className={`mt-1 min-h-[1.4em] text-[12.5px] ${isWrong ? 'text-sinopia' : 'text-muted'}`}>
        {t(`boards.${isWrong ? 'wrong' : 'hints'}.${field}`, bounds)}
      </p>
    </div>
  )
}

/** The three states, each with what it means for painters. */
export const StateChoice = ({ field, text, isWrong, onType }: FieldProps<'state'>) => {
  const { t } = useOperationsWords()
  const id = useId()
  return (
    <div>
      <p id={id} className="text-[12.5px] text-muted">
        {t(`boards.fields.${field}`)}
      </p>
      <RadioGroup.Root value={text} onValueChange={onType} aria-labelledby={id} className="mt-1 grid gap-2 sm:grid-cols-3">
        {canvasStates.map((state) => (
          <RadioGroup.Item
            key={state}
            value={state}
            aria-labelledby={`${id}-${state}`}
            aria-describedby={`${id}-${state}-note`}
            className="group flex items-start gap-2.5 rounded-button border border-line p-3 text-left hover:bg-ink/6 data-[state=checked]:border-ultramarine data-[state=checked]:bg-ultramarine/12"
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
