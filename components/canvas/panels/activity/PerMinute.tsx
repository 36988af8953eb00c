'use client'

import { useWords } from '../../../language.tsx'
import { useSession } from '../../canvas-context.ts'
import { FailureNote } from '../FailureNote.tsx'
import { usePolled } from '../use-polled.ts'

const minutes = 60

interface Minute {
  readonly at: string
  readonly placed: number
}

/** @throws when there is no answer. */
const getMinutes = async (canvas: string, signal: AbortSignal): Promise<readonly Minute[]> => {
  const response = await fetch(`/api/canvases/${encodeURIComponent(canvas)}/stats?minutes=${minutes}`, { signal })
  if (!response.ok) throw new Error(`${response.status}`)
  return ((await response.json()) as { perMinute: Minute[] }).perMinute
}

/** The pixels of each minute of the last hour. The last minute is not over. */
export const PerMinute = () => {
  const { t, number } = useWords()
  const canvas = useSession((state) => state.canvas?.id ?? null)
  const { value, hasFailed, tryNow } = usePolled(canvas, (signal) => getMinutes(canvas ?? '', signal))
  const counts = value?.map(({ placed }) => placed) ?? []
  const most = Math.max(0, ...counts)
  const peak = value?.find(({ placed }) => placed === most)
  return (
    <section className="-mx-4 mt-4 border-line border-y px-4 py-3">
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="font-medium text-[12.5px] text-muted">{t('activity.perMinute')}</h3>
        <p data-testid="this-minute">
          <span className="numbers text-[17px]">{value ? number(counts.at(-1) ?? 0) : '–'}</span>
          <span className="ps-1 text-[12.5px] text-muted">{t('activity.thisMinute')}</span>
        </p>
      </div>
      {hasFailed && (
        <div className="mt-2">
          <FailureNote
            title={t('activity.failed.title')}
            body={t('activity.failed.body')}
            action={t('activity.failed.action')}
            onAction={tryNow}
          />
        </div>
      )}
      <div
        role="img"
        aria-label={t('activity.chart', { most, last: counts.at(-2) ?? 0 })}
        data-testid="per-minute"
        dir="ltr"
        className={`mt-2 flex h-12 items-end gap-px ${value ? '' : 'breathing'} ${hasFailed ? 'opacity-60' : ''}`}
      >
        {(value ?? Array.from({ length: minutes }, (_, index) => ({ at: String(index), placed: 0 }))).map(({ at, placed }) => (
          <span
            key={at}
            className={`min-h-px flex-1 rounded-t-[1px] ${value ? 'bg-ultramarine/60 last:bg-ultramarine' : 'bg-line'}`}
            style={{ height: value ? `${most === 0 ? 0 : (100 * placed) / most}%` : '40%' }}
          />
        ))}
      </div>
      <p className="mt-1 flex justify-between gap-3 text-[12px] text-muted">
        <span>{t('activity.hourAgo')}</span>
        {peak && most > 0 && <span>{t('activity.mostAt', { count: most, at: new Date(peak.at) })}</span>}
        <span>{t('activity.now')}</span>
      </p>
    </section>
  )
}
