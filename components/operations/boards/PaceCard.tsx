import { canvasLimits } from '../../../lib/canvas.ts'
import type { OperationsWords } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { NumberField } from '../fields/NumberField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { useField, useForm } from './form-context.ts'
import { msOf, stepped } from './number-texts.ts'

const { maxCooldownMs, maxCharges, maxUndoMs } = canvasLimits
const bounds = { maxSeconds: maxCooldownMs / 1_000, maxCharges, maxUndoSeconds: maxUndoMs / 1_000 }

const paceFields = {
  cooldownMs: [0, bounds.maxSeconds],
  maxCharges: [1, maxCharges],
  startCharges: [0, maxCharges],
  undoMs: [0, bounds.maxUndoSeconds],
} as const

/** How fast people paint. */
export const PaceCard = () => {
  const words = useOperationsWords()
  const { t } = words
  const { board } = useForm()
  const cooldown = useField('cooldownMs')
  return (
    <Card title={t('boards.cards.pace')}>
      <div className="mt-3 grid grid-cols-2 gap-x-3 gap-y-3">
        {(Object.keys(paceFields) as (keyof typeof paceFields)[]).map((field) => (
          <Pace key={field} field={field} />
        ))}
      </div>
      <p className="mt-3 text-[12.5px] text-muted">{estimateOf(words, msOf(cooldown.value, maxCooldownMs), board.width * board.height)}</p>
    </Card>
  )
}

const Pace = ({ field }: { readonly field: keyof typeof paceFields }) => {
  const { t } = useOperationsWords()
  const { value, isWrong, isDisabled, onChange } = useField(field)
  const [min, max] = paceFields[field]
  return (
    <NumberField
      label={t(`boards.fields.${field}`)}
      name={field}
      value={value}
      unit={t(`boards.units.${field}`)}
      note={t(`boards.hints.${field}`)}
      wrong={isWrong ? t(`boards.wrong.${field}`, bounds) : null}
      isDisabled={isDisabled}
      onChange={onChange}
      onStep={(by) => onChange(stepped(value, by, min, max))}
    />
  )
}

const crowd = 500

const estimateOf = (words: OperationsWords, cooldownMs: number | null, pixels: number): string => {
  if (cooldownMs === null) return ''
  if (cooldownMs === 0) return words.t('boards.pace.unlimited')
  const duration = words.rough((pixels / crowd) * cooldownMs)
  return words.t('boards.pace.estimate', { perMinute: 60_000 / cooldownMs, duration })
}
