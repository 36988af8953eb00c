'use client'

import { Switch } from 'radix-ui'
import { useId } from 'react'

interface SwitchRowProps {
  readonly label: string
  readonly hint?: string | undefined
  readonly checked: boolean
  readonly isDisabled?: boolean
  readonly onChange: (on: boolean) => void
  readonly 'data-testid'?: string
}

/** A setting that is on or off. */
export const SwitchRow = ({ label, hint, checked, isDisabled = false, onChange, ...rest }: SwitchRowProps) => {
  const id = useId()
  return (
    <div className="flex min-h-[44px] items-center justify-between gap-4 py-1.5">
      <label htmlFor={id}>
        <span>{label}</span>
        {hint && (
          <span id={`${id}-hint`} className="block text-[12.5px] text-muted">
            {hint}
          </span>
        )}
      </label>
      <Switch.Root
        id={id}
        checked={checked}
        disabled={isDisabled}
        onCheckedChange={onChange}
        {...(hint ? { 'aria-describedby': `${id}-hint` } : {})}
        className="h-6 w-10 shrink-0 rounded-full bg-line p-0.5 transition-colors disabled:opacity-50 data-[state=checked]:bg-ultramarine"
        {...rest}
      >
        <Switch.Thumb className="block size-5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4 rtl:data-[state=checked]:-translate-x-4" />
      </Switch.Root>
    </div>
  )
}
