import { Plus } from 'lucide-react'
import { useState } from 'react'
import { canvasLimits, isColorName } from '../../../lib/canvas.ts'
import { hexPattern } from '../../../lib/palette.ts'
import { Card } from '../fields/Card.tsx'
import { plainButton } from '../fields/field-styles.ts'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { ColorField } from './ColorField.tsx'
import { addFault, type ColorEdits, colorsOf, nameFor, withColor } from './color-edits.ts'
import { useField, useForm } from './form-context.ts'

const { maxColors, maxColorName } = canvasLimits

const swatch =
  'size-[30px] rounded-swatch border border-ink/15 aria-pressed:outline-2 aria-pressed:outline-ultramarine aria-pressed:outline-offset-2 pointer-coarse:size-[34px]'

/** The palette. A press on a color renames it, and the last place adds one. */
export const PaletteCard = () => {
  const { t } = useOperationsWords()
  const { board } = useForm()
  const { value: edits, isDisabled } = useField('colors')
  const [chosen, setChosen] = useState<number | null>(null)
  const colors = colorsOf(board, edits)
  const isFull = colors.length >= maxColors
  return (
    <Card title={t('boards.cards.palette')} aside={t('boards.palette.count', { count: colors.length })}>
      <ul className="-mx-1 mt-2 flex max-h-72 flex-wrap gap-2 overflow-y-auto p-1" data-testid="palette-editor">
        {colors.map(({ hex, name }, index) => (
          <li key={hex}>
            <button
              type="button"
              className={`${swatch} min-h-0!`}
              style={{ background: hex }}
              title={name}
              translate="no"
              aria-label={t('boards.palette.color', { name, hex })}
              aria-pressed={index === chosen}
              onClick={() => setChosen(index === chosen ? null : index)}
            />
          </li>
        ))}
        <li>
          <button
            type="button"
            className={`${swatch} min-h-0! grid place-items-center border-muted border-dashed disabled:opacity-60`}
            aria-label={t('boards.palette.add')}
            aria-pressed={chosen === null}
            disabled={isFull || isDisabled}
            onClick={() => setChosen(null)}
          >
            <Plus size={16} strokeWidth={1.8} aria-hidden />
          </button>
        </li>
      </ul>
      <div className="mt-4">
        {chosen !== null && chosen < colors.length ? (
          <Rename index={chosen} onDone={() => setChosen(null)} />
        ) : isFull ? (
          <p className="text-[12.5px] text-muted">{t('boards.palette.full', { max: maxColors })}</p>
        ) : (
          <AddColor />
        )}
      </div>
      <p className="mt-3 text-[12.5px] text-muted">{t('boards.palette.note')}</p>
    </Card>
  )
}

/** A stored color gets another name. A color that is not saved yet can be taken away, too. */
const Rename = ({ index, onDone }: { readonly index: number; readonly onDone: () => void }) => {
  const { t } = useOperationsWords()
  const { board } = useForm()
  const { value: edits, isDisabled, onChange } = useField('colors')
  const color = colorsOf(board, edits)[index]
  if (!color) return null
  const isStored = index < board.palette.length
  const withName = (name: string): ColorEdits =>
    isStored
      ? { ...edits, names: { ...edits.names, [index]: name } }
      : { ...edits, added: edits.added.map((each) => (each.hex === color.hex ? { ...each, name } : each)) }
  return (
    <div className="flex items-start gap-2 max-sm:flex-col">
      <div className="w-34 shrink-0 max-sm:w-full">
        <ColorField label={t('boards.palette.hex')} value={color.hex} isDisabled />
      </div>
      <div className="w-full min-w-0 flex-1">
        <TextField
          label={t('boards.palette.name')}
          name="colorName"
          value={color.name}
          isDisabled={isDisabled}
          wrong={isColorName(color.name.trim()) ? null : t('boards.palette.nameFault', { max: maxColorName })}
          onChange={(name) => onChange(withName(name))}
        />
      </div>
      {isStored ? null : (
        <button
          type="button"
          className={`${plainButton} mt-[22px] max-sm:mt-0`}
          onClick={() => {
            onChange({ ...edits, added: edits.added.filter(({ hex }) => hex !== color.hex) })
            onDone()
          }}
        >
          {t('boards.palette.takeAway')}
        </button>
      )}
    </div>
  )
}

const AddColor = () => {
  const { t } = useOperationsWords()
  const { board } = useForm()
  const { value: edits, isDisabled, onChange } = useField('colors')
  const [hex, setHex] = useState('#FF6F91')
  const [name, setName] = useState('')
  const [isTried, setTried] = useState(false)
  const color = { hex: hex.trim(), name: name.trim() === '' ? nameFor(board, edits, hex.trim()) : name }
  const fault = addFault(board, edits, color)
  const add = () => {
    setTried(fault !== null)
    if (fault !== null) return
    onChange(withColor(edits, color))
    setName('')
  }
  const wrongHex = fault === 'hex' ? t('boards.palette.hexFault') : fault === 'twice' ? t('boards.palette.twice') : null
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter in one of its fields adds the color instead of saving the board.
    <div
      className="flex items-start gap-2 max-sm:flex-col"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return
        event.preventDefault()
        add()
      }}
    >
      <div className="w-34 shrink-0 max-sm:w-full">
        <ColorField
          label={t('boards.palette.hex')}
          value={hex}
          isDisabled={isDisabled}
          wrong={isTried ? wrongHex : null}
          onChange={(text) => {
            setHex(text)
            setTried(hexPattern.test(text.trim()))
          }}
        />
      </div>
      <div className="w-full min-w-0 flex-1">
        <TextField
          label={t('boards.palette.name')}
          name="newColorName"
          value={name}
          placeholder={color.name}
          isDisabled={isDisabled}
          wrong={isTried && fault === 'name' ? t('boards.palette.nameFault', { max: maxColorName }) : null}
          onChange={setName}
        />
      </div>
      <button type="button" className={`${plainButton} mt-[22px] max-sm:mt-0`} disabled={isDisabled} onClick={add}>
        {t('boards.palette.addAction')}
      </button>
    </div>
  )
}
