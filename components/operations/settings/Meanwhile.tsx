import { useId } from 'react'
import { useOperationsWords } from '../use-operations-words.ts'
import type { Difference } from './settings-form.ts'

/** A longer text is not shown in the list of what has changed. */
const maxShown = 80

/** What somebody else changed before a save, which was refused. */
export const Meanwhile = ({ differences }: { readonly differences: readonly Difference[] }) => {
  const { t } = useOperationsWords()
  const id = useId()
  const quoted = (text: string) => (text === '' ? t('settings.nothing') : t('settings.quoted', { text }))
  return (
    <div role="alert" aria-labelledby={id} className="rounded-button border border-ochre bg-ochre/12 p-3" data-testid="meanwhile">
      <p id={id} className="font-medium">
        {t('settings.meanwhile')}
      </p>
      <ul className="mt-1.5 flex flex-col gap-0.5">
        {differences.map(({ field, before, after }) => {
          const name = t(`settings.fields.${field}`)
          const isShort = before.length <= maxShown && after.length <= maxShown
          return (
            <li key={field} className="wrap-anywhere">
              {isShort
                ? t('settings.difference', { field: name, before: quoted(before), after: quoted(after) })
                : t('settings.changed', { field: name })}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
