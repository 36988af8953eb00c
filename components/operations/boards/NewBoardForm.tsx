import { useEffect, useRef, useState } from 'react'
import { canvasLimits } from '../../../lib/canvas.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { problemText } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { filledButton, plainButton } from '../fields/field-styles.ts'
import { SelectField } from '../fields/SelectField.tsx'
import { TextField } from '../fields/TextField.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import type { BoardActions } from './board-actions.ts'
import type { BoardsState } from './boards-store.ts'
import { idOf, type NewBoard, type NewBoardPart, wrongParts } from './new-board.ts'

interface NewBoardFormProps {
  readonly state: BoardsState
  readonly actions: BoardActions
  /** Kept by the store, so that a change of the tab loses nothing. */
  readonly typed: NewBoard
  readonly onType: (typed: NewBoard | null) => void
}

const { maxTitle, minSide, maxSide } = canvasLimits
const bounds = { maxTitle, min: minSide, max: maxSide }

export const NewBoardForm = ({ state, actions, typed, onType }: NewBoardFormProps) => {
  const words = useOperationsWords()
  const { t } = words
  const form = useRef<HTMLFormElement>(null)
  const [isTried, setTried] = useState(false)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  const boards = state.boards ?? []
  const wrong = wrongParts(
    typed,
    boards.map(({ id }) => id),
  )
  const fault = (part: NewBoardPart, message: 'title' | 'id' | 'side') =>
    isTried && wrong.includes(part) ? t(`boards.create.wrong.${message}`, bounds) : null
  const problem = state.failed?.name === 'create' ? state.failed.problem : null
  const submit = async () => {
    setTried(true)
    const first = wrong[0]
    if (first) return form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus()
    await actions.create(typed)
  }
  return (
    <Card title={t('boards.create.title')} testId="new-board">
      <form
        ref={form}
        noValidate
        className="mt-4 flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <p className="text-muted">{t('boards.create.note')}</p>
        <Fields typed={typed} boards={boards} fault={fault} onType={onType} />
        {problem === null ? null : (
          <p role="alert" className="text-sinopia">
            {problemText(words, problem)}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2 max-sm:*:flex-1">
          <button type="button" className={plainButton} onClick={() => onType(null)}>
            {t('boards.create.cancel')}
          </button>
          <button type="submit" className={filledButton} aria-busy={state.acting?.name === 'create'}>
            {t('boards.create.submit')}
          </button>
        </div>
      </form>
    </Card>
  )
}

interface FieldsProps extends Pick<NewBoardFormProps, 'typed' | 'onType'> {
  readonly boards: readonly AdminCanvas[]
  /** What is wrong with a part, once the host has tried to make the board. */
  readonly fault: (part: NewBoardPart, message: 'title' | 'id' | 'side') => string | null
}

const Fields = ({ typed, boards, fault, onType }: FieldsProps) => {
  const { t } = useOperationsWords()
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <TextField
        label={t('boards.fields.title')}
        name="title"
        value={typed.title}
        wrong={fault('title', 'title')}
        note={t('boards.hints.title', bounds)}
        onChange={(title) => onType({ ...typed, title })}
      />
      <TextField
        label={t('boards.addressLabel')}
        name="id"
        value={idOf(typed)}
        isMono
        wrong={fault('id', 'id')}
        note={t('boards.create.idNote')}
        onChange={(id) => onType({ ...typed, id })}
      >
        <span aria-hidden="true" className="numbers pointer-events-none absolute inset-y-0 left-[16px] flex items-center text-muted">
          {t('boards.addressPrefix')}
        </span>
      </TextField>
      {(['width', 'height'] as const).map((side) => (
        <TextField
          key={side}
          label={t(`boards.${side}`)}
          name={side}
          value={typed[side]}
          isMono
          inputMode="numeric"
          wrong={fault(side, 'side')}
          {...(side === 'width' ? { note: t('boards.create.sizeNote') } : {})}
          onChange={(text) => onType({ ...typed, [side]: text })}
        />
      ))}
      <SelectField
        label={t('boards.create.like')}
        name="like"
        value={typed.like ?? ''}
        options={[
          { value: '', text: t('boards.create.likeNobody') },
          ...boards.map(({ id, title }) => ({ value: id as string, text: t('boards.create.likeBoard', { title }) })),
        ]}
        onChange={(like) => onType({ ...typed, like: like === '' ? null : like })}
      />
    </div>
  )
}
