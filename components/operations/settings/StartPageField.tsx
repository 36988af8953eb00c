import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { noteStyle } from '../fields/field-styles.ts'
import { SelectField } from '../fields/SelectField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'

interface StartPageFieldProps {
  /** The id of a board, or empty. */
  readonly value: string
  readonly isWrong: boolean
  readonly boards: readonly AdminCanvas[] | null
  readonly onChange: (id: string) => void
}

export const StartPageField = ({ value, isWrong, boards, onChange }: StartPageFieldProps) => {
  const { t } = useOperationsWords()
  const options = (boards ?? []).map(({ id, title }) => ({ value: id as string, text: t('settings.start.board', { title, id }) }))
  const isKnown = value === '' || options.some((option) => option.value === value)
  const unknown = isKnown ? [] : [{ value, text: boards ? t('settings.start.gone', { id: value }) : `/c/${value}` }]
  return (
    <div>
      <SelectField
        label={t('settings.fields.defaultCanvas')}
        name="defaultCanvas"
        value={value}
        options={[{ value: '', text: t('settings.start.automatic') }, ...options, ...unknown]}
        onChange={onChange}
      />
      <p className={noteStyle(isWrong)}>
        {isWrong ? t('settings.wrong.defaultCanvas') : t(boards === null ? 'settings.start.noBoards' : 'settings.start.note')}
      </p>
    </div>
  )
}
