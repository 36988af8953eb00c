'use client'

import type { BoardCard as Board } from '../../lib/start-page.ts'
import { useWords } from '../language.tsx'
import { boardStatusOf, type StatusKind } from './board-status.ts'
import { StatusText } from './StatusText.tsx'
import { Thumbnail } from './Thumbnail.tsx'

const marks: Readonly<Record<StatusKind, string>> = {
  open: 'rounded-full bg-verdigris',
  finale: 'rounded-full bg-verdigris',
  opens: 'rounded-full bg-ochre',
  paused: 'rounded-full bg-ochre',
  closed: 'rounded-[2px] bg-muted',
  archive: 'rounded-[2px] bg-muted',
}

interface BoardCardProps {
  readonly board: Board
  /** Whether the figures are of this moment. */
  readonly isLive: boolean
  readonly clockOffsetMs: number | null
}

/** A board in the list: all of it is the link. A browser may translate its texts before React hydrates them. */
export const BoardCard = ({ board, isLive, clockOffsetMs }: BoardCardProps) => {
  const { t, number } = useWords()
  const status = boardStatusOf(board)
  return (
    <a
      href={`/c/${board.id}`}
      data-testid="board-card"
      data-state={status.kind}
      className="card group block overflow-hidden hover:border-ultramarine max-sm:flex"
    >
      <Thumbnail board={board} />
      <span className="block min-w-0 grow p-4 max-sm:self-center max-sm:px-3.5 max-sm:py-2">
        <span className="flex items-baseline justify-between gap-x-3 max-sm:block">
          <span
            dir="auto"
            className="min-w-0 font-medium text-[15px] group-hover:text-ultramarine max-sm:line-clamp-2 max-sm:wrap-anywhere sm:truncate"
            title={board.title}
            translate="no"
            suppressHydrationWarning
          >
            {board.title}
          </span>
          <span className="numbers shrink-0 text-[12.5px] text-muted max-sm:hidden" suppressHydrationWarning>
            {t('start.size', { width: board.width, height: board.height })}
          </span>
        </span>
        <span className="mt-1 flex items-center justify-between gap-x-3 text-muted max-sm:flex-wrap">
          <span className="flex min-w-0 items-baseline gap-2 max-sm:w-full">
            <i aria-hidden="true" className={`size-2 shrink-0 ${marks[status.kind]}`} />
            <StatusText status={status} clockOffsetMs={clockOffsetMs} />
          </span>
          <span className={`shrink-0 max-sm:ps-4 ${isLive ? '' : 'invisible'}`} data-testid="online">
            <span className="numbers text-[13px]" suppressHydrationWarning>
              {number(board.online)}
            </span>
            <span suppressHydrationWarning>{` ${t('start.online', { count: board.online })}`}</span>
          </span>
        </span>
      </span>
    </a>
  )
}
