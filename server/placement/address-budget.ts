/**
 * Limits all painters of one address to the charges of `painters` of them, because anyone may create any number of guests.
 *
 * A budget starts full and grows like the charges of that many painters, so fewer painters never reach the limit. It is in this process's
 * memory, for each canvas. Only saved pixels count.
 */
import { LRUCache } from 'lru-cache'
import type { Canvas } from '../../lib/canvas.ts'
import type { Allowance } from '../../lib/plan-group.ts'
import { limitPrefixes } from '../limits/address-prefixes.ts'

/** An evicted budget is full again (A6). */
const maxBudgets = 10_000

/** In milliseconds of growth. A pixel costs `cooldownMs / painters`. */
interface Budget {
  readonly leftMs: number
  readonly atMs: number
  readonly cooldownMs: number
}

interface Rules {
  readonly cooldownMs: number
  readonly mostMs: number
  readonly msPerPixel: number
}

export interface PaintBudget {
  allowance(): Allowance
  spend(pixels: number): void
}

export interface AddressBudgets {
  /** Null if there is no limit. */
  of(address: string, canvas: Pick<Canvas, 'id' | 'cooldownMs' | 'maxCharges'>): PaintBudget | null
}

export const createAddressBudgets = (options: { painters: number; monotonicNow: () => number }): AddressBudgets => {
  const { painters, monotonicNow: now } = options
  const budgets = new LRUCache<string, Budget>({ max: maxBudgets })

  const single = (key: string, { cooldownMs, mostMs, msPerPixel }: Rules): PaintBudget => {
    const read = (): Budget => {
      const atMs = now()
      const known = budgets.get(key)
      if (!known) return { leftMs: mostMs, atMs, cooldownMs }
      // After a change of the cooldown as many pixels are left as before, because the painters keep their charges, too.
      const leftMs = known.leftMs * (cooldownMs / known.cooldownMs)
      return { leftMs: Math.min(mostMs, leftMs + atMs - known.atMs), atMs, cooldownMs }
    }
    return {
      allowance() {
        const { leftMs } = read()
        const pixels = Math.max(0, Math.floor(leftMs / msPerPixel))
        return { key, pixels, retryAfterMs: Math.max(1, Math.ceil((pixels + 1) * msPerPixel - leftMs)) }
      },
      spend(pixels) {
        const { leftMs, ...rest } = read()
        if (pixels > 0) budgets.set(key, { leftMs: leftMs - pixels * msPerPixel, ...rest })
      },
    }
  }

  return {
    of(address, { id, cooldownMs, maxCharges }) {
      if (painters === 0 || cooldownMs === 0) return null
      const mostMs = cooldownMs * maxCharges
      const all = limitPrefixes(address).map(({ key, factor }) =>
        single(`${key} ${id}`, { cooldownMs, mostMs, msPerPixel: cooldownMs / (painters * factor) }),
      )
      return {
        allowance: () => all.map((each) => each.allowance()).reduce((least, each) => (each.pixels < least.pixels ? each : least)),
        spend: (pixels) => all.forEach((each) => void each.spend(pixels)),
      }
    },
  }
}
