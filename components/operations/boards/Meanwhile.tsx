import { useId } from 'react'
import { useOperationsWords } from '../use-operations-words.ts'
import type { Difference } from './board-form.ts'
import { fieldValueText } from './board-words.ts'

/** What somebody else changed before a save, which was refused. */
export const Meanwhile = ({ differences }: { readonly differences: readonly Difference[] }) => {
  const words = useOperationsWords()
  const { t } = words
  const id = useId()
  return (
    <div role="alert" aria-labelledby={id} className="rounded-button border border-ochre bg-ochre/12 p-3" data-testid="meanwhile">
      <p id={id} className="font-medium">
        {t('boards.meanwhile')}
      </p>
      <ul className="mt-1.5 flex flex-col gap-0.5">
        {differences.map(({ field, ...boards }) => {
          const [before, after] = [fieldValueText(words, field, boards.before), fieldValueText(words, field, boards.after)]
          const name = t(`boards.fields.${field}`)
          return (
            <li key={field} className="break-words">
              {before === after ? t('boards.changed', { field: name }) : t('boards.difference', { field: name, before, after })}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
