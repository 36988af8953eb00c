import { announcementLevels } from '../../../lib/announcement.ts'
import { SelectField } from '../fields/SelectField.tsx'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { ColorField } from './ColorField.tsx'
import { colorsOf } from './color-edits.ts'
import { durationValue, useDurations } from './durations.ts'
import { useField, useForm } from './form-context.ts'
import type { StepTexts } from './step-edits.ts'

interface StepPartsProps {
  readonly step: StepTexts
  readonly isWrong: boolean
  readonly isDisabled: boolean
  /** The element that says what is wrong. */
  readonly noteId: string
  readonly onChange: (step: StepTexts) => void
}

const row = 'grid items-start gap-x-3 gap-y-2'

/** The values of a step, which depend on its type. */
export const StepParts = (props: StepPartsProps) => {
  const { step, isWrong, isDisabled, noteId, onChange } = props
  const { t } = useOperationsWords()
  switch (step.type) {
    case 'open':
    case 'pause':
    case 'close':
      return <p className="text-[12.5px] text-muted md:mt-[30px]">{t(`boards.when.notes.${step.type}`)}</p>
    case 'pace':
      return (
        <div className={`mt-2 ${row} sm:grid-cols-3`}>
          {(['cooldownMs', 'maxCharges', 'startCharges'] as const).map((part) => (
            <PartField key={part} {...props} part={part} label={t(`boards.when.paceFields.${part}`)} />
          ))}
          <p className="text-[12.5px] text-muted sm:col-span-3">{t('boards.when.notes.pace')}</p>
        </div>
      )
    case 'grow':
      return (
        <div className={`${row} grid-cols-2`}>
          {(['width', 'height'] as const).map((part) => (
            <PartField key={part} {...props} part={part} label={t(`boards.${part}`)} />
          ))}
        </div>
      )
    case 'colors':
      return (
        <div className={`${row} sm:grid-cols-[9.5rem_1fr]`}>
          <ColorField
            label={t('boards.palette.hex')}
            value={step.hex}
            isDisabled={isDisabled}
            invalidBy={isWrong ? noteId : null}
            onChange={(hex) => onChange({ ...step, hex })}
          />
          <PartField {...props} part="name" label={t('boards.palette.name')} />
          {step.moreColors.length > 0 ? (
            <p className="text-[12.5px] text-muted">{t('boards.when.moreColors', { count: step.moreColors.length })}</p>
          ) : null}
        </div>
      )
    case 'announce':
      return (
        <div className={`mt-2 ${row}`}>
          <PartField {...props} part="text" label={t('boards.announcement.text')} />
          <AnnounceParts {...props} />
        </div>
      )
    case 'finale':
      return <FinaleColor {...props} />
  }
}

interface PartFieldProps extends StepPartsProps {
  readonly part: 'cooldownMs' | 'maxCharges' | 'startCharges' | 'width' | 'height' | 'name' | 'text'
  readonly label: string
}

const PartField = ({ step, isWrong, isDisabled, noteId, onChange, part, label }: PartFieldProps) => (
  <TextField
    label={label}
    name={part}
    value={step[part]}
    isDisabled={isDisabled}
    isMono={part !== 'name' && part !== 'text'}
    invalidBy={isWrong ? noteId : null}
    onChange={(value) => onChange({ ...step, [part]: value })}
  />
)

const AnnounceParts = ({ step, isDisabled, onChange }: StepPartsProps) => {
  const { t } = useOperationsWords()
  const durations = useDurations(step.lastsMs)
  return (
    <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
      <SelectField
        label={t('boards.announcement.level')}
        name="level"
        value={step.level}
        options={announcementLevels.map((value) => ({ value, text: t(`boards.announcement.levels.${value}`) }))}
        isDisabled={isDisabled}
        onChange={(level) => onChange({ ...step, level })}
      />
      <SelectField
        label={t('boards.announcement.lasts')}
        name="lastsMs"
        value={durationValue(step.lastsMs)}
        options={durations}
        isDisabled={isDisabled}
        onChange={(value) => onChange({ ...step, lastsMs: value === '' ? null : Number(value) })}
      />
    </div>
  )
}

const FinaleColor = ({ step, isDisabled, onChange }: StepPartsProps) => {
  const { t } = useOperationsWords()
  const { board } = useForm()
  const { value: edits } = useField('colors')
  const colors = colorsOf(board, edits)
  return (
    <div className={row}>
      <SelectField
        label={t('boards.when.finaleColor')}
        name="color"
        value={step.color === null ? '' : String(step.color)}
        swatch={step.color === null ? undefined : colors[step.color]?.hex}
        options={[
          ...colors.map(({ name }, index) => ({ value: String(index), text: t('boards.when.only', { name }) })),
          // A step may name a color that an earlier step adds.
          ...(step.color !== null && step.color >= colors.length
            ? [{ value: String(step.color), text: t('boards.when.laterColor', { number: step.color + 1 }) }]
            : []),
          { value: '', text: t('boards.when.finaleOver') },
        ]}
        isDisabled={isDisabled}
        onChange={(value) => onChange({ ...step, color: value === '' ? null : Number(value) })}
      />
    </div>
  )
}
