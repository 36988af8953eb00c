'use client'

/** How far a template is: a bar, three numbers, the way to the next cell, and the areas with the most left. */
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { leftOf } from '../../../lib/templates/progress.ts'
import { useWords } from '../../language.tsx'
import type { ShownProgress } from './shown-progress.ts'
import type { TemplateView } from './template-view.ts'

export interface TemplateNumbersProps {
  readonly view: TemplateView
  readonly templateId: string
}

export const TemplateNumbers = ({ view, templateId }: TemplateNumbersProps) => {
  const { t } = useWords()
  const progress = useStore(view.state, (state) => state.progress.get(templateId))
  const isHidden = useStore(view.state, (state) => state.isHidden)
  return (
    <div data-testid="template-numbers" data-state={progress ? 'counted' : 'counting'}>
      {progress ? <Numbers progress={progress} /> : <Placeholder />}
      {isHidden && (
        <p className="mt-3 flex items-center justify-between gap-3 text-[12.5px] text-muted">
          <span>{t('templateView.hidden')}</span>
          <button type="button" onClick={() => view.toggle()} className="min-h-9 font-medium text-ultramarine">
            {t('templateView.show')}
          </button>
        </p>
      )}
      <NextButton view={view} isDisabled={!progress || isHidden || leftOf(progress.counts) === 0} />
      {progress && progress.areas.length > 0 && <Areas view={view} progress={progress} />}
    </div>
  )
}

const Numbers = ({ progress: { counts, percent, disagreement } }: { progress: ShownProgress }) => {
  const { t, number } = useWords()
  const { right, wrong, missing, unloaded } = counts
  const counted = right + wrong + missing
  if (percent === null) return <p className="text-muted">{t('templateView.notLoaded')}</p>
  return (
    <>
      <div className="flex items-baseline justify-between gap-3">
        <span className="font-mono font-semibold text-[26px] tabular-nums" data-testid="template-percent">
          {t('templateView.percent', { percent })}
        </span>
        <span className="text-end text-[12.5px] text-muted tabular-nums" data-testid="template-left">
          {t('templateView.left', { count: wrong + missing })}
        </span>
      </div>
      <div
        role="img"
        aria-label={t('templateView.summary', { right, wrong, missing })}
        className="mt-2 flex h-2 overflow-hidden rounded-full bg-line"
      >
        <span className="bg-verdigris" style={{ width: `${(100 * right) / counted}%` }} />
        <span className="hatched-sinopia" style={{ width: `${(100 * wrong) / counted}%` }} />
      </div>
      <ul aria-hidden className="mt-2 flex flex-wrap justify-between gap-x-3 text-[12.5px] tabular-nums">
        <Count icon={<span className="block size-2.5 rounded-full bg-verdigris" />} label={t('templateView.right')} value={number(right)} />
        <Count icon={<WrongMark />} label={t('templateView.wrong')} value={number(wrong)} />
        <Count icon={<MissingMark />} label={t('templateView.missing')} value={number(missing)} />
      </ul>
      {unloaded > 0 && <p className="mt-2 text-[12.5px] text-muted">{t('templateView.loadedOnly', { count: unloaded })}</p>}
      {disagreement && (
        <p className="mt-2 text-[12.5px]" data-testid="template-disagreement">
          {t('templateView.disagree', { count: disagreement.cells, name: disagreement.name })}
        </p>
      )}
    </>
  )
}

const Count = ({ icon, label, value }: { icon: ReactNode; label: string; value: string }) => (
  <li className="flex items-center gap-1.5">
    <span>{icon}</span>
    <span>{label}</span>
    <span className="font-mono">{value}</span>
  </li>
)

/** The shapes of the marks on the board. */
const WrongMark = () => (
  <svg aria-hidden viewBox="0 0 14 14" className="size-3.5">
    <path d="M2 2h6v4h4v6H2z" fill="none" stroke="currentColor" strokeWidth="2" />
  </svg>
)

const MissingMark = () => (
  <svg aria-hidden viewBox="0 0 14 14" className="size-3.5">
    <circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" strokeWidth="2" />
  </svg>
)

const NextButton = ({ view, isDisabled }: { view: TemplateView; isDisabled: boolean }) => {
  const { t } = useWords()
  return (
    <button
      type="button"
      disabled={isDisabled}
      onClick={() => view.next.step(1)}
      data-testid="template-next"
      className="mt-3 h-9 w-full rounded-button bg-ultramarine px-4 font-medium text-on-accent disabled:bg-line disabled:text-muted max-sm:h-12"
    >
      {t('templateView.next')}
    </button>
  )
}

const Areas = ({ view, progress }: { view: TemplateView; progress: ShownProgress }) => {
  const { t } = useWords()
  return (
    <section className="mt-4" aria-label={t('templateView.areas')}>
      <h3 className="font-medium text-[12.5px] text-muted">{t('templateView.areas')}</h3>
      <ul className="mt-1" data-testid="template-areas">
        {progress.areas.map(({ gx, gy, left }) => (
          <li key={`${gx} ${gy}`}>
            <button
              type="button"
              onClick={() => view.next.goToArea({ gx, gy })}
              className="min-h-9 w-full text-start text-[13px] tabular-nums hover:text-ultramarine max-sm:min-h-11"
            >
              {t('templateView.area', { x: gx, y: gy, count: left })}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The real layout in quiet bars. */
const Placeholder = () => (
  <div aria-hidden className="breathing space-y-3">
    {['w-1/3', 'w-full', 'w-4/5'].map((width) => (
      <div key={width} className={`h-3 rounded-full bg-line ${width}`} />
    ))}
  </div>
)
