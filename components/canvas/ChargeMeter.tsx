'use client'

import { countdownText } from '../../lib/words/page-words.ts'
import { useWords } from '../language.tsx'
import { useSession } from './canvas-context.ts'
import { useCountdown } from './use-countdown.ts'

const radius = 18
const length = 2 * Math.PI * radius

const Ring = ({ filled, children }: { filled: number; children: React.ReactNode }) => (
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

/** The painter's charges, and the time until the next one, which counts down without the server. */
export const ChargeMeter = ({ compact = false }: { compact?: boolean }) => {
  const words = useWords()
  const { t } = words
  const charges = useSession((state) => state.charges)
  const cooldownMs = useSession((state) => state.canvas?.cooldownMs ?? 0)
  const pending = useSession((state) => state.pending)
  const offline = useSession((state) => state.connection.state === 'offline')
  const dueAtMs = charges?.nextChargeInMs == null ? null : charges.receivedAtMs + charges.nextChargeInMs
  const leftMs = useCountdown(dueAtMs)

  const waiting = pending > 0 && offline ? t('charges.waiting', { count: pending }) : null
  if (!charges) {
    return (
      <div className="flex items-center gap-3">
        <Ring filled={0}>
          <span className="breathing text-muted">·</span>
        </Ring>
        {!compact && <p className="text-muted">{waiting ?? t('charges.loading')}</p>}
      </div>
    )
  }
  if (charges.available === null) {
    return (
      <div className="flex items-center gap-3">
        <Ring filled={1}>∞</Ring>
        {!compact && (
          <div className="leading-tight">
            <p className="font-semibold">{t('charges.unlimited')}</p>
            <p className="text-[12.5px] text-muted">{waiting ?? t('charges.unlimitedHint')}</p>
          </div>
        )}
      </div>
    )
  }
  const all = t(charges.available < charges.max ? 'charges.resting' : 'charges.full')
  const growing = leftMs === null || cooldownMs === 0 ? 0 : 1 - leftMs / cooldownMs
  return (
    <div className="flex items-center gap-3" data-testid="charges">
      <Ring filled={(charges.available + growing) / charges.max}>{words.number(charges.available)}</Ring>
      {!compact && (
        <div className="min-w-[104px] leading-tight whitespace-nowrap">
          <p className="font-semibold">{t('charges.available', { available: charges.available, max: charges.max })}</p>
          <p className="mt-0.5 text-[12.5px] text-muted">
            <span>{waiting ?? (leftMs === null ? all : t('charges.next'))}</span>
            {waiting === null && leftMs !== null && <span className="numbers">{` ${countdownText(words, leftMs)}`}</span>}
          </p>
        </div>
      )}
    </div>
  )
}
