'use client'

import { CalendarPlus } from 'lucide-react'
import type { PageWords } from '../../lib/words/page-words.ts'
import { momentText, timeLeftText } from '../../lib/words/times.ts'
import { useWords } from '../language.tsx'
import type { BoardState } from './board-state.ts'
import { useCanvasParts, useSession } from './canvas-context.ts'
import { useSecondsUntil } from './use-server-time.ts'

const dots: Record<BoardState['kind'], string> = {
  open: 'rounded-full bg-verdigris',
  paused: 'rounded-full bg-ochre',
  opens: 'rounded-full bg-ochre',
  starting_over: 'rounded-full bg-ochre breathing',
  closed: 'rounded-[2px] bg-muted',
  archived: 'rounded-[2px] bg-muted',
}

const sentence = (words: PageWords, state: BoardState, { isDue, nowMs }: { isDue: boolean; nowMs: number }) => {
  switch (state.kind) {
    case 'open':
      return ''
    case 'paused':
    case 'closed':
    case 'starting_over':
      return words.t(`boardState.${state.kind}`)
    case 'archived':
      return words.t('boardState.archived', { at: new Date(state.atMs) })
    case 'opens':
      return isDue ? words.t('boardState.opensSoon') : words.t('boardState.opens', { moment: momentText(words, state.atMs, nowMs) })
  }
}

const CalendarLink = () => {
  const { t } = useWords()
  const id = useSession((state) => state.canvas?.id ?? '')
  return (
    <a
      href={`/api/canvases/${encodeURIComponent(id)}/calendar.ics`}
      title={t('boardState.calendarHint')}
      className="flex h-9 shrink-0 items-center gap-2 rounded-button border border-line px-3 font-medium whitespace-nowrap hover:bg-ink/6 pointer-coarse:h-[44px]"
    >
      <CalendarPlus size={17} strokeWidth={1.8} aria-hidden />
      <span>{t('boardState.calendar')}</span>
    </a>
  )
}

/** Why nobody can paint now, in place of the palette. */
export const BoardStateLine = ({ state }: { state: BoardState }) => {
  const words = useWords()
  const { serverNow } = useCanvasParts().session
  const opensAtMs = state.kind === 'opens' ? state.atMs : null
  const seconds = useSecondsUntil(opensAtMs)
  const isDue = seconds !== null && seconds <= 0
  return (
    <div
      className="flex min-h-[64px] flex-wrap items-center justify-between gap-x-5 gap-y-2 px-4 py-3 short:min-h-0 short:py-2"
      data-testid="board-state"
      data-state={state.kind}
    >
      <div className="flex min-w-0 items-center gap-2.5">
        <span aria-hidden className={`size-2.5 shrink-0 ${dots[state.kind]}`} />
        <p className="text-pretty">
          <span role="status">{sentence(words, state, { isDue, nowMs: serverNow() })}</span>
          {/* Outside the status: screen readers would read each second. */}
          {seconds !== null && !isDue && (
            <span role="timer" className="text-muted max-sm:block">
              <span>{` ${words.t('boardState.opensIn')} `}</span>
              <span className="numbers" data-testid="opens-in">
                {timeLeftText(words, seconds * 1_000)}
              </span>
            </span>
          )}
        </p>
      </div>
      {opensAtMs !== null && !isDue && <CalendarLink />}
    </div>
  )
}
