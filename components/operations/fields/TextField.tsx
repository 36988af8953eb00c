import { type ReactNode, useId } from 'react'
import { inputStyle, labelStyle, noteStyle } from './field-styles.ts'

interface TextFieldProps {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly onChange: (text: string) => void
  /** Below the field. Instead of it `wrong` is shown, if the value is not accepted. */
  readonly note?: string
  readonly wrong?: string | null
  /** The id of a sentence elsewhere that says what is wrong. */
  readonly invalidBy?: string | null
  readonly isDisabled?: boolean
  /** Figures and addresses. */
  readonly isMono?: boolean
  readonly inputMode?: 'text' | 'numeric' | 'decimal'
  readonly type?: 'text' | 'datetime-local'
  /** The value that an empty field stands for. It is not translated. */
  readonly placeholder?: string
  /** Inside the field, on the left. */
  readonly children?: ReactNode
}

export const TextField = ({
  label,
  name,
  value,
  onChange,
  note,
  wrong = null,
  isDisabled = false,
  invalidBy = null,
  children,
  ...look
}: TextFieldProps) => {
  const id = useId()
  const text = wrong ?? note
  const isWrong = wrong !== null || invalidBy !== null
  const described = [text === undefined ? null : `${id}-note`, invalidBy].filter((each) => each !== null).join(' ')
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={labelStyle}>
        {label}
      </label>
      <span className="relative mt-1 block">
        {children}
        <input
          id={id}
          name={name}
          type={look.type ?? 'text'}
          value={value}
          inputMode={look.inputMode ?? 'text'}
          dir={look.isMono ? 'ltr' : 'auto'}
          placeholder={look.placeholder}
          translate={look.placeholder === undefined ? undefined : 'no'}
          autoComplete="off"
          disabled={isDisabled}
          aria-invalid={isWrong}
          aria-describedby={described === '' ? undefined : described}
          className={`${inputStyle(isWrong)} ${look.isMono ? 'numbers' : ''} ${children ? 'pl-[42px]' : ''}`}
          onChange={(event) => onChange(event.target.value)}
        />
      </span>
      {text === undefined ? null : (
        <p id={`${id}-note`} className={noteStyle(wrong !== null)}>
          {text}
        </p>
      )}
    </div>
  )
}
