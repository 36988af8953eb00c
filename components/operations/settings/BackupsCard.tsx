'use client'
/** Whether there is a good backup, why not, and what is in the folder. */
import type { ShownBackups, ShownProblem } from '../../../lib/backups.ts'
import { type OperationsWords, problemText } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { plainButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { type BackupsState, useBackups } from './use-backups.ts'

export const BackupsCard = ({ onSignedOut }: { onSignedOut: () => void }) => {
  const { t } = useOperationsWords()
  const { state, backUp } = useBackups(onSignedOut)
  const { backups, isSending } = state
  const isBusy = backups !== null && (backups.isRequested || backups.running !== null)
  return (
    <Card title={t('backups.title')} className="flex flex-col gap-4">
      <div
        className="flex flex-wrap items-start gap-x-6 gap-y-3"
        aria-busy={backups === null || isBusy}
        data-testid="backups"
        data-state={backups?.running ? 'running' : (backups?.state ?? (state.problem ? 'unknown' : 'loading'))}
      >
        <Sentence state={state} />
        {backups && backups.state !== 'off' ? (
          <button type="button" className={`${plainButton} max-sm:w-full`} disabled={isBusy || isSending} onClick={() => void backUp()}>
            {t('backups.run')}
          </button>
        ) : null}
      </div>
      {backups && backups.backups.length > 0 ? <Folder backups={backups} /> : null}
    </Card>
  )
}

const dots = { well: 'bg-verdigris', waiting: 'bg-ochre', wrong: 'bg-sinopia', none: 'bg-ink/25' } as const

interface SentenceText {
  readonly level: keyof typeof dots
  readonly title: string
  readonly body: string
}

const Sentence = ({ state }: { state: BackupsState }) => {
  const words = useOperationsWords()
  const { backups, problem } = state
  const { level, title, body } = sentenceOf(words, state)
  const isMoving = backups === null ? problem === null : backups.isRequested || backups.running !== null
  return (
    <div className="min-w-0 grow basis-64">
      <div role="status">
        <p className="flex items-center gap-3 font-medium text-base">
          <i aria-hidden="true" className={`size-2.5 shrink-0 rounded-full ${dots[level]} ${isMoving ? 'breathing' : ''}`} />
          <span className="min-w-0 break-words">{title}</span>
        </p>
      </div>
      <p className="mt-1 max-w-[80ch] break-words text-muted tabular-nums sm:pl-5.5">{body}</p>
      {backups && problem ? (
        <p role="alert" className="mt-1 max-w-[80ch] text-[color-mix(in_oklch,var(--sinopia)_80%,var(--ink))] sm:pl-5.5">
          {problemText(words, problem)}
        </p>
      ) : null}
    </div>
  )
}

const sentenceOf = (words: OperationsWords, { backups, problem }: BackupsState): SentenceText => {
  const { t } = words
  if (backups) return runningSentence(words, backups) ?? backupsSentence(words, backups)
  if (problem) return { level: 'wrong', title: t('backups.failed'), body: `${problemText(words, problem)} ${t('backups.failedBody')}` }
  return { level: 'none', title: t('backups.loading'), body: '' }
}

const runningSentence = ({ t, bytes }: OperationsWords, { running, isRequested, state }: ShownBackups): SentenceText | null => {
  if (running) {
    const { kind, bytes: written, expectedBytes } = running
    const title = t(`backups.running.${kind}`)
    if (written === 0) return { level: 'none', title, body: '' }
    const isBounded = kind === 'backup' && expectedBytes !== null && written <= expectedBytes
    const texts = { bytes: bytes(written), expected: bytes(expectedBytes ?? 0) }
    return { level: 'none', title, body: isBounded ? t('backups.running.of', texts) : t('backups.running.written', texts) }
  }
  if (!isRequested || state === 'off') return null
  return { level: 'none', title: t('backups.running.requested'), body: t('backups.running.requestedBody') }
}

const backupsSentence = (words: OperationsWords, backups: ShownBackups): SentenceText => {
  const { t, rough } = words
  const { state, at, problem, verifyProblem } = backups
  const good = backups.backups.find(({ verified }) => verified?.ok !== false)
  const age = good ? rough(Date.parse(at) - Date.parse(good.at)) : null
  const last = age === null ? t('backups.noGood') : t('backups.lastGood', { age })
  const rest = [nextText(words, backups), verifiedText(words, backups)]
  switch (state) {
    case 'off':
      return { level: 'none', title: t('backups.off.title'), body: t('backups.off.body') }
    case 'never':
      return { level: 'waiting', title: t('backups.never'), body: nextText(words, backups) }
    case 'good':
      return { level: 'well', title: t('backups.good', { age: age ?? '' }), body: rest.join(' ') }
    case 'overdue':
      return { level: 'wrong', title: t('backups.overdue'), body: `${last} ${t('backups.overdueBody')}` }
    case 'failed':
      return failedSentence(words, problem ?? verifyProblem, [last, ...rest])
  }
}

const failedSentence = ({ t }: OperationsWords, problem: ShownProblem | null, rest: readonly string[]): SentenceText => {
  const { code, detail } = problem ?? { code: 'failed' as const, detail: '' }
  const body = [detail, t(`backups.problem.${code}.remedy`), ...rest].join(' ')
  return { level: 'wrong', title: t(`backups.problem.${code}.title`), body }
}

const nextText = ({ t, rough }: OperationsWords, { at, nextAt }: ShownBackups): string => {
  const ms = nextAt === null ? 0 : Date.parse(nextAt) - Date.parse(at)
  return ms < 10_000 ? t('backups.next.soon') : t('backups.next.in', { time: rough(ms) })
}

const verifiedText = ({ t, rough }: OperationsWords, { at, verifiedAt, verifyDays }: ShownBackups): string => {
  if (verifyDays === 0) return t('backups.verified.off')
  return verifiedAt === null
    ? t('backups.verified.never')
    : t('backups.verified.at', { age: rough(Date.parse(at) - Date.parse(verifiedAt)) })
}

const Folder = ({ backups: { backups, folder, intervalHours, keep } }: { backups: ShownBackups }) => {
  const { t, bytes } = useOperationsWords()
  return (
    <details className="border-line border-t pt-3">
      <summary className="cursor-pointer text-[12.5px] text-muted">{t('backups.list', { count: backups.length })}</summary>
      {folder === null ? null : (
        <p className="mt-2 break-all text-[12.5px] text-muted">
          {t('backups.schedule', { folder, hours: intervalHours ?? 0, keep: keep ?? 0 })}
        </p>
      )}
      <ul className="mt-2 flex max-h-80 flex-col overflow-y-auto">
        {backups.map(({ name, at, bytes: size, verified }) => (
          <li key={name} className="flex flex-wrap gap-x-4 border-line border-b py-2 last:border-0" title={name}>
            <span className="numbers">{t('backups.made', { at: new Date(at) })}</span>
            <span className={`ml-auto ${verified?.ok === false ? 'text-sinopia' : 'text-muted'}`}>
              {t(`backups.verdict.${verified ? (verified.ok ? 'ok' : 'damaged') : 'none'}`)}
            </span>
            <span className="numbers w-24 text-right">{bytes(size)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
