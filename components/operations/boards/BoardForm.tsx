'use client'
import { useMemo } from 'react'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { problemText } from '../../../lib/words/operations-words.ts'
import { EditForm } from '../fields/EditForm.tsx'
import { SaveBar } from '../fields/SaveBar.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { BoardCard } from './BoardCard.tsx'
import { editedFields } from './board-form.ts'
import type { Boards, BoardsState } from './boards-store.ts'
import { FormProvider, refusalId } from './form-context.ts'
import { Meanwhile } from './Meanwhile.tsx'
import { PaceCard } from './PaceCard.tsx'
import { PaintersCard } from './PaintersCard.tsx'
import { PaletteCard } from './PaletteCard.tsx'
import { RulesCard } from './RulesCard.tsx'
import { ScheduleCard } from './ScheduleCard.tsx'

interface BoardFormProps {
  readonly board: AdminCanvas
  readonly boards: Boards
  readonly state: BoardsState
}

/** What an archive may still change. */
const archiveFields: readonly string[] = ['title', 'rules', 'visibility']

/** All settings of a board, in small cards with one bar that saves them. */
export const BoardForm = ({ board, boards, state }: BoardFormProps) => {
  const words = useOperationsWords()
  const { t } = words
  const draft = state.drafts[board.id]
  const base = draft?.base ?? board
  const { archivedAt, erasing } = board
  const context = useMemo(
    () => ({
      board: base,
      typed: draft?.typed ?? {},
      wrong: draft?.wrong ?? [],
      wrongSteps: draft?.wrongParts ?? [],
      isDisabled: (field: string) => erasing === 'delete' || (archivedAt !== null && !archiveFields.includes(field)),
      type: (...[field, value]: Parameters<typeof boards.type> extends [unknown, ...infer Rest] ? Rest : never) =>
        boards.type(base, field, value),
    }),
    [base, draft, erasing, archivedAt, boards],
  )
  return (
    <FormProvider value={context}>
      <EditForm
        label={t('boards.settings', { title: board.title })}
        testId="board-form"
        attempts={draft?.attempts ?? 0}
        onSave={() => void boards.save(board.id)}
      >
        <Locked board={board} />
        <BoardCard />
        <div className="grid items-start gap-4 md:grid-cols-2">
          <PaletteCard />
          <PaceCard />
        </div>
        <ScheduleCard />
        <div className="grid items-start gap-4 md:grid-cols-2">
          <RulesCard />
          <PaintersCard />
        </div>
        {draft?.meanwhile ? <Meanwhile differences={draft.meanwhile} /> : null}
        {draft?.problem ? (
          <p role="alert" id={refusalId} className="px-1 text-sinopia" data-testid="refused">
            {problemText(words, draft.problem)}
          </p>
        ) : null}
        <SaveBar
          edited={draft ? editedFields(draft.base, draft.typed).map((field) => t(`boards.fields.${field}`)) : []}
          isSaving={state.saving === board.id}
          isSaved={state.saved === board.id}
          savedText={t('boards.saved')}
          isOver={draft?.meanwhile != null}
          onDiscard={() => boards.discard(board.id)}
        />
      </EditForm>
    </FormProvider>
  )
}

/** Why settings of the board cannot change. */
const Locked = ({ board: { erasing, archivedAt } }: Pick<BoardFormProps, 'board'>) => {
  const { t } = useOperationsWords()
  const reason = erasing === 'delete' ? 'deletingNote' : erasing === 'start_over' ? 'startingOverNote' : archivedAt ? 'archivedNote' : null
  if (reason === null) return null
  return (
    <p className="panel flex items-baseline gap-2.5 p-4" data-testid="locked">
      <i aria-hidden="true" className="size-2 shrink-0 rounded-full bg-ochre" />
      <span>{t(`boards.${reason}`)}</span>
    </p>
  )
}
