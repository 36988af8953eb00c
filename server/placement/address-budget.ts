/**
 * What the painters of one address may paint together: as much as `painters` of them. Guests cost nothing, so without this an
 * address could paint with as many as it likes.
 *
 * A budget is full at first and grows like the charges of that many painters, so up to that number nobody notices it. Kept in this
 * process's memory, for each canvas. Only pixels that were saved count, so a refusal for another reason costs nothing.
 */
import { LRUCache } from 'lru-cache'
import type { Canvas } from '../../lib/canvas.ts'
import type { Allowance } from '../../lib/plan-group.ts'
import { limitPrefixes } from '../limits/address-prefixes.ts'

/** Budgets that are remembered; a forgotten one is full again (A6). */
const maxBudgets = 10_000

/** Counted in milliseconds of growth, of which a pixel costs `cooldownMs / painters`. */
interface Budget {
  readonly leftMs: number
  readonly atMs: number
}

export interface PaintBudget {
  /** What is left now. */
  allowance(): Allowance
  /** So many pixels were saved. */
  spend(pixels: number): void
}

export interface AddressBudgets {
  /** Null where nothing is bounded. */
  of(address: string, canvas: Pick<Canvas, 'id' | 'cooldownMs' | 'maxCharges'>): PaintBudget | null
}

export const createAddressBudgets = (options: { painters: number; monotonicNow: () => number }): AddressBudgets => {
  const { painters, monotonicNow: now } = options
  const budgets = new LRUCache<string, Budget>({ max: maxBudgets })

  const single = (key: string, { mostMs, msPerPixel }: { mostMs: number; msPerPixel: number }): PaintBudget => {
    const read = (): Budget => {
      const nowMs = now()
      const known = budgets.get(key)
      return { leftMs: known ? Math.min(mostMs, known.leftMs + nowMs - known.atMs) : mostMs, atMs: nowMs }
    }
    return {
      allowance() {
        const { leftMs } = read()
        const pixels = Math.max(0, Math.floor(leftMs / msPerPixel))
        // Until one more than these has grown.
        return { key, pixels, retryAfterMs: Math.max(1, Math.ceil((pixels + 1) * msPerPixel - leftMs)) }
      },
      spend(pixels) {
        const { leftMs, atMs } = read()
        if (pixels > 0) budgets.set(key, { leftMs: leftMs - pixels * msPerPixel, atMs })
      },
    }
  }

  return {
    of(address, { id, cooldownMs, maxCharges }) {
      if (painters === 0 || cooldownMs === 0) return null
      const mostMs = cooldownMs * maxCharges
      const all = limitPrefixes(address).map(({ key, factor }) =>
        single(`${key} ${id}`, { mostMs, msPerPixel: cooldownMs / (painters * factor) }),
      )
      return {
        allowance: () => all.map((each) => each.allowance()).reduce((least, each) => (each.pixels < least.pixels ? each : least)),
        spend: (pixels) => all.forEach((each) => void each.spend(pixels)),
      }
    },
  }
}
