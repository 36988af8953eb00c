/**
 * Reads that take much time or memory: boards of the past, ages of pixels, pictures that are made as a whole. A process makes two at a time. A read
 * beyond that is refused and not queued, so that a crowd of them cannot use up the memory (A6).
 */
import type { Refusal } from '../../lib/refusal.ts'
import type { Parsed } from '../parse.ts'
import { createSharedCounts } from './address-counts.ts'

/** One address holds one slot, so that it cannot keep out all others. */
export const expensiveReadSlots = { ofAddress: 1, ofProcess: 2 } as const

const refusals: Readonly<Record<'address' | 'process', Refusal>> = {
  address: { code: 'rate_limited', detail: 'This address is waiting for an expensive read already.', retryAfterMs: 1_000 },
  process: { code: 'overloaded', detail: 'Too many expensive reads at once. Try again in a moment.', retryAfterMs: 1_000 },
}

/** `countsAddresses`: whether the slots of one address are bounded. */
export const createExpensiveReads = ({ countsAddresses }: { countsAddresses: boolean }) => {
  const slots = createSharedCounts(expensiveReadSlots, countsAddresses)
  return {
    async run<Value>(address: string, read: () => Promise<Value>): Promise<Parsed<Value>> {
      const full = slots.take(address)
      if (full) return { ok: false, refusal: refusals[full] }
      try {
        return { ok: true, value: await read() }
      } finally {
        slots.release(address)
      }
    },
  }
}

export type ExpensiveReads = ReturnType<typeof createExpensiveReads>
