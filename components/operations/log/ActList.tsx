/** The acts by day. Each is a time, a sentence with what changed below it, and the outcome. */
import type { ReactNode } from 'react'
import { actLimits } from '../../../lib/act.ts'
import { plainButton } from '../fields/field-styles.ts'
import { useOperationsWords } from '../use-operations-words.ts'
import { actKey, byDay, detailTexts, isUnknown, outcomeText, whoText } from './act-words.ts'
import type { LogState, ShownAct } from './log-store.ts'

const dayMs = 86_400_000

interface ActListProps {
  readonly state: LogState
  readonly nowMs: number
  readonly onEarlier: () => void
  readonly onAll: () => void
}

export const ActList = ({ state, nowMs, onEarlier, onAll }: ActListProps) => {
  const { t } = useOperationsWords()
  const { acts, next, problem, isLoadingEarlier } = state
  if (acts === null) return <Loading isMoving={problem === null} />
  if (acts.length === 0) return <Empty state={state} onAll={onAll} />
  return (
    <div className={`transition-opacity ${problem === null ? '' : 'opacity-50'}`}>
      {byDay(acts).map((day) => (
        <section key={day.atMs}>
          <h2 className="pt-4 text-[12.5px] text-muted">{t('log.day', { at: new Date(day.atMs) })}</h2>
          <ol>
            {day.acts.map((act) => (
              <Row key={act.id} act={act} nowMs={nowMs} />
            ))}
          </ol>
        </section>
      ))}
      {next === null ? (
        <p className="pt-4 text-[12.5px] text-muted">{t('log.end')}</p>
      ) : (
        <button type="button" className={`${plainButton} mt-4`} disabled={isLoadingEarlier} data-testid="earlier" onClick={onEarlier}>
          {t(isLoadingEarlier ? 'log.loadingEarlier' : 'log.earlier')}
        </button>
      )}
    </div>
  )
}

const strong = (chunks: ReactNode) => <b className="break-words font-medium text-ink">{chunks}</b>

const Row = ({ act, nowMs }: { act: ShownAct; nowMs: number }) => {
  const words = useOperationsWords()
  const { t } = words
  const details = detailTexts(words, act.details)
  return (
    <li
      className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 border-line border-b py-3 last:border-0 sm:grid-cols-[auto_1fr_auto]"
      data-testid="act"
      data-state={act.outcome ?? 'unknown'}
    >
      <time className="numbers text-muted" dateTime={act.at}>
        {t('log.time', { at: new Date(act.at) })}
      </time>
      <div className="min-w-0">
        <p className="min-w-0 break-words text-muted">
          {t.rich(actKey(act), { action: act.action, target: act.target ?? '', who: () => strong(whoText(words, act)), b: strong })}
        </p>
        {details.length === 0 ? null : <p className="mt-0.5 break-words text-[12.5px] text-muted">{details.join(' · ')}</p>}
      </div>
      <p className="flex items-baseline gap-2 text-[12.5px] text-muted max-sm:col-start-2">
        <i aria-hidden="true" className={`size-2 shrink-0 ${markOf(act, nowMs)}`} />
        <span>{outcomeText(words, act, nowMs)}</span>
      </p>
    </li>
  )
}

const markOf = (act: ShownAct, nowMs: number) => {
  if (act.outcome === 'done') return 'rounded-full bg-verdigris'
  if (act.outcome === 'refused') return 'rounded-[2px] bg-muted'
  if (act.outcome === 'failed') return 'rotate-45 rounded-[1px] bg-sinopia'
  return isUnknown(act, nowMs) ? 'rotate-45 rounded-[1px] bg-ochre' : 'rounded-full bg-ochre'
}

const Empty = ({ state: { filter }, onAll }: { state: LogState; onAll: () => void }) => {
  const { t } = useOperationsWords()
  const isAll = filter.kind === '' && filter.target === ''
  if (isAll) return <p className="pt-4 text-muted">{t('log.empty')}</p>
  return (
    <div className="flex flex-wrap items-center gap-3 pt-4">
      <p className="text-muted">{t('log.noMatch', { days: actLimits.keptMs / dayMs })}</p>
      <button type="button" className={plainButton} onClick={onAll}>
        {t('log.showAll')}
      </button>
    </div>
  )
}

/** The layout of the list, in quiet bars. */
const Loading = ({ isMoving }: { isMoving: boolean }) => (
  <div aria-hidden="true" className={`flex flex-col gap-5 pt-6 ${isMoving ? 'breathing' : ''}`}>
    {['w-1/2', 'w-2/3', 'w-2/5', 'w-3/5'].map((width) => (
      <div key={width} className="flex gap-4">
        <div className="h-3.5 w-10 rounded-full bg-ink/6" />
        <div className={`h-3.5 rounded-full bg-ink/6 ${width}`} />
      </div>
    ))}
  </div>
)
