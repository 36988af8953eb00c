/**
 * The ages of a tile's pixels for requests: one read for all that ask at the same time, kept for longer the longer it took. A read takes one of the slots for
 * expensive reads, and a turn among costly work.
 */
import { LRUCache } from 'lru-cache'
import type { ExpensiveReads } from '../limits/expensive-reads.ts'
import type { Parsed } from '../parse.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { CostlyWork } from './costly-work.ts'
import { compress, type Encoding } from './encodings.ts'

export const agesLimits = {
  keepMs: 2_000,
  /** Reading the ages of a tile takes at most this part of a thread. */
  keepFactor: 20,
  maxBytes: 32 * 2 ** 20,
} as const

export interface TileAges {
  readonly epoch: string
  /** The time from which the ages count. */
  readonly atMs: number
  readonly codes: Uint8Array
}

interface Kept {
  readonly ages: TileAges
  readonly untilMs: number
  readonly compressed: Map<Encoding, Promise<Uint8Array>>
}

export interface TileAgesOptions {
  readonly store: Pick<Store, 'readAges'>
  readonly expensiveReads: ExpensiveReads
  readonly costly: Pick<CostlyWork, 'part'>
  readonly now: () => number
  readonly monotonicNow: () => number
}

export interface WrittenAges extends TileAges {
  readonly bytes: Uint8Array
}

type Read = Parsed<Kept | null>

export const createTileAges = ({ store, expensiveReads, costly, now, monotonicNow }: TileAgesOptions) => {
  const kept = new LRUCache<string, Kept>({ maxSize: agesLimits.maxBytes, sizeCalculation: ({ ages }) => 2 * ages.codes.length })
  const reading = new Map<string, Promise<Read>>()

  const read = async (key: string, ref: TileRef, address: string): Promise<Read> => {
    const made = await expensiveReads.run(address, () =>
      costly.part(async () => {
        const [startedMs, atMs] = [monotonicNow(), now()]
        const found = await store.readAges({ ...ref, nowMs: atMs })
        return found && { found, atMs, tookMs: monotonicNow() - startedMs }
      }),
    )
    if (!made.ok) return made
    if (!made.value) return { ok: true, value: null }
    const { found, atMs, tookMs } = made.value
    const untilMs = monotonicNow() + Math.max(agesLimits.keepMs, tookMs * agesLimits.keepFactor)
    const value = { ages: { ...found, atMs }, untilMs, compressed: new Map() }
    kept.set(key, value)
    return { ok: true, value }
  }

  const find = (ref: TileRef, address: string): Promise<Read> => {
    const key = `${ref.canvas}/${ref.tile}`
    const known = kept.get(key)
    if (known && monotonicNow() < known.untilMs) return Promise.resolve({ ok: true, value: known })
    const current = reading.get(key) ?? read(key, ref, address).finally(() => reading.delete(key))
    reading.set(key, current)
    return current
  }

  return {
    /** Null when there is no such tile. */
    async get(ref: TileRef, options: { encoding: Encoding; address: string }): Promise<Parsed<WrittenAges | null>> {
      const found = await find(ref, options.address)
      if (!found.ok || !found.value) return found as Parsed<null>
      const { ages, compressed } = found.value
      const { encoding } = options
      const written = compressed.get(encoding) ?? compress(encoding, ages.codes, 'quick')
      compressed.set(encoding, written)
      return { ok: true, value: { ...ages, bytes: await written } }
    },
  }
}
