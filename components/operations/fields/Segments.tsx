import { RadioGroup } from 'radix-ui'
import { useId } from 'react'
import { labelStyle } from './field-styles.ts'

interface SegmentsProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly text: string }[]
  readonly onChange: (value: Value) => void
  readonly isDisabled?: boolean
  readonly note?: string
}

/** A few choices of which one is on, side by side. */
export const Segments = <Value extends string>({ label, value, options, onChange, isDisabled = false, note }: SegmentsProps<Value>) => {
  const id = useId()
  return (
    <div className="min-w-0">
      <p id={id} className={labelStyle}>
        {label}
      </p>
      <RadioGroup.Root
        value={value}
        onValueChange={(next) => onChange(next as Value)}
        disabled={isDisabled}
        aria-labelledby={id}
        {...(note === undefined ? {} : { 'aria-describedby': `${id}-note` })}
        className="mt-1 flex rounded-button border border-line p-0.5"
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            className="h-9 min-w-0 flex-1 rounded-[8px] px-2 enabled:hover:bg-ink/6 disabled:opacity-60 data-[state=checked]:bg-ultramarine/12 data-[state=checked]:font-medium data-[state=checked]:text-ultramarine pointer-coarse:h-[42px]"
          >
            <span>{option.text}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      {note === undefined ? null : (
        <p id={`${id}-note`} className="mt-1 text-[12.5px] text-muted">
          {note}
        </p>
      )}
    </div>
  )
}
