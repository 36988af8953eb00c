'use client'
/** Whether the installation is set up well: one sentence, then the problems with their remedies, then the rest, folded. */
import { type CheckResult, type ChecksReport, countStatuses } from '../../../lib/checks.ts'
import { findingText } from '../../../lib/words/checks-words.ts'
import { type OperationsWords, problemText } from '../../../lib/words/operations-words.ts'
import { Card } from '../fields/Card.tsx'
import { filledButton, plainButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { type ChecksState, useChecks } from './use-checks.ts'

export const ChecksCard = ({ onSignedOut }: { onSignedOut: () => void }) => {
  const { t } = useOperationsWords()
  const { state, check } = useChecks(onSignedOut)
  const isFirst = state.report === null
  return (
    <Card title={t('checks.card.title')} className="flex flex-col gap-4">
      <div
        className="flex flex-wrap items-start gap-x-6 gap-y-3"
        aria-busy={state.kind !== 'shown'}
        data-testid="checks"
        data-state={stateOf(state)}
      >
        <Sentence state={state} />
        <button
          type="button"
          className={`${isFirst ? filledButton : plainButton} max-sm:w-full`}
          disabled={state.kind !== 'shown'}
          onClick={check}
        >
          {t(isFirst ? 'checks.card.checkNow' : 'checks.card.again')}
        </button>
      </div>
      {state.report ? <Findings results={state.report.results} isOld={state.kind === 'checking' || state.problem !== null} /> : null}
    </Card>
  )
}

const stateOf = ({ kind, report, problem }: ChecksState) => {
  if (kind !== 'shown') return kind
  if (problem) return 'failed'
  return report ? 'checked' : 'never'
}

const dots = { well: 'bg-verdigris', waiting: 'bg-ochre', wrong: 'bg-sinopia', none: 'bg-ink/25' } as const

const Sentence = ({ state }: { state: ChecksState }) => {
  const words = useOperationsWords()
  const { level, title, body } = sentenceOf(words, state)
  return (
    <div className="min-w-0 grow basis-64" role="status">
      <p className="flex items-center gap-3 font-medium text-base">
        <i aria-hidden="true" className={`size-2.5 shrink-0 rounded-full ${dots[level]} ${state.kind === 'shown' ? '' : 'breathing'}`} />
        <span>{title}</span>
      </p>
      <p className="mt-1 max-w-[80ch] text-muted sm:pl-5.5">{body}</p>
    </div>
  )
}

interface SentenceText {
  readonly level: keyof typeof dots
  readonly title: string
  readonly body: string
}

const sentenceOf = (words: OperationsWords, { kind, report, problem }: ChecksState): SentenceText => {
  const { t } = words
  if (problem)
    return { level: 'wrong', title: t('checks.card.failed'), body: `${problemText(words, problem)} ${t('checks.card.failedBody')}` }
  if (kind === 'checking') return { level: 'none', title: t('checks.card.checking'), body: t('checks.card.checkingBody') }
  if (kind === 'loading') return { level: 'none', title: t('loading'), body: '' }
  return report ? reportSentence(words, report) : { level: 'none', title: t('checks.card.never'), body: t('checks.card.neverBody') }
}

const reportSentence = ({ t }: OperationsWords, { at, results }: ChecksReport): SentenceText => {
  const { problem, warning, unknown, ok } = countStatuses(results)
  const checked = t('checks.card.checked', { at: new Date(at) })
  const body = unknown > 0 ? `${checked} ${t('checks.card.unknown', { count: unknown })}` : checked
  const problems = t('checks.card.problems', { count: problem })
  const warnings = t('checks.card.warnings', { count: warning })
  if (problem > 0 && warning > 0) return { level: 'wrong', title: t('checks.card.problemsAndWarnings', { problems, warnings }), body }
  if (problem > 0) return { level: 'wrong', title: problems, body }
  return warning > 0 ? { level: 'waiting', title: warnings, body } : { level: 'well', title: t('checks.card.well', { count: ok }), body }
}

const Findings = ({ results, isOld }: { results: readonly CheckResult[]; isOld: boolean }) => {
  const { t } = useOperationsWords()
  const open = results.filter(({ status }) => status === 'problem' || status === 'warning')
  const unknown = results.filter(({ status }) => status === 'unknown')
  const well = results.filter(({ status }) => status === 'ok')
  return (
    <div className={`flex flex-col gap-3 transition-opacity ${isOld ? 'opacity-60' : ''}`}>
      <List results={open} />
      <Folded title={t('checks.card.unknownOnes', { count: unknown.length })} results={unknown} />
      <Folded title={t('checks.card.wellOnes', { count: well.length })} results={well} />
    </div>
  )
}

const Folded = ({ title, results }: { title: string; results: readonly CheckResult[] }) =>
  results.length === 0 ? null : (
    <details className="border-line border-t pt-3">
      <summary className="cursor-pointer text-[12.5px] text-muted">{title}</summary>
      <div className="mt-3">
        <List results={results} />
      </div>
    </details>
  )

const marks = { problem: 'bg-sinopia', warning: 'bg-ochre', unknown: 'bg-ink/25', ok: 'bg-verdigris' } as const

const List = ({ results }: { results: readonly CheckResult[] }) => {
  const words = useOperationsWords()
  if (results.length === 0) return null
  return (
    <ul className="flex flex-col gap-3">
      {results.map((result) => {
        const { check, subject, status } = result
        const { title, says, remedy } = findingText(words, result)
        return (
          <li key={`${check} ${subject}`} className="flex min-w-0 gap-3" data-testid="check" data-check={check} data-state={status}>
            <i aria-hidden="true" className={`mt-1.5 size-2 shrink-0 rounded-full ${marks[status]}`} />
            <div className="min-w-0 break-words">
              <h3 className="flex flex-wrap items-baseline gap-x-2 font-medium">
                <span className="min-w-0 break-words">{title}</span>
                <span className="font-normal text-[12.5px] text-muted">{words.t(`checks.statuses.${status}`)}</span>
              </h3>
              <p className="max-w-[90ch]">{says}</p>
              {remedy === null || status === 'ok' ? null : <p className="max-w-[90ch] text-muted">{remedy}</p>}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
