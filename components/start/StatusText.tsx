'use client'

import { useEffect, useState } from 'react'
import type { PageWords } from '../../lib/words/page-words.ts'
import { momentText, timeLeftText } from '../../lib/words/times.ts'
import { useWords } from '../language.tsx'
import type { BoardStatus } from './board-status.ts'

const dayMs = 86_400_000

/** The time of the server, each second. Null until the page runs, because only the browser knows the visitor's time zone. */
const useServerNow = (clockOffsetMs: number | null, isNeeded: boolean): number | null => {
  const [nowMs, setNowMs] = useState<number | null>(null)
  useEffect(() => {
    if (clockOffsetMs === null || !isNeeded) return
    const tick = () => setNowMs(Date.now() + clockOffsetMs)
    tick()
    const timer = setInterval(tick, 1_000)
    return () => clearInterval(timer)
  }, [clockOffsetMs, isNeeded])
  return nowMs
}

const textOf = (words: PageWords, { kind, atMs, nowMs }: { kind: BoardStatus['kind']; atMs: number | null; nowMs: number | null }) => {
  const { t } = words
  if (atMs === null || nowMs === null) return t(`start.status.${kind}`)
  if (kind === 'open') return t('start.openUntil', { moment: momentText(words, atMs, nowMs) })
  return atMs <= nowMs ? t('start.opensSoon') : t('start.opens', { moment: momentText(words, atMs, nowMs) })
}

/** What a board is doing, and until when or from when. The last day before the opening is counted down. */
export const StatusText = ({ status, clockOffsetMs }: { status: BoardStatus; clockOffsetMs: number | null }) => {
  const words = useWords()
  const at = status.kind === 'opens' ? status.opensAt : status.kind === 'open' ? status.closesAt : null
  const atMs = at === null ? null : Date.parse(at)
  const nowMs = useServerNow(clockOffsetMs, atMs !== null)
  const text = textOf(words, { kind: status.kind, atMs, nowMs })
  const leftMs = status.kind === 'opens' && atMs !== null && nowMs !== null ? atMs - nowMs : null
  return (
    <span className="min-w-0">
      {at === null ? (
        <span suppressHydrationWarning>{text}</span>
      ) : (
        <time dateTime={at} suppressHydrationWarning>
          {text}
        </time>
      )}
      {leftMs !== null && leftMs > 0 && leftMs < dayMs ? (
        <span role="timer">
          <span>{` ${words.t('start.opensIn')} `}</span>
          <span className="numbers" data-testid="opens-in">
            {timeLeftText(words, leftMs)}
          </span>
        </span>
      ) : null}
    </span>
  )
}
