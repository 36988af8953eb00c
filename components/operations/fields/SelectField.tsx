import { ChevronDown } from 'lucide-react'
import { useId } from 'react'
import { inputStyle, labelStyle } from './field-styles.ts'

interface SelectFieldProps<Value extends string> {
  readonly label: string
  readonly name: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly text: string }[]
  readonly onChange: (value: Value) => void
  readonly isDisabled?: boolean
  /** The `#RRGGBB` of the chosen option. */
  readonly swatch?: string | undefined
}

export const SelectField = <Value extends string>({
  label,
  name,
  value,
  options,
  onChange,
  isDisabled,
  swatch,
}: SelectFieldProps<Value>) => {
  const id = useId()
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={labelStyle}>
        {label}
      </label>
      <span className="relative mt-1 block">
        {swatch === undefined ? null : (
          <i
            aria-hidden="true"
            className="pointer-events-none absolute inset-y-0 left-3 my-auto size-5 rounded-swatch border border-line"
            style={{ background: swatch }}
          />
        )}
        <select
          id={id}
          name={name}
          value={value}
          disabled={isDisabled}
          className={`${inputStyle()} appearance-none truncate pr-9 ${swatch === undefined ? '' : 'pl-10'}`}
          onChange={(event) => onChange(event.target.value as Value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
        <ChevronDown
          size={16}
          strokeWidth={1.8}
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-3 my-auto text-muted"
        />
      </span>
    </div>
  )
}
