import { type ComponentProps, type ReactNode, useId } from 'react'
import { inputStyle, labelStyle, noteStyle } from './field-styles.ts'

/** The input gets its own attributes as they are. A placeholder is the value that an empty field stands for. It is not translated. */
interface TextFieldProps extends Pick<ComponentProps<'input'>, 'name' | 'value' | 'type' | 'inputMode' | 'placeholder'> {
  readonly label: string
  readonly onChange: (text: string) => void
  /** Below the field. Instead of it `wrong` is shown, if the value is not accepted. */
  readonly note?: string
  readonly wrong?: string | null
  /** The id of a sentence elsewhere that says what is wrong. */
  readonly invalidBy?: string | null
  readonly isDisabled?: boolean
  /** Figures and addresses. */
  readonly isMono?: boolean
  /** Inside the field, on the left. */
  readonly children?: ReactNode
}

export const TextField = (props: TextFieldProps) => {
  const { label, onChange, note, wrong = null, invalidBy = null, isDisabled = false, isMono = false, children, ...input } = props
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
          type="text"
          inputMode="text"
          {...input}
          id={id}
          dir={isMono ? 'ltr' : 'auto'}
          translate={input.placeholder === undefined ? undefined : 'no'}
          autoComplete="off"
          disabled={isDisabled}
          aria-invalid={isWrong}
          aria-describedby={described === '' ? undefined : described}
          className={`${inputStyle(isWrong)} ${isMono ? 'numbers' : ''} ${children ? 'pl-[42px]' : ''}`}
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
