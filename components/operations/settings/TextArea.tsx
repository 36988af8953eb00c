import { useId } from 'react'
import { isLines } from '../../../lib/canvas.ts'
import { labelStyle, noteStyle } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'

interface TextAreaProps {
  readonly field: 'description' | 'contact' | 'privacy'
  readonly value: string
  readonly isWrong: boolean
  readonly max: number
  readonly rows: number
  readonly onChange: (text: string) => void
}

/** A text of several lines, with how many characters it has. */
export const TextArea = ({ field, value, isWrong, max, rows, onChange }: TextAreaProps) => {
  const { t } = useOperationsWords()
  const id = useId()
  const isLong = !isLines(value.trimEnd(), max)
  const isBad = isWrong || isLong
  const wrong = isLong ? t('settings.wrong.text', { max }) : t('settings.wrong.markdown')
  return (
    <div>
      <label htmlFor={id} className={labelStyle}>
        {t(`settings.fields.${field}`)}
      </label>
      <textarea
        id={id}
        name={field}
        value={value}
        rows={rows}
        dir="auto"
        aria-invalid={isBad}
        aria-describedby={`${id}-note`}
        className={`mt-1 block w-full resize-y rounded-button border bg-plaster px-3 py-2 text-ink ${isBad ? 'border-sinopia' : 'border-line'}`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-note`} className={noteStyle(isBad)}>
        {isBad ? wrong : t(`settings.hints.${field}`, { count: [...value].length, max })}
      </p>
    </div>
  )
}
