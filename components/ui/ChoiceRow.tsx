'use client'

import { useId } from 'react'

interface ChoiceRowProps<Value extends string> {
  readonly label: string
  readonly hint?: string | undefined
  readonly value: Value
  readonly choices: readonly { readonly value: Value; readonly label: string; readonly isDisabled?: boolean }[]
  readonly onChange: (value: Value) => void
  readonly 'data-testid'?: string
}

/** A setting of which one of a few values is chosen. */
export const ChoiceRow = <Value extends string>({ label, hint, value, choices, onChange, ...rest }: ChoiceRowProps<Value>) => {
  const id = useId()
  return (
    <fieldset className="py-1.5" {...(hint ? { 'aria-describedby': `${id}-hint` } : {})} {...rest}>
      <legend>{label}</legend>
      <div className="mt-1.5 flex rounded-button bg-ink/6 p-0.5">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="grid min-h-9 min-w-0 flex-1 cursor-pointer place-items-center rounded-[8px] px-1.5 py-1 text-center text-[13px] leading-tight wrap-anywhere has-checked:bg-surface has-checked:font-medium has-checked:shadow-card has-disabled:cursor-default has-disabled:text-muted has-focus-visible:outline-2 has-focus-visible:outline-ultramarine pointer-coarse:min-h-[44px] forced-colors:has-checked:bg-[Highlight] forced-colors:has-checked:text-[HighlightText]"
          >
            <input
              type="radio"
              name={id}
              value={choice.value}
              checked={choice.value === value}
              disabled={choice.isDisabled}
              onChange={() => onChange(choice.value)}
              className="sr-only"
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-[12.5px] text-muted">
          {hint}
        </p>
      )}
    </fieldset>
  )
}
