/**
 * The canvases, without asking the store for each request: their palette and size stand in every answer to a placement.
 *
 * What is answered is at most `maxAgeMs` old, and a signal that a canvas changed makes it forget at once. A placement is decided
 * on the store's own canvas inside the transaction, so an old copy can make an answer late, never wrong. While the store is
 * down, or does not answer soon, what is known goes on being answered: looking does not need the store.
 */
import { LRUCache } from 'lru-cache'
import { asCanvasId, type CanvasId } from '../../lib/brand.ts'
import { type Canvas, canvasIdPattern } from '../../lib/canvas.ts'
import { within } from '../clock.ts'
import type { Store } from './port.ts'

export interface CanvasCache {
  /** Null when there is none. Takes any string. Rejects with a `StoreError` when the store is down and the canvas was never seen. */
  get(id: string): Promise<Canvas | null>
  /** In the order in which they were made. */
  list(): Promise<readonly Canvas[]>
  /** The canvas changed: ask again. */
  forget(id: CanvasId): void
}

interface Entry {
  readonly canvas: Canvas | null
  /** The canvas, as whoever asks gets it. */
  readonly answer: Promise<Canvas | null>
  readonly readAtMs: number
}

/** Ids that somebody asked for, most of which may be no canvas at all (A6). */
const maxEntries = 1_000
/** How long a question is waited for when an answer is known that was not taken back. */
const patienceMs = 250

const none = Promise.resolve(null)

/** `now` need not be the time: it is for ages only. */
export const createCanvasCache = (options: { store: Store; now: () => number; maxAgeMs?: number }): CanvasCache => {
  const { store, now, maxAgeMs = 1_000 } = options
  const entries = new LRUCache<string, Entry>({ max: maxEntries })
  /** One question per id at a time, shared by all who ask. */
  const asking = new Map<string, Promise<Canvas | null>>()
  let listed: { canvases: readonly Canvas[]; readAtMs: number } | null = null
  /** An answer that was on its way while a canvas changed may be from before the change, and is not kept. */
  let changes = 0

  const ask = async (id: string, known: Entry | undefined) => {
    const [readAtMs, changesBefore] = [now(), changes]
    try {
      const canvas = await store.getCanvas(asCanvasId(id))
      if (changes === changesBefore) entries.set(id, { canvas, answer: Promise.resolve(canvas), readAtMs })
      return canvas
    } catch (error) {
      if (known?.canvas) return known.canvas
      throw error
    }
  }

  const startAsking = (id: string, known: Entry | undefined) => {
    const question = ask(id, known).finally(() => {
      if (asking.get(id) === question) asking.delete(id)
    })
    asking.set(id, question)
    return question
  }

  const list = async () => {
    const [readAtMs, changesBefore] = [now(), changes]
    const canvases = await store.listCanvases()
    if (changes === changesBefore) listed = { canvases, readAtMs }
    return canvases
  }

  return {
    get(id) {
      const known = entries.get(id)
      if (known && now() - known.readAtMs < maxAgeMs) return known.answer
      if (!canvasIdPattern.test(id)) return none
      const question = asking.get(id) ?? startAsking(id, known)
      if (!known?.canvas || known.readAtMs === Number.NEGATIVE_INFINITY) return question
      return within(patienceMs, question, () => new Error('late')).catch(() => known.canvas)
    },
    async list() {
      if (listed && now() - listed.readAtMs < maxAgeMs) return listed.canvases
      const known = listed?.canvases
      return known ? within(patienceMs, list(), () => new Error('late')).catch(() => known) : list()
    },
    forget(id) {
      changes++
      asking.delete(id)
      listed = null
      const known = entries.get(id)
      if (known) entries.set(id, { ...known, readAtMs: Number.NEGATIVE_INFINITY })
    },
  }
}
