'use client'
import { useEffect, useId, useRef } from 'react'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { problemText } from '../../../lib/words/operations-words.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { StateChoice, TextField } from './BoardFields.tsx'
import { type BoardField, type Difference, editedFields, textOf } from './board-form.ts'
import { fieldValueText } from './board-words.ts'
import type { Boards, BoardsState } from './boards-store.ts'

interface BoardFormProps {
  readonly board: AdminCanvas
  readonly boards: Boards
  readonly state: BoardsState
}

export const BoardForm = ({ board, boards, state }: BoardFormProps) => {
  const words = useOperationsWords()
  const { t } = words
  const form = useRef<HTMLFormElement>(null)
  const draft = state.drafts[board.id]
  const base = draft?.base ?? board
  const attempts = draft?.attempts ?? 0
  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [attempts])

  const propsOf = <Field extends BoardField>(field: Field) => ({
    field,
    text: draft?.typed[field] ?? textOf(base, field),
    isWrong: draft?.wrong.includes(field) ?? false,
    onType: (text: string) => boards.type(base, field, text),
  })
  return (
    <section className="panel min-w-0 p-4 sm:p-5" aria-label={t('boards.settings', { title: board.title })} data-testid="board-form">
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-[12.5px] text-muted">
        <h2 className="min-w-0 max-w-full break-words">{t('boards.settings', { title: board.title })}</h2>
        <p className="flex flex-wrap items-baseline gap-x-4">
          <a className="text-ultramarine underline-offset-2 hover:underline" href={`/c/${board.id}`} target="_blank" rel="noreferrer">
            {t('boards.open')}
          </a>
          <span className="numbers">
            {t('boards.facts', { size: t('boards.sizeOf', { width: board.width, height: board.height }), rev: board.rev })}
          </span>
        </p>
      </header>
      <form
        ref={form}
        noValidate
        className="mt-4 flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          void boards.save(board.id)
        }}
      >
        <TextField {...propsOf('title')} />
        <StateChoice {...propsOf('state')} />
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField {...propsOf('cooldownMs')} />
          <TextField {...propsOf('maxCharges')} />
          <TextField {...propsOf('startCharges')} />
        </div>
        {draft?.meanwhile ? <Meanwhile differences={draft.meanwhile} /> : null}
        {draft?.problem ? (
          <p role="alert" className="text-sinopia">
            {problemText(words, draft.problem)}
          </p>
        ) : null}
        <SaveBar
          edited={draft ? editedFields(draft.base, draft.typed) : []}
          isSaving={state.saving === board.id}
          isSaved={state.saved === board.id}
          isOver={draft?.meanwhile != null}
          onDiscard={() => boards.discard(board.id)}
        />
      </form>
    </section>
  )
}

const Meanwhile = ({ differences }: { differences: readonly Difference[] }) => {
  const words = useOperationsWords()
  const { t } = words
  const id = useId()
  return (
    <div role="alert" aria-labelledby={id} className="rounded-button border border-ochre bg-ochre/12 p-3" data-testid="meanwhile">
      <p id={id} className="font-medium">
        {t('boards.meanwhile')}
      </p>
      <ul className="mt-1.5 flex flex-col gap-0.5">
        {differences.map(({ field, before, after }) => (
          <li key={field} className="break-words">
            {t('boards.difference', {
              field: t(`boards.fields.${field}`),
              before: fieldValueText(words, field, before),
              after: fieldValueText(words, field, after),
            })}
          </li>
        ))}
      </ul>
    </div>
  )
}

interface SaveBarProps {
  readonly edited: readonly BoardField[]
  readonly isSaving: boolean
  readonly isSaved: boolean
  /** The save replaces what somebody else changed. */
  readonly isOver: boolean
  readonly onDiscard: () => void
}

const button = 'h-10 rounded-button px-4 font-medium disabled:opacity-60'

/** Names what is not saved. Only the word that it is saved is for screen readers to announce. */
const SaveBar = ({ edited, isSaving, isSaved, isOver, onDiscard }: SaveBarProps) => {
  const { t, list } = useOperationsWords()
  const hasEdits = edited.length > 0
  const idle = isSaved ? '' : t('boards.unchanged')
  const rest = hasEdits ? t('boards.unsaved', { fields: list(edited.map((field) => t(`boards.fields.${field}`))) }) : idle
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-3 border-line border-t pt-4">
      <p className="mr-auto flex items-baseline gap-2 text-muted max-sm:w-full">
        {hasEdits || isSaved ? (
          <i aria-hidden="true" className={`size-2 shrink-0 rounded-full ${hasEdits ? 'bg-ochre' : 'bg-verdigris'}`} />
        ) : null}
        {isSaving || rest !== '' ? <span data-testid="unsaved">{isSaving ? t('boards.saving') : rest}</span> : null}
        <span role="status" data-testid="saved">
          {isSaved && !hasEdits ? t('boards.saved') : ''}
        </span>
      </p>
      <span className="flex gap-2 max-sm:w-full max-sm:*:flex-1">
        <button
          type="button"
          disabled={!hasEdits || isSaving}
          className={`${button} border border-line hover:bg-ink/6`}
          onClick={onDiscard}
        >
          {t('boards.discard')}
        </button>
        <button
          type="submit"
          disabled={!hasEdits}
          aria-busy={isSaving}
          className={`${button} bg-ultramarine text-on-accent hover:opacity-90`}
        >
          {t(isOver ? 'boards.saveAnyway' : 'boards.save')}
        </button>
      </span>
    </div>
  )
}
