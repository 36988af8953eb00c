import { Minus, Plus } from 'lucide-react'
import { type ComponentProps, useId } from 'react'
import { labelStyle, noteStyle } from './field-styles.ts'

interface NumberFieldProps extends Pick<ComponentProps<'input'>, 'name' | 'value'> {
  readonly label: string
  readonly unit: string
  readonly note: string
  readonly wrong: string | null
  readonly isDisabled: boolean
  readonly onChange: (text: string) => void
  /** Called with -1 or 1. */
  readonly onStep: (by: number) => void
}

const stepButton = 'grid h-10 w-10 shrink-0 place-items-center text-ink enabled:hover:bg-ink/6 pointer-coarse:h-[44px] disabled:opacity-60'

/** A number with its unit, between a button for less and one for more. With a keyboard, the arrows up and down do the same. */
export const NumberField = (props: NumberFieldProps) => {
  const { label, unit, note, wrong, isDisabled, onChange, onStep, ...input } = props
  const id = useId()
  const isWrong = wrong !== null
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={labelStyle}>
        {label}
      </label>
      <span
        className={`mt-1 flex items-stretch overflow-hidden rounded-button border bg-plaster focus-within:outline-2 focus-within:outline-ultramarine focus-within:outline-offset-2 ${isWrong ? 'border-sinopia' : 'border-line'}`}
      >
        <button type="button" tabIndex={-1} aria-hidden="true" className={stepButton} disabled={isDisabled} onClick={() => onStep(-1)}>
          <Minus size={16} strokeWidth={1.8} aria-hidden />
        </button>
        <span className="flex min-w-0 flex-1 items-center justify-center gap-1">
          <input
            {...input}
            id={id}
            inputMode="decimal"
            autoComplete="off"
            disabled={isDisabled}
            aria-invalid={isWrong}
            aria-describedby={`${id}-note`}
            className="numbers field-sizing-content h-full min-w-4 max-w-full bg-transparent text-center text-ink focus-visible:outline-none disabled:opacity-60"
            onChange={(event) => onChange(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
              event.preventDefault()
              onStep(event.key === 'ArrowUp' ? 1 : -1)
            }}
          />
          <span className="text-[12.5px] text-muted">{unit}</span>
        </span>
        <button type="button" tabIndex={-1} aria-hidden="true" className={stepButton} disabled={isDisabled} onClick={() => onStep(1)}>
          <Plus size={16} strokeWidth={1.8} aria-hidden />
        </button>
      </span>
      <p id={`${id}-note`} className={`min-h-[1.4em] ${noteStyle(isWrong)}`}>
        {wrong ?? note}
      </p>
    </div>
  )
}
