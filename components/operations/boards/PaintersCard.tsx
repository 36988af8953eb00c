import { Plus, Trash2 } from 'lucide-react'
import { canvasLimits, templateUploads } from '../../../lib/canvas.ts'
import { Card } from '../fields/Card.tsx'
import { iconButton, noteStyle, plainButton } from '../fields/field-styles.ts'
import { SelectField } from '../fields/SelectField.tsx'
import { SwitchField } from '../fields/SwitchField.tsx'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { areaOf, areaParts } from './area-texts.ts'
import { colorsOf } from './color-edits.ts'
import { useField, useForm } from './form-context.ts'

const { maxProtectedAreas } = canvasLimits

/** What painters can do: colors, help from templates, and areas that are kept from them. */
export const PaintersCard = () => {
  const { t } = useOperationsWords()
  return (
    <Card title={t('boards.cards.painters')}>
      <div className="mt-3 flex flex-col gap-3">
        <OnlyColor />
        <Assist />
        <Templates />
        <ProtectedAreas />
      </div>
    </Card>
  )
}

const Assist = () => {
  const { t } = useOperationsWords()
  const { value, isDisabled, onChange } = useField('assist')
  return (
    <SwitchField
      label={t('boards.fields.assist')}
      note={t('boards.painters.assist')}
      isOn={value}
      isDisabled={isDisabled}
      onChange={onChange}
    />
  )
}

const Templates = () => {
  const { t } = useOperationsWords()
  const { value, isDisabled, onChange } = useField('templates')
  return (
    <div>
      <SelectField
        label={t('boards.fields.templates')}
        name="templates"
        value={value}
        options={templateUploads.map((each) => ({ value: each, text: t(`boards.uploads.${each}`) }))}
        isDisabled={isDisabled}
        onChange={onChange}
      />
      <p className={noteStyle()}>{t('boards.painters.templates')}</p>
    </div>
  )
}

const OnlyColor = () => {
  const { t } = useOperationsWords()
  const { board } = useForm()
  const { value: edits } = useField('colors')
  const { value, isDisabled, onChange } = useField('onlyColor')
  const colors = colorsOf(board, edits)
  return (
    <div>
      <SelectField
        label={t('boards.fields.onlyColor')}
        name="onlyColor"
        value={value === null ? '' : String(value)}
        swatch={value === null ? undefined : colors[value]?.hex}
        options={[
          { value: '', text: t('boards.painters.all') },
          ...colors.map(({ name }, index) => ({ value: String(index), text: t('boards.painters.only', { name }) })),
        ]}
        isDisabled={isDisabled}
        onChange={(text) => onChange(text === '' ? null : Number(text))}
      />
      <p className={noteStyle()}>{t('boards.painters.onlyNote')}</p>
    </div>
  )
}

const ProtectedAreas = () => {
  const { t } = useOperationsWords()
  const { board } = useForm()
  const { value: areas, isWrong, isDisabled, onChange } = useField('protectedAreas')
  const isFull = areas.length >= maxProtectedAreas
  const add = () => {
    const number = Math.max(0, ...areas.map(({ id }) => Number(/^added-(\d+)$/.exec(id)?.[1] ?? 0))) + 1
    onChange([...areas, { id: `added-${number}`, gx: '0', gy: '0', width: '', height: '' }])
  }
  return (
    <fieldset className="min-w-0 border-line border-t pt-3">
      <legend className="float-left w-full">
        <span className="block">{t('boards.fields.protectedAreas')}</span>
        <span className="block text-[12.5px] text-muted">{t(areas.length === 0 ? 'boards.areas.empty' : 'boards.areas.note')}</span>
      </legend>
      <ol className="clear-both flex flex-col gap-2 pt-2">
        {areas.map((area, index) => (
          <li key={area.id} aria-label={t('boards.areas.area', { number: index + 1 })}>
            <div className="flex items-start gap-2">
              <div className="grid min-w-0 flex-1 grid-cols-2 gap-2">
                {areaParts.map((part) => (
                  <TextField
                    key={part}
                    label={t(`boards.areas.${part}`)}
                    name={part}
                    value={area[part]}
                    inputMode="numeric"
                    isMono
                    isDisabled={isDisabled}
                    invalidBy={isWrong && areaOf(area, board) === null ? `area-${area.id}` : null}
                    onChange={(text) => onChange(areas.map((each) => (each.id === area.id ? { ...each, [part]: text } : each)))}
                  />
                ))}
              </div>
              <button
                type="button"
                className={`${iconButton} mt-[22px]`}
                aria-label={t('boards.areas.remove', { number: index + 1 })}
                disabled={isDisabled}
                onClick={() => onChange(areas.filter(({ id }) => id !== area.id))}
              >
                <Trash2 size={18} strokeWidth={1.8} aria-hidden />
              </button>
            </div>
            {isWrong && areaOf(area, board) === null ? (
              <p id={`area-${area.id}`} className={noteStyle(true)}>
                {t('boards.areas.wrong')}
              </p>
            ) : null}
          </li>
        ))}
      </ol>
      <button type="button" className={`${plainButton} mt-2`} disabled={isDisabled || isFull} onClick={add}>
        <Plus size={16} strokeWidth={1.8} aria-hidden />
        <span>{t('boards.areas.add')}</span>
      </button>
      {isFull ? <p className={noteStyle()}>{t('boards.areas.full', { max: maxProtectedAreas })}</p> : null}
    </fieldset>
  )
}
