'use client'

import { useWords } from '../../../language.tsx'
import { PainterMark } from '../../PainterMark.tsx'
import type { Place, Row } from './numbers-api.ts'

interface PainterRowProps {
  readonly row: Row
  /** Of the first painter's count, from 0 to 1. */
  readonly share: number
  readonly isOwn: boolean
  readonly onOpen: () => void
}

export const BotBadge = () => {
  const { t } = useWords()
  return <span className="shrink-0 rounded-[6px] border border-line px-1.5 text-[12px] text-muted">{t('numbers.bot')}</span>
}

export const PainterRow = ({ row: { rank, by, bot, count }, share, isOwn, onOpen }: PainterRowProps) => {
  const { number } = useWords()
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        data-testid="leader"
        data-painter={by.id}
        className={`relative flex h-8 w-full items-center gap-2.5 overflow-hidden rounded-[8px] px-2 text-start hover:bg-ink/6 ${isOwn ? 'text-ultramarine' : ''}`}
      >
        <span aria-hidden className="absolute inset-y-0 start-0 rounded-[8px] bg-ink/6" style={{ width: `${share * 100}%` }} />
        <span className="numbers relative w-7 shrink-0 text-end text-[12.5px] text-muted">{number(rank)}</span>
        <PainterMark id={by.id} className="relative size-5 rounded-[6px]" />
        <span dir="auto" translate="no" className="relative min-w-0 truncate">
          {by.name}
        </span>
        {bot && <BotBadge />}
        <span className="numbers relative ms-auto shrink-0 ps-2">{number(count)}</span>
      </button>
    </li>
  )
}

/** Always visible at the end of the panel. */
export const OwnRow = ({ painter, place }: { painter: { id: string; name: string }; place: Place }) => {
  const { t, number } = useWords()
  const { count, rank, next } = place
  const hint = rank === null ? t('numbers.unranked') : next === null ? t('numbers.first') : t('numbers.more', { count: next - count })
  return (
    <div
      data-testid="own-row"
      className="-mx-4 -mb-4 sticky -bottom-4 mt-3 flex items-center gap-2.5 border-line border-t bg-[color-mix(in_oklch,var(--ultramarine)_12%,var(--surface))] px-4 py-2.5"
    >
      <span className="numbers w-7 shrink-0 text-end text-[12.5px] text-ultramarine">{rank === null ? '–' : number(rank)}</span>
      <PainterMark id={painter.id} className="size-7 rounded-[8px]" />
      <span className="min-w-0">
        <span className="block font-medium">{t('numbers.you')}</span>
        <span className="block text-[12.5px] text-muted">{hint}</span>
      </span>
      <span className="numbers ms-auto shrink-0 font-semibold">{number(count)}</span>
    </div>
  )
}
