'use client'
import { Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { canvasLimits } from '../../../lib/canvas.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { type OperationsWords, type Problem, problemText } from '../../../lib/words/operations-words.ts'
import { filledButton } from '../fields/field-styles.ts'
import { StatusHeading } from '../StatusHeading.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
/** The boards, and the form of one of them. */
import { useRepeatedLoad } from '../use-repeated-load.ts'
import { AnnouncementCard } from './AnnouncementCard.tsx'
import { BoardForm } from './BoardForm.tsx'
import { BoardList } from './BoardList.tsx'
import { createBoardActions } from './board-actions.ts'
import { editedFields } from './board-form.ts'
import type { Boards, BoardsState } from './boards-store.ts'
import { DangerZone } from './DangerZone.tsx'
import { EmptyBoards, LoadingForm } from './EmptyBoards.tsx'
import { NewBoardForm } from './NewBoardForm.tsx'
import { blankNewBoard } from './new-board.ts'

const loadEveryMs = 2_000
const { maxCanvases } = canvasLimits

interface BoardsTabProps {
  readonly boards: Boards
  readonly isSilent: boolean
  /** Of the whole page. */
  readonly problem: Problem | null
  readonly onSignedOut: () => void
}

export const BoardsTab = ({ boards, isSilent, problem, onSignedOut }: BoardsTabProps) => {
  const words = useOperationsWords()
  const state = useStore(boards.store)
  const { newBoard } = state
  useRepeatedLoad(boards.load, loadEveryMs)
  useWarningBeforeLeaving(state)
  useEffect(() => {
    if (state.isSignedOut) onSignedOut()
  }, [state.isSignedOut, onSignedOut])

  const board = state.boards?.find(({ id }) => id === state.chosen) ?? state.boards?.[0]
  const shownProblem = problem ? problemText(words, problem) : loadProblemText(words, state.problem)
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <StatusHeading
          {...headingOf(words, state, isSilent)}
          problem={shownProblem}
          {...(state.problem === null ? {} : { retry: { text: words.t('boards.tryNow'), onRetry: () => void boards.load() } })}
        />
        <NewBoardButton boards={state.boards} isOpen={newBoard !== null} onNew={() => boards.typeNewBoard(blankNewBoard)} />
      </div>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] xl:grid-rows-[auto_1fr]">
        <BoardList
          boards={state.boards}
          chosen={newBoard ? '' : board?.id}
          isOld={isSilent || state.problem !== null}
          onChoose={boards.choose}
        />
        <Details boards={boards} state={state} board={board} />
      </div>
    </>
  )
}

interface DetailsProps {
  readonly boards: Boards
  readonly state: BoardsState
  readonly board: AdminCanvas | undefined
}

/** What is beside the list, and below it: a new board, or the form and the actions of the chosen one. */
const Details = ({ boards, state, board }: DetailsProps) => {
  const [actions] = useState(() => createBoardActions(boards))
  if (state.boards === null) return state.problem === null ? <LoadingForm /> : null
  if (state.newBoard)
    return (
      <div className="min-w-0 xl:col-start-2 xl:row-span-2 xl:row-start-1">
        <NewBoardForm state={state} actions={actions} typed={state.newBoard} onType={boards.typeNewBoard} />
      </div>
    )
  if (!board) return <EmptyBoards onNew={() => boards.typeNewBoard(blankNewBoard)} />
  const draft = state.drafts[board.id]
  return (
    <>
      <div className="min-w-0 xl:col-start-2 xl:row-span-2 xl:row-start-1">
        <BoardForm key={board.id} board={board} boards={boards} state={state} />
      </div>
      <div className="flex min-w-0 flex-col gap-4 xl:col-start-1">
        <AnnouncementCard key={`announcement-${board.id}`} board={board} boards={boards} state={state} actions={actions} />
        <DangerZone
          key={`danger-${board.id}`}
          board={board}
          state={state}
          actions={actions}
          hasEdits={draft !== undefined && editedFields(draft.base, draft.typed).length > 0}
        />
      </div>
    </>
  )
}

interface NewBoardButtonProps {
  readonly boards: BoardsState['boards']
  /** The new board is being typed. */
  readonly isOpen: boolean
  readonly onNew: () => void
}

const NewBoardButton = ({ boards, isOpen, onNew }: NewBoardButtonProps) => {
  const { t } = useOperationsWords()
  const isFull = (boards?.length ?? 0) >= maxCanvases
  // A page without boards has its own button.
  if (boards?.length === 0) return null
  return (
    <span className="mt-2 flex flex-col items-start gap-1 sm:items-end">
      <button type="button" className={filledButton} disabled={boards === null || isFull || isOpen} data-testid="add-board" onClick={onNew}>
        <Plus size={16} strokeWidth={1.8} aria-hidden />
        <span>{t('boards.create.action')}</span>
      </button>
      {isFull ? <span className="text-[12.5px] text-muted">{t('boards.create.full', { max: maxCanvases })}</span> : null}
    </span>
  )
}

const loadProblemText = (words: OperationsWords, problem: Problem | null) =>
  problem && `${problemText(words, problem)} ${words.t('boards.failed')} ${words.t('triesAgain')}`

const headingOf = (words: OperationsWords, { boards, problem }: BoardsState, isSilent: boolean) => {
  const { t } = words
  if (isSilent) return { level: 'waiting', title: t('verdict.silent.title'), body: t('verdict.silent.body') } as const
  if (boards === null && problem !== null) return { level: 'wrong', title: t('boards.failedTitle'), body: '' } as const
  if (boards === null) return { level: 'waiting', title: t('boards.loadingTitle'), body: t('boards.loading') } as const
  const open = boards.filter(({ state }) => state === 'open').length
  return { level: open > 0 ? 'well' : 'waiting', title: t('boards.heading', { open }), body: bodyOf(words, boards) } as const
}

const bodyOf = ({ t }: OperationsWords, boards: readonly AdminCanvas[]) => {
  const online = boards.reduce((sum, board) => sum + board.online, 0)
  const perSecond = boards.reduce((sum, board) => sum + (board.perSecond ?? 0), 0)
  const next = boards
    .flatMap(({ title, state, opensAt }) => (state === 'open' || opensAt === null ? [] : [{ title, at: new Date(opensAt) }]))
    .sort((a, b) => a.at.getTime() - b.at.getTime())[0]
  return [
    t('boards.online', { online }),
    perSecond > 0 ? t('boards.painting', { perSecond }) : '',
    next ? t('boards.nextOpening', next) : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

const useWarningBeforeLeaving = ({ drafts }: BoardsState) => {
  const hasEdits = Object.values(drafts).some(({ base, typed }) => editedFields(base, typed).length > 0)
  useEffect(() => {
    if (!hasEdits) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [hasEdits])
}
