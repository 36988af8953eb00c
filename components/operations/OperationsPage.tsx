'use client'
/** The operations page: whether pixels are delivered and where they wait if not, the boards, and the settings of the site. It is updated each second without moving. */
import { useState } from 'react'
import type { Overview } from '../../lib/overview.ts'
import { verdictOf } from '../../lib/verdict.ts'
import { problemText } from '../../lib/words/operations-words.ts'
import { Wordmark } from '../Wordmark.tsx'
import { BoardsTab } from './boards/BoardsTab.tsx'
import { type Boards, createBoards } from './boards/boards-store.ts'
import { Charts } from './Charts.tsx'
import { ConfirmDialog } from './ConfirmDialog.tsx'
import { DeadLetters, StuckCommits } from './FailedCommits.tsx'
import { LogTab } from './log/LogTab.tsx'
import { createLog, type Log } from './log/log-store.ts'
import { PipelineStages } from './PipelineStages.tsx'
import { SignIn } from './SignIn.tsx'
import { StatusHeading } from './StatusHeading.tsx'
import { sendRequest } from './send-request.ts'
import { SettingsTab } from './settings/SettingsTab.tsx'
import { createSettings, type Settings } from './settings/settings-store.ts'
import { Gateways, Groups, Workers } from './Tables.tsx'
import { type Tab, Tabs, useTab } from './Tabs.tsx'
import { useOperationsWords } from './use-operations-words.ts'
import { type OutboxActions, useOutbox } from './use-outbox.ts'
import { type OverviewState, useOverview } from './use-overview.ts'
import { Warnings } from './Warnings.tsx'
import { WebhooksTab } from './webhooks/WebhooksTab.tsx'
import { createWebhooks, type Webhooks } from './webhooks/webhooks-store.ts'

const headerButton =
  'h-9 whitespace-nowrap rounded-button border border-line bg-surface px-3 hover:bg-ink/6 disabled:opacity-60 max-sm:px-1.5'

export const OperationsPage = () => {
  const words = useOperationsWords()
  const { t } = words
  const { state, refresh } = useOverview()
  // Here, so that a new sign-in keeps what the host typed.
  const [boards] = useState(() => createBoards(sendRequest))
  const [settings] = useState(() => createSettings(sendRequest))
  const [log] = useState(() => createLog(sendRequest))
  const [webhooks] = useState(() => createWebhooks(sendRequest))
  switch (state.kind) {
    case 'loading':
      return (
        <p role="status" suppressHydrationWarning className="grid min-h-dvh place-items-center p-6 text-center text-muted">
          {state.problem === null ? t('loading') : `${problemText(words, state.problem)} ${t('triesAgain')}`}
        </p>
      )
    case 'signed_out':
      return <SignIn onDone={refresh} />
    case 'ready':
      return <SignedIn {...state} boards={boards} settings={settings} log={log} webhooks={webhooks} onSignedOut={refresh} />
  }
}

type SignedInProps = Pick<Extract<OverviewState, { kind: 'ready' }>, 'overview' | 'isSilent' | 'problem'> & {
  readonly boards: Boards
  readonly settings: Settings
  readonly log: Log
  readonly webhooks: Webhooks
  readonly onSignedOut: () => void
}

const SignedIn = ({ overview, isSilent, problem, boards, settings, log, webhooks, onSignedOut }: SignedInProps) => {
  const tab = useTab()
  const outbox = useOutbox(overview.outbox, onSignedOut)
  const signOut = async () => {
    const result = await sendRequest('/api/admin/session', { method: 'DELETE' })
    if (result.kind === 'ok') onSignedOut()
    else outbox.showProblem(result.problem)
  }
  const shown = { isSilent, problem: outbox.problem ?? (isSilent ? problem : null) }

  return (
    <main className="min-h-dvh bg-plaster">
      <div className="mx-auto flex max-w-[1440px] flex-col gap-4 px-4 py-4 sm:px-10 sm:py-6">
        <Header tab={tab} overview={overview} outbox={outbox} onSignOut={() => void signOut()} />
        {tab === 'boards' ? <BoardsTab {...shown} boards={boards} onSignedOut={onSignedOut} /> : null}
        {tab === 'webhooks' ? <WebhooksTab {...shown} webhooks={webhooks} onSignedOut={onSignedOut} /> : null}
        {tab === 'log' ? <LogTab {...shown} log={log} boards={boards} onSignedOut={onSignedOut} /> : null}
        {tab === 'settings' ? <SettingsTab {...shown} settings={settings} boards={boards} onSignedOut={onSignedOut} /> : null}
        {tab === 'delivery' ? <Delivery {...shown} overview={overview} outbox={outbox} /> : null}
        <Version overview={overview} />
      </div>
    </main>
  )
}

