'use client'
/** The operations page: whether pixels are delivered, and where they wait if not. It is updated each second without moving. */
import type { Overview } from '../../lib/overview.ts'
import { type Verdict, verdictOf } from '../../lib/verdict.ts'
import { productName } from '../../lib/words/language.ts'
import { problemText } from '../../lib/words/operations-words.ts'
import { Charts } from './Charts.tsx'
import { ConfirmDialog } from './ConfirmDialog.tsx'
import { DeadLetters, StuckCommits } from './FailedCommits.tsx'
import { PipelineStages } from './PipelineStages.tsx'
import { SignIn } from './SignIn.tsx'
import { sendRequest } from './send-request.ts'
import { Gateways, Groups, Workers } from './Tables.tsx'
import { useOperationsWords } from './use-operations-words.ts'
import { type OutboxActions, useOutbox } from './use-outbox.ts'
import { type OverviewState, useOverview } from './use-overview.ts'
import { Warnings } from './Warnings.tsx'

const levelColor = {
  well: 'bg-verdigris ring-verdigris/25',
  waiting: 'bg-ochre ring-ochre/30',
  wrong: 'bg-sinopia ring-sinopia/25',
} as const

const headerButton =
  'h-9 whitespace-nowrap rounded-button border border-line bg-surface px-3 hover:bg-ink/6 disabled:opacity-60 max-sm:px-1.5'

export const OperationsPage = () => {
  const words = useOperationsWords()
  const { t } = words
  const { state, refresh } = useOverview()
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
      return <Delivery {...state} onSignedOut={refresh} />
  }
}

type DeliveryProps = Pick<Extract<OverviewState, { kind: 'ready' }>, 'overview' | 'isSilent' | 'problem'> & {
  readonly onSignedOut: () => void
}

const Delivery = ({ overview, isSilent, problem, onSignedOut }: DeliveryProps) => {
  const words = useOperationsWords()
  const outbox = useOutbox(overview.outbox, onSignedOut)
  const verdict = verdictOf(overview, { isSilent, isPaused: outbox.paused, words })
  const problemShown = outbox.problem ?? (isSilent ? problem : null)
  const signOut = async () => {
    const result = await sendRequest('/api/admin/session', { method: 'DELETE' })
    if (result.kind === 'ok') onSignedOut()
    else outbox.showProblem(result.problem)
  }

  return (
    <main className="min-h-dvh bg-plaster">
      <div className="mx-auto flex max-w-[1440px] flex-col gap-4 px-4 py-4 sm:px-10 sm:py-6">
        <Header overview={overview} outbox={outbox} onSignOut={() => void signOut()} />
        <VerdictHeading verdict={verdict} problem={problemShown && problemText(words, problemShown)} />
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
      </div>
    </main>
  )
}

const streamMode = ({ mode, stream }: Overview) => {
  if (mode.stream === 'embedded') return 'embedded'
  return stream.persistence === 'aof' ? 'redisAof' : stream.persistence === 'rdb' ? 'redisRdb' : 'redis'
}

const Header = ({ overview, outbox, onSignOut }: { overview: Overview; outbox: OutboxActions; onSignOut: () => void }) => {
  const { t } = useOperationsWords()
  const { mode } = overview
  return (
    <header className="flex flex-wrap items-center gap-x-6 gap-y-2">
      <a href="/" className="font-wordmark text-xl" translate="no">
        {productName}
      </a>
      <span className="text-muted">{t('title')}</span>
      <span className="numbers ml-auto text-[12.5px] text-muted">
        {`${t(`mode.${mode.store}`)} · ${t(`mode.${streamMode(overview)}`)}`}
      </span>
      <span className="flex gap-2 max-sm:w-full max-sm:*:flex-1">
        <PauseButton outbox={outbox} />
        <button type="button" className={headerButton} onClick={onSignOut}>
          {t('signIn.out')}
        </button>
      </span>
    </header>
  )
}

/**
 * Two lines are reserved on wide screens and three on phones, so that a longer sentence moves nothing. A problem replaces the
 * sentence for some seconds. Screen readers announce the verdict and not its rates, which change each second.
 */
const VerdictHeading = ({ verdict, problem }: { verdict: Verdict; problem: string | null }) => (
  <div className="min-h-24 pt-2 sm:min-h-17" data-level={verdict.level}>
    <div role="status">
      <h1 className="flex items-center gap-3.5 pl-1 font-semibold text-2xl tracking-tight sm:text-[26px]">
        <i aria-hidden="true" className={`size-2.5 shrink-0 rounded-full ring-4 ${levelColor[verdict.level]}`} />
        <span>{verdict.title}</span>
      </h1>
    </div>
    {problem === null ? (
      <p className="mt-1 text-muted tabular-nums sm:pl-7">{verdict.body}</p>
    ) : (
      <p role="alert" className="mt-1 text-sinopia sm:pl-7">
        {problem}
      </p>
    )}
  </div>
)

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
