'use client'
/** What staff did, newest first. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { actLimits } from '../../../lib/act.ts'
import { type OperationsWords, type Problem, problemText } from '../../../lib/words/operations-words.ts'
import type { Boards } from '../boards/boards-store.ts'
import { StatusHeading } from '../StatusHeading.tsx'
import { useOperationsWords } from '../use-operations-words.ts'
import { ActList } from './ActList.tsx'
import { isToday, isUnknown } from './act-words.ts'
import { LogFilter } from './LogFilter.tsx'
import type { Log, LogState } from './log-store.ts'

const loadEveryMs = 5_000
const dayMs = 86_400_000

interface LogTabProps {
  readonly log: Log
  readonly boards: Boards
  readonly isSilent: boolean
  /** Of the whole page. */
  readonly problem: Problem | null
  readonly onSignedOut: () => void
}

export const LogTab = ({ log, boards, isSilent, problem, onSignedOut }: LogTabProps) => {
  const words = useOperationsWords()
  const state = useStore(log.store)
  const list = useStore(boards.store, (all) => all.boards)
  const nowMs = useLoading(log, boards)
  useEffect(() => {
    if (state.isSignedOut) onSignedOut()
  }, [state.isSignedOut, onSignedOut])

  const loadProblem = state.problem && `${problemText(words, state.problem)} ${words.t('log.failed')} ${words.t('triesAgain')}`
  return (
    <>
      <StatusHeading
        {...headingOf(words, state, { isSilent, nowMs })}
        problem={problem ? problemText(words, problem) : loadProblem}
        {...(state.problem === null ? {} : { retry: { text: words.t('log.tryNow'), onRetry: () => void log.load() } })}
      />
      <section className="panel min-w-0 p-4 sm:p-5" aria-label={words.t('log.list')} data-testid="acts">
        <LogFilter filter={state.filter} boards={list} onChoose={(filter) => void log.choose(filter)} />
        <ActList
          state={state}
          nowMs={nowMs}
          onEarlier={() => void log.showEarlier()}
          onAll={() => void log.choose({ kind: '', target: '' })}
        />
      </section>
    </>
  )
}

const headingOf = (words: OperationsWords, { acts, next, problem, filter }: LogState, now: { isSilent: boolean; nowMs: number }) => {
  const { t } = words
  if (now.isSilent) return { level: 'waiting', title: t('verdict.silent.title'), body: t('verdict.silent.body') } as const
  if (acts === null && problem !== null) return { level: 'wrong', title: t('log.failedTitle'), body: '' } as const
  if (acts === null) return { level: 'waiting', title: t('log.loadingTitle'), body: t('log.loading') } as const
  const unknown = acts.filter((act) => isUnknown(act, now.nowMs) && now.nowMs - Date.parse(act.at) < dayMs)
  if (unknown.length > 0)
    return { level: 'waiting', title: t('log.unknownTitle', { count: unknown.length }), body: t('log.unknownBody') } as const
  const count = acts.filter((act) => isToday(act, now.nowMs)).length
  const isPart = next !== null && count === acts.length
  const isAll = filter.kind === '' && filter.target === ''
  const title = !isAll
    ? t('log.filteredTitle', { count: acts.length })
    : isPart
      ? t('log.titleOfMany', { count })
      : t('log.title', { count })
  return { level: 'well', title, body: t('log.body', { days: actLimits.keptMs / dayMs }) } as const
}

/** Loads again and again while the tab is shown. Returns the time of the last loading. */
const useLoading = ({ load }: Log, { load: loadBoards }: Boards) => {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isShown = true
    const turn = async () => {
      await Promise.all([load(), loadBoards()])
      if (!isShown) return
      setNowMs(Date.now())
      timer = setTimeout(() => void turn(), loadEveryMs)
    }
    void turn()
    return () => {
      isShown = false
      clearTimeout(timer)
    }
  }, [load, loadBoards])
  return nowMs
}
