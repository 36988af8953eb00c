'use client'

import { useState } from 'react'
import { useWords } from '../../../language.tsx'
import { useCanvasParts, useSession } from '../../canvas-context.ts'
import { showPainter } from '../../ui-store.ts'
import { Choices } from '../Choices.tsx'
import { FailureNote, LoadingRows } from '../FailureNote.tsx'
import { type Polled, usePolled } from '../use-polled.ts'
import { getLeaderboard, getProfile, type Leaderboard, type Order, orders, type Period, periods } from './numbers-api.ts'
import { OwnRow, PainterRow } from './PainterRow.tsx'

const firstRows = 10

/** Who painted most on this board, today or in all, and the painter's own place. */
export const LeaderboardPanel = () => {
  const { t } = useWords()
  const canvas = useSession((state) => state.canvas?.id ?? null)
  const painter = useSession((state) => state.painter)
  const [period, setPeriod] = useState<Period>('day')
  const [by, setBy] = useState<Order>('placed')
  const board = usePolled(canvas && `${canvas}/${period}`, (signal) => getLeaderboard(canvas ?? '', period, signal))
  const own = usePolled(canvas && painter && `${canvas}/${painter.id}`, (signal) => getProfile(canvas ?? '', painter?.id ?? '', signal))
  return (
    <div data-testid="leaderboard">
      <div className="flex gap-2 max-[359px]:flex-col">
        <Choices
          label={t('numbers.period.label')}
          value={period}
          options={periods.map((value) => ({ value, text: t(`numbers.period.${value}`) }))}
          onChange={setPeriod}
        />
        <Choices
          label={t('numbers.by.label')}
          value={by}
          options={orders.map((value) => ({ value, text: t(`numbers.by.${value}`) }))}
          onChange={setBy}
        />
      </div>
      <Figures board={board} period={period} by={by} own={painter?.id ?? null} />
      {painter && own.value && <OwnRow painter={painter} place={own.value[period][by]} />}
    </div>
  )
}

interface FiguresProps {
  readonly board: Polled<Leaderboard>
  readonly period: Period
  readonly by: Order
  readonly own: string | null
}

const Figures = ({ board, period, by, own }: FiguresProps) => {
  const { t } = useWords()
  const { value, hasFailed } = board
  if (!value) {
    return <div className="mt-4">{hasFailed ? <Failure board={board} /> : <LoadingRows rows={7} />}</div>
  }
  return (
    <>
      {hasFailed && (
        <div className="mt-4">
          <Failure board={board} />
        </div>
      )}
      <div className={hasFailed ? 'opacity-60' : ''}>
        <Totals totals={value.totals} period={period} />
        <Rows rows={value.rows[by]} period={period} own={own} />
      </div>
      <p className="mt-2 text-[12.5px] text-muted">{t('numbers.counted', { at: new Date(value.countedAtMs) })}</p>
      {value.fromMs !== null && <p className="text-[12.5px] text-muted">{t('numbers.today', { at: new Date(value.fromMs) })}</p>}
    </>
  )
}

const Failure = ({ board: { value, tryNow } }: { board: Polled<Leaderboard> }) => {
  const { t } = useWords()
  return (
    <FailureNote
      title={t('numbers.failed.title')}
      body={value ? t('numbers.failed.old', { at: new Date(value.countedAtMs) }) : t('numbers.failed.body')}
      action={t('numbers.failed.action')}
      onAction={tryNow}
    />
  )
}

const Totals = ({ totals, period }: { totals: Leaderboard['totals']; period: Period }) => {
  const { t, number } = useWords()
  const { placed, painters, standing } = totals
  const percent = placed === 0 ? null : Math.min(100, Math.floor((100 * standing) / placed))
  const figures = [
    { name: 'placed', value: number(placed), text: t(`numbers.totals.${period}`, { count: placed }) },
    { name: 'painters', value: number(painters), text: t('numbers.totals.painters', { count: painters }) },
    { name: 'standing', value: percent === null ? '–' : t('connection.percent', { percent }), text: t('numbers.totals.standing') },
  ]
  return (
    <ul className="-mx-4 mt-3 grid grid-cols-3 gap-2 border-line border-y px-4 py-3">
      {figures.map(({ name, value, text }) => (
        <li key={name} data-testid={`total-${name}`} className="min-w-0 wrap-anywhere">
          <span className="numbers block text-[17px]">{value}</span>
          <span className="block text-[12.5px] text-muted">{text}</span>
        </li>
      ))}
    </ul>
  )
}

const Rows = ({ rows, period, own }: { rows: Leaderboard['rows']['placed']; period: Period; own: string | null }) => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const [isWhole, setIsWhole] = useState(false)
  if (rows.length === 0) return <p className="mt-4 text-muted">{t(`numbers.empty.${period}`)}</p>
  const shown = isWhole ? rows : rows.slice(0, firstRows)
  return (
    <>
      <ol aria-label={t('numbers.painters')} className="-mx-2 mt-2 space-y-0.5">
        {shown.map((row) => (
          <PainterRow
            key={row.by.id}
            row={row}
            share={row.count / (rows[0]?.count ?? 1)}
            isOwn={row.by.id === own}
            onOpen={() => showPainter(ui, row.by.id)}
          />
        ))}
      </ol>
      {rows.length > firstRows && (
        <button
          type="button"
          aria-expanded={isWhole}
          onClick={() => setIsWhole(!isWhole)}
          className="mt-1 h-9 rounded-button px-2 text-[13px] text-ultramarine hover:bg-ink/6"
        >
          {t(isWhole ? 'numbers.showFew' : 'numbers.showAll')}
        </button>
      )}
    </>
  )
}
