'use client'
/** What all pages have in common: name, look, start page and texts. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { type OperationsWords, type Problem, problemText } from '../../../lib/words/operations-words.ts'
import type { Boards } from '../boards/boards-store.ts'
import { StatusHeading } from '../StatusHeading.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { BackupsCard } from './BackupsCard.tsx'
import { ChecksCard } from './ChecksCard.tsx'
import { ServerSettingsCard } from './ServerSettingsCard.tsx'
import { SettingsForm } from './SettingsForm.tsx'
import { editedFields } from './settings-form.ts'
import type { Settings, SettingsState } from './settings-store.ts'

const loadEveryMs = 5_000

interface SettingsTabProps {
  readonly settings: Settings
  readonly boards: Boards
  readonly isSilent: boolean
  /** Of the whole page. */
  readonly problem: Problem | null
  readonly onSignedOut: () => void
}

export const SettingsTab = ({ settings, boards, isSilent, problem, onSignedOut }: SettingsTabProps) => {
  const words = useOperationsWords()
  const state = useStore(settings.store)
  const list = useStore(boards.store, (all) => all.boards)
  useLoading(settings, boards)
  useWarningBeforeLeaving(state)
  useEffect(() => {
    if (state.isSignedOut) onSignedOut()
  }, [state.isSignedOut, onSignedOut])

  const loadProblem = state.problem && `${problemText(words, state.problem)} ${words.t('settings.failed')} ${words.t('triesAgain')}`
  return (
    <>
      <StatusHeading
        {...headingOf(words, state, isSilent)}
        problem={problem ? problemText(words, problem) : loadProblem}
        {...(state.problem === null ? {} : { retry: { text: words.t('settings.tryNow'), onRetry: () => void settings.load() } })}
      />
      {state.site === null ? (
        <LoadingForm isMoving={state.problem === null} />
      ) : (
        <SettingsForm site={state.site} settings={settings} state={state} boards={list} />
      )}
      <ChecksCard onSignedOut={onSignedOut} />
      <BackupsCard onSignedOut={onSignedOut} />
      <ServerSettingsCard />
    </>
  )
}

const headingOf = ({ t }: OperationsWords, { site, problem }: SettingsState, isSilent: boolean) => {
  if (isSilent) return { level: 'waiting', title: t('verdict.silent.title'), body: t('verdict.silent.body') } as const
  if (site !== null) return { level: 'well', title: t('settings.title', { name: site.name }), body: t('settings.body') } as const
  if (problem !== null) return { level: 'wrong', title: t('settings.failedTitle'), body: '' } as const
  return { level: 'waiting', title: t('settings.loadingTitle'), body: t('settings.loading') } as const
}

/** Loads again and again while the tab is shown. */
const useLoading = ({ load }: Settings, { load: loadBoards }: Boards) =>
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isShown = true
    const turn = async () => {
      await Promise.all([load(), loadBoards()])
      if (isShown) timer = setTimeout(() => void turn(), loadEveryMs)
    }
    void turn()
    return () => {
      isShown = false
      clearTimeout(timer)
    }
  }, [load, loadBoards])

const useWarningBeforeLeaving = ({ draft }: SettingsState) => {
  const hasEdits = draft !== null && editedFields(draft.base, draft.typed).length > 0
  useEffect(() => {
    if (!hasEdits) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [hasEdits])
}

/** The layout of the form, in quiet bars. */
const LoadingForm = ({ isMoving }: { isMoving: boolean }) => (
  <div aria-hidden="true" className={`grid gap-4 lg:grid-cols-2 ${isMoving ? 'breathing' : ''}`}>
    {['name', 'look', 'texts'].map((card) => (
      <div key={card} className="panel flex flex-col gap-4 p-5 last:lg:col-span-2">
        <div className="h-3.5 w-28 rounded-full bg-ink/6" />
        <div className="h-10 rounded-button bg-ink/6" />
        <div className="h-10 rounded-button bg-ink/6" />
      </div>
    ))}
  </div>
)
