'use client'

import { ChevronRight } from 'lucide-react'
import { useStore } from 'zustand'
import { locationParameters } from '../../../../lib/board-location.ts'
import { durationText } from '../../../../lib/words/times.ts'
import { useWords } from '../../../language.tsx'
import { activityStore } from '../../activity/activity-store.ts'
import { rampOf } from '../../activity/ramp.ts'
import { spanMs } from '../../activity/start-activity.ts'
import { useCanvasParts, useUi } from '../../canvas-context.ts'
import { activityModes, activitySpans } from '../../ui-store.ts'
import { Choices } from '../Choices.tsx'
import { LoadingRows } from '../FailureNote.tsx'
import { PerMinute } from './PerMinute.tsx'

const areaZoom = 16

/** What happens on the board: what is drawn of it, the pixels of each minute, and the busiest areas. */
export const ActivityPanel = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const mode = useUi((state) => state.activity)
  const span = useUi((state) => state.activitySpan)
  const words = useWords()
  return (
    <div data-testid="activity">
      <Choices
        label={t('activity.show')}
        value={mode}
        options={activityModes.map((value) => ({ value, text: t(`activity.mode.${value}`) }))}
        onChange={(activity) => ui.setState({ activity })}
      />
      <p className="mt-2 text-[12.5px] text-muted">{t(`activity.hint.${mode}`)}</p>
      <div className="mt-3 flex items-center gap-3">
        <span className="shrink-0 text-muted">{t('activity.within')}</span>
        <Choices
          label={t('activity.within')}
          value={span}
          options={activitySpans.map((value) => ({ value, text: durationText(words, spanMs[value]) }))}
          onChange={(activitySpan) => ui.setState({ activitySpan })}
        />
      </div>
      {mode === 'heat' && <Legend />}
      <Partial />
      <PerMinute />
      <Busiest />
    </div>
  )
}

const Legend = () => {
  const words = useWords()
  const { engine } = useCanvasParts()
  const span = useUi((state) => state.activitySpan)
  const stops = rampOf(engine.accent).map(([red, green, blue]) => `rgb(${red} ${green} ${blue})`)
  return (
    <div data-testid="legend" className="mt-3">
      <div aria-hidden className="flex h-2.5 overflow-hidden rounded-full border border-line">
        {stops.map((color) => (
          <span key={color} className="flex-1" style={{ background: color }} />
        ))}
      </div>
      <div className="mt-1 flex justify-between text-[12px] text-muted">
        <span>{words.t('activity.now')}</span>
        <span>{durationText(words, spanMs[span] / 2)}</span>
        <span>{durationText(words, spanMs[span])}</span>
      </div>
    </div>
  )
}

const Partial = () => {
  const { t } = useWords()
  const { tiles, loaded, hasFailed } = useStore(activityStore)
  if (tiles === 0 || loaded >= tiles) return null
  return (
    <p role="status" data-testid="activity-partial" className="mt-3 text-[12.5px] text-muted">
      <span>{t('activity.partial', { loaded, total: tiles })}</span>
      {hasFailed && <span className="block">{t('activity.failed.body')}</span>}
    </p>
  )
}

const Busiest = () => {
  const { t } = useWords()
  const { busiest, loaded, tiles } = useStore(activityStore)
  return (
    <section className="mt-4">
      <h3 className="font-medium text-[12.5px] text-muted">{t('activity.busiest')}</h3>
      {loaded === 0 ? (
        <div className="mt-2">
          <LoadingRows rows={3} />
        </div>
      ) : busiest.length === 0 ? (
        <p data-testid="activity-quiet" data-state={loaded < tiles ? 'partial' : 'whole'} className="mt-1.5 text-muted">
          {t('activity.quiet')}
        </p>
      ) : (
        <ol className="-mx-2 mt-1">
          {busiest.map(({ gx, gy, count }) => (
            <li key={`${gx}/${gy}`}>
              <a
                href={`#${locationParameters({ x: gx, y: gy, zoom: areaZoom })}`}
                data-testid="busy-area"
                className="flex min-h-9 items-center gap-2 rounded-[8px] px-2 hover:bg-ink/6 pointer-coarse:min-h-[44px]"
              >
                <span className="numbers">{t('activity.area', { x: gx, y: gy })}</span>
                <span className="ms-auto text-[13px]">{t('activity.count', { count })}</span>
                <ChevronRight size={16} aria-hidden className="text-muted rtl:rotate-180" />
              </a>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
