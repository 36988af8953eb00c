import { hexPattern } from '../../../lib/palette.ts'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'

interface ColorFieldProps {
  readonly label: string
  readonly value: string
  readonly isDisabled?: boolean
  readonly wrong?: string | null
  readonly invalidBy?: string | null
  readonly onChange?: (hex: string) => void
}

/** A color as `#RRGGBB`, with the browser's color picker in front of it. */
export const ColorField = ({
  label,
  value,
  isDisabled = false,
  wrong = null,
  invalidBy = null,
  onChange = () => undefined,
}: ColorFieldProps) => {
  const { t } = useOperationsWords()
  const hex = hexPattern.test(value.trim()) ? value.trim() : '#000000'
  return (
    <TextField
      label={label}
      name="hex"
      value={value}
      isMono
      isDisabled={isDisabled}
      wrong={wrong}
      invalidBy={invalidBy}
      onChange={onChange}
    >
      <input
        type="color"
        aria-label={t('boards.palette.pick')}
        value={hex.toLowerCase()}
        disabled={isDisabled}
        className="absolute inset-y-0 left-2 z-10 my-auto size-[26px] cursor-pointer rounded-[6px] border border-line bg-transparent p-0 [&::-moz-color-swatch]:rounded-[5px] [&::-moz-color-swatch]:border-0 [&::-webkit-color-swatch-wrapper]:p-0 [&::-webkit-color-swatch]:rounded-[5px] [&::-webkit-color-swatch]:border-0 disabled:cursor-default"
        onChange={(event) => onChange(event.target.value.toUpperCase())}
      />
    </TextField>
  )
}
