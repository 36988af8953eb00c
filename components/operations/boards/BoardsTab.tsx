'use client'
/** The boards, and the form of one of them. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { type OperationsWords, type Problem, problemText } from '../../../lib/words/operations-words.ts'
import { StatusHeading } from '../StatusHeading.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { BoardForm } from './BoardForm.tsx'
import { BoardList } from './BoardList.tsx'
import { editedFields } from './board-form.ts'
import type { Boards, BoardsState } from './boards-store.ts'

const loadEveryMs = 2_000

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
  useLoading(boards)
  useWarningBeforeLeaving(state)
  useEffect(() => {
    if (state.isSignedOut) onSignedOut()
  }, [state.isSignedOut, onSignedOut])

  const board = state.boards?.find(({ id }) => id === state.chosen) ?? state.boards?.[0]
  const shownProblem = problem ? problemText(words, problem) : loadProblemText(words, state.problem)
  return (
    <>
      <StatusHeading {...headingOf(words, state, isSilent)} problem={shownProblem} />
      <div className="grid items-start gap-4 lg:grid-cols-[5fr_7fr]">
        <BoardList boards={state.boards} chosen={board?.id} isOld={isSilent || state.problem !== null} onChoose={boards.choose} />
        {board ? <BoardForm key={board.id} board={board} boards={boards} state={state} /> : null}
      </div>
    </>
  )
}

const loadProblemText = (words: OperationsWords, problem: Problem | null) =>
  problem && `${problemText(words, problem)} ${words.t('triesAgain')}`

const headingOf = ({ t }: OperationsWords, { boards, problem }: BoardsState, isSilent: boolean) => {
  if (isSilent) return { level: 'waiting', title: t('verdict.silent.title'), body: t('verdict.silent.body') } as const
  if (boards === null && problem !== null) return { level: 'wrong', title: t('boards.failedTitle'), body: '' } as const
  if (boards === null) return { level: 'waiting', title: t('boards.loadingTitle'), body: t('boards.loading') } as const
  const open = boards.filter(({ state }) => state === 'open').length
  const online = boards.reduce((sum, board) => sum + board.online, 0)
  return { level: open > 0 ? 'well' : 'waiting', title: t('boards.heading', { open }), body: t('boards.online', { online }) } as const
}

/** Loads the list again and again while the tab is shown. */
const useLoading = ({ load }: Boards) =>
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isShown = true
    const turn = async () => {
      await load()
      if (isShown) timer = setTimeout(() => void turn(), loadEveryMs)
    }
    void turn()
    return () => {
      isShown = false
      clearTimeout(timer)
    }
  }, [load])

const useWarningBeforeLeaving = ({ drafts }: BoardsState) => {
  const hasEdits = Object.values(drafts).some(({ base, typed }) => editedFields(base, typed).length > 0)
  useEffect(() => {
    if (!hasEdits) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [hasEdits])
}
