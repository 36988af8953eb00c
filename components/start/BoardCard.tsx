'use client'

import type { BoardCard as Board } from '../../lib/start-page.ts'
import { useWords } from '../language.tsx'
import { boardStatusOf, type StatusKind } from './board-status.ts'
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
}

/** A board in the list: all of it is the link. */
export const BoardCard = ({ board, isLive }: BoardCardProps) => {
  const { t, number } = useWords()
  const status = boardStatusOf(board)
  return (
    <a
      href={`/c/${board.id}`}
      data-testid="board-card"
      data-state={status.kind}
      className="card group block overflow-hidden transition-shadow hover:border-ultramarine"
    >
      <Thumbnail board={board} />
      <span className="block p-4">
        <span className="flex items-baseline justify-between gap-3">
          <span
            dir="auto"
            className="min-w-0 truncate font-medium text-[15px] group-hover:text-ultramarine"
            title={board.title}
            translate="no"
          >
            {board.title}
          </span>
          <span className="numbers shrink-0 text-[12.5px] text-muted">{t('start.size', { width: board.width, height: board.height })}</span>
        </span>
        <span className="mt-1 flex items-center justify-between gap-3 text-muted">
          <span className="flex min-w-0 items-center gap-2">
            <i aria-hidden="true" className={`size-2 shrink-0 ${marks[status.kind]}`} />
            <span className="truncate">{t(`start.status.${status.kind}`)}</span>
          </span>
          <span className={`shrink-0 ${isLive ? '' : 'invisible'}`} data-testid="online">
            <span className="numbers text-[13px]">{number(board.online)}</span>
            <span>{` ${t('start.online', { count: board.online })}`}</span>
          </span>
        </span>
      </span>
    </a>
  )
}
