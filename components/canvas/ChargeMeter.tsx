'use client'

import { type ReactNode, useEffect, useState } from 'react'
import { countdownText } from '../../lib/words/page-words.ts'
import { useWords } from '../language.tsx'
import { useCanvasParts, useSession } from './canvas-context.ts'

const radius = 18
const length = 2 * Math.PI * radius

const Ring = ({ filled, children }: { filled: number; children: ReactNode }) => (
  <div className="relative grid size-11 shrink-0 place-items-center">
    <svg viewBox="0 0 44 44" className="absolute inset-0 -rotate-90" aria-hidden>
      <circle cx="22" cy="22" r={radius} fill="none" strokeWidth="3.5" className="stroke-line forced-colors:opacity-35" />
      <circle
        cx="22"
        cy="22"
        r={radius}
        fill="none"
        strokeWidth="3.5"
        strokeLinecap="round"
        strokeDasharray={length}
        strokeDashoffset={length * (1 - Math.min(1, Math.max(0, filled)))}
        className={`stroke-ultramarine transition-[stroke-dashoffset] duration-200 ${filled <= 0 ? 'opacity-0' : ''}`}
      />
    </svg>
    <span className="numbers text-[15px] font-semibold">{children}</span>
  </div>
)

/** The time until `dueAtMs` of the session's clock, updated five times a second; null if `dueAtMs` is null. */
const useCountdown = (dueAtMs: number | null): number | null => {
  const { now } = useCanvasParts().session
  const [left, setLeft] = useState<number | null>(null)
  useEffect(() => {
    if (dueAtMs === null) return setLeft(null)
    const tick = () => setLeft(Math.max(0, dueAtMs - now()))
    tick()
    const timer = setInterval(tick, 200)
    return () => clearInterval(timer)
  }, [dueAtMs, now])
  return left
}

interface MeterProps {
  readonly filled: number
  readonly count: ReactNode
  /** Absent in the compact form. */
  readonly text: ReactNode
  readonly 'data-testid'?: string
}

const Meter = ({ filled, count, text, ...rest }: MeterProps) => (
  <div className="flex items-center gap-3" {...rest}>
    <Ring filled={filled}>{count}</Ring>
    {text && <div className="leading-tight">{text}</div>}
  </div>
)

/** The painter's charges, and the time until the next one, which counts down without the server. */
export const ChargeMeter = ({ compact = false }: { compact?: boolean }) => {
  const words = useWords()
  const { t } = words
  const charges = useSession((state) => state.charges)
  const cooldownMs = useSession((state) => state.canvas?.cooldownMs ?? 0)
  const pending = useSession((state) => state.pending)
  const offline = useSession((state) => state.connection.state === 'offline')
  const leftMs = useCountdown(charges?.nextChargeInMs == null ? null : charges.receivedAtMs + charges.nextChargeInMs)
  const waiting = pending > 0 && offline ? t('charges.waiting', { count: pending }) : null

  if (!charges) {
    const text = !compact && <p className="text-muted">{waiting ?? t('charges.loading')}</p>
    return <Meter filled={0} count={<span className="breathing text-muted">·</span>} text={text} />
  }
  if (charges.available === null) {
    const text = !compact && (
      <>
        <p className="font-semibold">{t('charges.unlimited')}</p>
        <p className="text-[12.5px] text-muted">{waiting ?? t('charges.unlimitedHint')}</p>
      </>
    )
    return <Meter filled={1} count="∞" text={text} />
  }
  const { available, max } = charges
  const growing = leftMs === null || cooldownMs === 0 ? 0 : 1 - leftMs / cooldownMs
  const isCounting = waiting === null && leftMs !== null
  const text = !compact && (
    <div className="min-w-[104px] whitespace-nowrap">
      <p className="font-semibold">{t('charges.available', { available, max })}</p>
      <p className="mt-0.5 text-[12.5px] text-muted">
        <span>{waiting ?? t(isCounting ? 'charges.next' : available < max ? 'charges.resting' : 'charges.full')}</span>
        {isCounting && <span className="numbers">{` ${countdownText(words, leftMs)}`}</span>}
      </p>
    </div>
  )
  return <Meter filled={(available + growing) / max} count={words.number(available)} text={text} data-testid="charges" />
}
