'use client'

import { RadioGroup } from 'radix-ui'

interface ChoicesProps<Value extends string> {
  /** For screen readers. */
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly text: string }[]
  readonly onChange: (value: Value) => void
}

/** A few choices side by side, of which one is on. */
export const Choices = <Value extends string>({ label, value, options, onChange }: ChoicesProps<Value>) => (
  <RadioGroup.Root
    value={value}
    onValueChange={(next) => onChange(next as Value)}
    aria-label={label}
    className="flex min-w-0 flex-1 rounded-button border border-line p-0.5"
  >
    {options.map((option) => (
      <RadioGroup.Item
        key={option.value}
        value={option.value}
        className="min-h-8 min-w-0 flex-1 rounded-[8px] px-1.5 text-[13px] hover:bg-ink/6 data-[state=checked]:bg-ultramarine/12 data-[state=checked]:font-medium data-[state=checked]:text-ultramarine pointer-coarse:min-h-[44px]"
      >
        <span>{option.text}</span>
      </RadioGroup.Item>
    ))}
  </RadioGroup.Root>
)
