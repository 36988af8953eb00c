import { useState } from 'react'
import { canvasLimits } from '../../../lib/canvas.ts'
import { labelStyle, plainButton } from '../fields/field-styles.ts'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { useField, useForm } from './form-context.ts'
import { countOf } from './number-texts.ts'

const { maxSide } = canvasLimits

/** A picture of the board as it is and as it will be, and the fields of its new size. */
export const SizeField = () => {
  const { t } = useOperationsWords()
  const { board } = useForm()
  const { value, isWrong, isDisabled, onChange } = useField('size')
  const isEdited = value.width !== String(board.width) || value.height !== String(board.height)
  const [isOpen, setOpen] = useState(isEdited)
  const sides = ['width', 'height'] as const
  const wrong = (side: (typeof sides)[number]) =>
    isWrong && countOf(value[side], board[side], maxSide) === null ? t('boards.wrong.width', { min: board[side], max: maxSide }) : null
  return (
    <div className="flex gap-4 md:w-72">
      <Growth
        from={board}
        to={{
          width: countOf(value.width, board.width, maxSide) ?? board.width,
          height: countOf(value.height, board.height, maxSide) ?? board.height,
        }}
      />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        {isOpen || isEdited ? (
          sides.map((side) => (
            <TextField
              key={side}
              label={t(`boards.${side}`)}
              name={side}
              value={value[side]}
              inputMode="numeric"
              isMono
              isDisabled={isDisabled}
              wrong={wrong(side)}
              onChange={(text) => onChange({ ...value, [side]: text })}
            />
          ))
        ) : (
          <>
            <p className={labelStyle}>{t('boards.fields.size')}</p>
            <button type="button" className={plainButton} disabled={isDisabled} onClick={() => setOpen(true)}>
              {t('boards.grow')}
            </button>
          </>
        )}
        <p className="text-[12.5px] text-muted">{t('boards.growNote')}</p>
      </div>
    </div>
  )
}

interface Size {
  readonly width: number
  readonly height: number
}

const pictureSide = 124

/** Without a growth, the dashed frame shows the double size. */
const Growth = ({ from, to }: { readonly from: Size; readonly to: Size }) => {
  const { t } = useOperationsWords()
  const isGrowing = to.width > from.width || to.height > from.height
  const whole = isGrowing ? to : { width: Math.min(maxSide, from.width * 2), height: Math.min(maxSide, from.height * 2) }
  const scale = pictureSide / Math.max(whole.width, whole.height)
  const box = ({ width, height }: Size) => ({ width: Math.max(6, width * scale), height: Math.max(6, height * scale) })
  return (
    <div aria-hidden="true" className="grid size-[124px] shrink-0 place-items-center">
      <div
        className={`relative rounded-swatch border border-dashed ${isGrowing ? 'border-ultramarine' : 'border-muted/60'}`}
        style={box(whole)}
      >
        {isGrowing ? (
          <span className="numbers absolute right-1.5 bottom-1 text-[11px] text-ultramarine">{t('boards.sizeOf', { ...to })}</span>
        ) : null}
        <div className="absolute -top-px -left-px rounded-swatch border border-ultramarine bg-ultramarine/12" style={box(from)} />
      </div>
    </div>
  )
}
