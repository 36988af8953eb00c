'use client'

import { Undo2 } from 'lucide-react'
import { Tooltip } from 'radix-ui'
import { useEffect, useState } from 'react'
import { useWords } from '../language.tsx'
import { TooltipBubble } from '../ui/TooltipBubble.tsx'
import { useCanvasParts, useSession, useShortcut } from './canvas-context.ts'

const radius = 16
const length = 2 * Math.PI * radius

/** The time until `untilMs` of the server's clock; null without one. */
const useTimeLeft = (untilMs: number | null): number | null => {
  const { serverNow } = useCanvasParts().session
  const left = untilMs === null ? null : Math.max(0, untilMs - serverNow())
  const [, setTick] = useState(0)
  useEffect(() => {
    if (untilMs === null) return
    const timer = setInterval(() => setTick((tick) => tick + 1), 200)
    return () => clearInterval(timer)
  }, [untilMs])
  return left
}

const Ring = ({ filled }: { filled: number }) => (
  <span className="relative grid size-9 shrink-0 place-items-center">
    <svg viewBox="0 0 36 36" className="absolute inset-0 -rotate-90" aria-hidden>
      <circle cx="18" cy="18" r={radius} fill="none" strokeWidth="2.5" className="stroke-line forced-colors:opacity-35" />
      <circle
        cx="18"
        cy="18"
        r={radius}
        fill="none"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray={length}
        strokeDashoffset={length * (1 - filled)}
        className={`stroke-ultramarine ${filled <= 0 ? 'opacity-0' : ''}`}
      />
    </svg>
    <Undo2 size={17} strokeWidth={1.8} aria-hidden />
  </span>
)

/** Takes back the newest step. The ring shows the time that is left for it. A disabled button says why. */
export const UndoButton = ({ compact = false }: { compact?: boolean }) => {
  const { t } = useWords()
  const { session } = useCanvasParts()
  const undo = useSession((state) => state.undo)
  const windowMs = useSession((state) => state.canvas?.undoMs ?? 0)
  const shortcut = useShortcut('undo')
  const leftMs = useTimeLeft(undo?.untilMs ?? null)
  const label = undo ? t('undo.action', { count: undo.count }) : t(windowMs === 0 ? 'undo.off' : 'undo.nothing')
  const filled = !undo ? 0 : leftMs === null ? 1 : Math.min(1, leftMs / Math.max(1, windowMs))
  const left = undo && (leftMs === null ? t('undo.waiting') : t('undo.left', { seconds: Math.ceil(leftMs / 1_000) }))
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        {/* Not `disabled`: a button that cannot be reached could not say why. */}
        <button
          type="button"
          aria-disabled={!undo}
          onClick={() => session.undo()}
          data-testid="undo"
          data-state={undo ? 'ready' : windowMs === 0 ? 'off' : 'empty'}
          className="relative flex min-h-[44px] min-w-[44px] shrink-0 items-center justify-center gap-2 rounded-button px-1 text-start transition-colors hover:bg-ink/6 aria-disabled:text-muted"
        >
          <Ring filled={filled} />
          {/* The time would be read again and again. */}
          <span className="sr-only">{label}</span>
          {!compact && (
            <span aria-hidden className="min-w-[76px] leading-tight">
              <span className="flex items-center gap-1.5 font-semibold whitespace-nowrap">
                <span>{undo ? t('undo.short', { count: undo.count }) : t('undo.name')}</span>
                {shortcut && (
                  <kbd translate="no" className="numbers rounded-[4px] border border-line px-1 font-normal text-[11px] text-muted">
                    {shortcut}
                  </kbd>
                )}
              </span>
              <span className="numbers block min-h-[1.2em] text-[12.5px] text-muted">{left}</span>
            </span>
          )}
        </button>
      </Tooltip.Trigger>
      <TooltipBubble>
        <span>{label}</span>
        {left && <span className="numbers">{left}</span>}
      </TooltipBubble>
    </Tooltip.Root>
  )
}