type DeliveryProps = Pick<SignedInProps, 'overview' | 'isSilent' | 'problem'> & { readonly outbox: OutboxActions }

const Delivery = ({ overview, isSilent, problem, outbox }: DeliveryProps) => {
  const words = useOperationsWords()
  const verdict = verdictOf(overview, { isSilent, isPaused: outbox.paused, words })
  return (
    <>
      <StatusHeading {...verdict} problem={problem && problemText(words, problem)} />
      {/* While the server is silent, the figures are old, so they are muted. */}
      <div className={`flex flex-col gap-4 transition-opacity ${isSilent ? 'opacity-50' : ''}`}>
        <PipelineStages overview={overview} verdict={verdict} />
        <Warnings overview={overview} />
        <StuckCommits at={overview.at} outbox={outbox} />
        <DeadLetters at={overview.at} outbox={outbox} />
        <Charts overview={overview} />
        <div className="grid items-start gap-4 lg:grid-cols-2 xl:grid-cols-[4.6fr_4fr_3.4fr]">
          <Workers overview={overview} />
          <Groups overview={overview} />
          <Gateways overview={overview} />
        </div>
      </div>
    </>
  )
}

const Version = ({ overview: { version } }: { overview: Overview }) => {
  const { t } = useOperationsWords()
  return (
    <footer className="numbers text-[12.5px] text-muted" data-testid="version" translate="no">
      {t('version', { version })}
    </footer>
  )
}

const streamMode = ({ mode, stream }: Overview) => {
  if (mode.stream === 'embedded') return 'embedded'
  return stream.persistence === 'aof' ? 'redisAof' : stream.persistence === 'rdb' ? 'redisRdb' : 'redis'
}

interface HeaderProps {
  readonly tab: Tab
  readonly overview: Overview
  readonly outbox: OutboxActions
  readonly onSignOut: () => void
}

const Header = ({ tab, overview, outbox, onSignOut }: HeaderProps) => {
  const { t } = useOperationsWords()
  const { mode } = overview
  return (
    <header className="flex flex-wrap items-center gap-x-6 gap-y-2 max-sm:gap-x-3">
      <a href="/" className="min-w-0 max-w-full font-wordmark text-xl">
        <Wordmark />
      </a>
      <Tabs current={tab} />
      <span className="numbers ml-auto text-[12.5px] text-muted">
        {`${t(`mode.${mode.store}`)} · ${t(`mode.${streamMode(overview)}`)}`}
      </span>
      <span className={`flex gap-2 ${tab === 'delivery' ? 'max-sm:w-full max-sm:*:flex-1' : ''}`}>
        {tab === 'delivery' ? <PauseButton outbox={outbox} /> : null}
        <button type="button" className={headerButton} onClick={onSignOut}>
          {t('signIn.out')}
        </button>
      </span>
    </header>
  )
}

const PauseButton = ({ outbox: { paused, isBusy, pause, resume } }: { outbox: OutboxActions }) => {
  const { t } = useOperationsWords()
  return paused ? (
    <button type="button" className={headerButton} disabled={isBusy} onClick={resume}>
      {t('pause.resume')}
    </button>
  ) : (
    <ConfirmDialog title={t('pause.title')} body={t('pause.body')} action={t('pause.action')} onYes={pause}>
      <button type="button" className={headerButton} disabled={isBusy}>
        {t('pause.action')}
      </button>
    </ConfirmDialog>
  )
}
