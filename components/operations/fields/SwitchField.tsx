import { Switch } from 'radix-ui'
import { useId } from 'react'

interface SwitchFieldProps {
  readonly label: string
  readonly note: string
  readonly isOn: boolean
  readonly isDisabled: boolean
  readonly onChange: (isOn: boolean) => void
}

export const SwitchField = ({ label, note, isOn, isDisabled, onChange }: SwitchFieldProps) => {
  const id = useId()
  return (
    <div className="flex min-h-[44px] items-center justify-between gap-4">
      <span>
        <label htmlFor={id}>{label}</label>
        <span id={`${id}-note`} className="block text-[12.5px] text-muted">
          {note}
        </span>
      </span>
      <Switch.Root
        id={id}
        checked={isOn}
        disabled={isDisabled}
        onCheckedChange={onChange}
        aria-describedby={`${id}-note`}
        className="h-6 w-10 shrink-0 rounded-full bg-line p-0.5 transition-colors disabled:opacity-60 data-[state=checked]:bg-ultramarine"
      >
        <Switch.Thumb className="block size-5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4" />
      </Switch.Root>
    </div>
  )
}
