'use client'
/** The operations page: whether pixels are delivered, and where they are when they are not. Updated each second without moving. */
import { useMemo } from 'react'
import type { Overview, WorkerState } from '../../lib/overview.ts'
import { showMs, verdictOf } from '../../lib/verdict.ts'
import { en } from '../../lib/words/en.ts'
import { operations as words } from '../../lib/words/en-operations.ts'
import { Chart } from './Chart.tsx'
import { DeadLetters } from './DeadLetters.tsx'
import { Question } from './Question.tsx'
import { SignIn } from './SignIn.tsx'
import { Stations } from './Stations.tsx'
import { Table } from './Table.tsx'
import { type OutboxActs, useOutbox } from './use-outbox.ts'
import { useOverview } from './use-overview.ts'

const levelColor = { well: 'bg-verdigris', waiting: 'bg-ochre', wrong: 'bg-sinopia' } as const
const stateColor: Record<WorkerState, string> = {
  running: 'bg-verdigris',
  backing_off: 'bg-ochre',
  stopped: 'bg-ochre',
  lost: 'bg-sinopia',
}

const headerButton = 'h-9 rounded-button border border-line bg-surface px-3 hover:bg-ink/6 disabled:opacity-60'

export const OperationsPage = () => {
  const { state, refresh } = useOverview()
  switch (state.kind) {
    case 'loading':
      return <p className="ground grid min-h-dvh place-items-center text-muted">{words.loading}</p>
    case 'signed_out':
      return <SignIn onDone={refresh} />
    case 'ready':
      return <Delivery overview={state.overview} isSilent={state.isSilent} onSignedOut={refresh} />
  }
}

const Delivery = ({ overview, isSilent, onSignedOut }: { overview: Overview; isSilent: boolean; onSignedOut: () => void }) => {
  const outbox = useOutbox(overview.outbox.dead)
  const verdict = verdictOf(overview, { isSilent, isPaused: outbox.paused })
  const { mode, history } = overview
  const atMs = useMemo(() => history.map(({ at }) => Date.parse(at)), [history])
  const latency = useMemo(
    () => [
      { label: words.charts.p50, color: '--ultramarine' as const, values: history.map(({ emitP50 }) => emitP50) },
      { label: words.charts.p99, color: '--ochre' as const, values: history.map(({ emitP99 }) => emitP99) },
    ],
    [history],
  )
  const waiting = useMemo(
    () => [{ label: words.charts.commits, color: '--ultramarine' as const, filled: true, values: history.map(({ pending }) => pending) }],
    [history],
  )
  const signOut = () => void fetch('/api/admin/session', { method: 'DELETE' }).then(onSignedOut, onSignedOut)

  return (
    <main className="h-dvh overflow-y-auto bg-plaster">
      <div className="mx-auto flex max-w-[1380px] flex-col gap-4 p-4 sm:p-8">
        <header className="flex flex-wrap items-center gap-x-6 gap-y-2">
          <a href="/" className="font-wordmark text-xl">
            {en.name}
          </a>
          <span className="hidden text-muted sm:inline">{words.title}</span>
          <span className="ml-auto font-mono text-[12.5px] text-muted">
            {words.mode[mode.store]} · {words.mode[mode.stream]}
          </span>
          <PauseButton outbox={outbox} />
          <button type="button" className={headerButton} onClick={signOut}>
            {words.signIn.out}
          </button>
        </header>
        <div role="status" className="min-h-16" data-level={verdict.level}>
          <h1 className="flex items-center gap-3 font-semibold text-2xl tracking-tight">
            <i aria-hidden="true" className={`size-3 shrink-0 rounded-full ${levelColor[verdict.level]}`} />
            {verdict.title}
          </h1>
          <p className="mt-1 pl-6 text-muted tabular-nums">{verdict.body}</p>
        </div>
        <p role="alert" className="text-sinopia empty:hidden">
          {outbox.problem}
        </p>
        <Stations overview={overview} />
        <DeadLetters at={overview.at} outbox={outbox} />
        <div className="grid gap-4 lg:grid-cols-2">
          <Chart title={words.charts.latency} atMs={atMs} series={latency} />
          <Chart title={words.charts.waiting} atMs={atMs} series={waiting} />
          <Workers overview={overview} />
          <Groups overview={overview} />
        </div>
      </div>
    </main>
  )
}

const PauseButton = ({ outbox: { paused, isBusy, pause, resume } }: { outbox: OutboxActs }) =>
  paused ? (
    <button type="button" className={headerButton} disabled={isBusy} onClick={resume}>
      {words.pause.resume}
    </button>
  ) : (
    <Question {...words.pause.question} action={words.pause.action} onYes={pause}>
      <button type="button" className={headerButton} disabled={isBusy}>
        {words.pause.action}
      </button>
    </Question>
  )

const Workers = ({ overview: { at, workers } }: { overview: Overview }) => (
  <Table
    title={words.workers.title}
    columns={words.workers.columns}
    rows={workers.map(({ id, role, state, processed, failures, lastBeatAt }) => ({
      id,
      cells: [
        role,
        <span key="state" className="flex items-center gap-2">
          <i aria-hidden="true" className={`size-2 rounded-full ${stateColor[state]}`} />
          {words.states[state]}
        </span>,
        processed.toLocaleString('en'),
        failures.toLocaleString('en'),
        showMs(Math.max(0, Date.parse(at) - Date.parse(lastBeatAt))),
      ],
    }))}
  />
)

const Groups = ({ overview: { groups } }: { overview: Overview }) => (
  <Table
    title={words.groups.title}
    columns={words.groups.columns}
    empty={words.groups.empty}
    rows={groups.map(({ name, kind, consumers, pending, lag }) => ({
      id: name,
      cells: [name, kind, consumers, pending.toLocaleString('en'), lag?.toLocaleString('en') ?? '–'],
    }))}
  />
)
