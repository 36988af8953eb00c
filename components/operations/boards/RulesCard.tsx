import { useId } from 'react'
import { canvasLimits, isLines } from '../../../lib/canvas.ts'
import { markdownMistake } from '../../../lib/markdown.ts'
import { Markdown } from '../../Markdown.tsx'
import { Card } from '../fields/Card.tsx'
import { labelStyle, noteStyle } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { useField } from './form-context.ts'

const { maxRules } = canvasLimits

export const RulesCard = () => {
  const { t } = useOperationsWords()
  const { value, isWrong, isDisabled, onChange } = useField('rules')
  const id = useId()
  const count = [...value].length
  const isLong = !isLines(value, maxRules)
  const isBad = isWrong || isLong || markdownMistake(value) !== null
  const wrong = isLong ? t('boards.wrong.rules', { maxRules }) : t('boards.wrong.markdown')
  return (
    <Card title={t('boards.cards.rules')}>
      <label htmlFor={id} className={`mt-3 ${labelStyle}`}>
        {t('boards.rules.label')}
      </label>
      <textarea
        id={id}
        name="rules"
        value={value}
        rows={7}
        placeholder={t('boards.rules.placeholder')}
        disabled={isDisabled}
        aria-invalid={isBad}
        aria-describedby={`${id}-note`}
        className={`mt-1 block w-full resize-y rounded-button border bg-plaster px-3 py-2 text-ink disabled:opacity-60 ${isBad ? 'border-sinopia' : 'border-line'}`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-note`} className={noteStyle(isBad)}>
        {isBad ? wrong : t('boards.rules.note', { count, max: maxRules })}
      </p>
      {isBad || value.trim() === '' ? null : (
        <details className="mt-3 border-line border-t pt-3" data-testid="rules-preview">
          <summary className="cursor-pointer text-[12.5px] text-muted">{t('boards.rules.preview')}</summary>
          <div className="mt-2" translate="no">
            <Markdown text={value} below={2} newTab={t('boards.rules.newTab')} />
          </div>
        </details>
      )}
    </Card>
  )
}
