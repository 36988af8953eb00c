/**
 * Caches the canvases, because every answer to a placement needs their palette and size.
 *
 * An answer is at most `maxAgeMs` old, and `forget` makes the cache read the store again at once. The store decides placements on its own canvas inside the
 * transaction, so an old canvas here can make an answer late, never wrong. While the store is down or slow, cached canvases are still returned.
 */
import { LRUCache } from 'lru-cache'
import { asCanvasId, type CanvasId } from '../../lib/brand.ts'
import { type Canvas, canvasIdPattern } from '../../lib/canvas.ts'
import { within } from '../clock.ts'
import type { Store } from './port.ts'

export interface CanvasCache {
  /** Null when there is none. Takes any string. Rejects with a `StoreError` when the store fails and the canvas is not cached. */
  get(id: string): Promise<Canvas | null>
  /** In the order in which they were created. */
  list(): Promise<readonly Canvas[]>
  /** The canvas changed: the next `get` and `list` read the store. */
  forget(id: CanvasId): void
}

const maxAgeMs = 1_000
/** Ids of requests, which need not be ids of canvases (A6). */
const maxEntries = 1_000
/** How long a request waits for the store when the cache has a value that is only old. */
const patienceMs = 250

interface Cached<Value> {
  get(): Promise<Value>
  forget(): void
}

const createCached = <Value>(read: () => Promise<Value>, now: () => number): Cached<Value> => {
  let known: { value: Value; readAtMs: number } | null = null
  let isForgotten = false
  /** Requests of the same time share one call of the store. */
  let reading: Promise<Value> | null = null

  const startReading = () => {
    const readAtMs = now()
    const call: Promise<Value> = read()
      .then((value) => {
        // After `forget`, a call that began before the change may have the old value.
        if (reading === call) [known, isForgotten] = [{ value, readAtMs }, false]
        return value
      })
      .finally(() => {
        if (reading === call) reading = null
      })
    return call
  }

  return {
    async get() {
      if (known && !isForgotten && now() - known.readAtMs < maxAgeMs) return known.value
      reading ??= startReading()
      if (!known?.value) return reading
      const { value } = known
      return (isForgotten ? reading : within(patienceMs, reading, () => new Error('late'))).catch(() => value)
    },
    forget() {
      isForgotten = true
      reading = null
    },
  }
}

/** `now` need not be the time of day: it measures ages. */
export const createCanvasCache = ({ store, now }: { store: Store; now: () => number }): CanvasCache => {
  const entries = new LRUCache<string, Cached<Canvas | null>>({ max: maxEntries })
  const list = createCached<readonly Canvas[]>(() => store.listCanvases(), now)
  return {
    async get(id) {
      if (!canvasIdPattern.test(id)) return null
      const entry = entries.get(id) ?? createCached(() => store.getCanvas(asCanvasId(id)), now)
      entries.set(id, entry)
      return entry.get()
    },
    list: list.get,
    forget(id) {
      entries.get(id)?.forget()
      list.forget()
    },
  }
}
