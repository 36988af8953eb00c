/**
 * Caches the canvases, because every answer to a placement needs their palette and size.
 *
 * An answer is at most a second old (`cached.ts`). The store decides placements on its own canvas inside the transaction, so an old canvas here can make
 * an answer late, never wrong.
 */
import { LRUCache } from 'lru-cache'
import { asCanvasId, type CanvasId } from '../../lib/brand.ts'
import { type Canvas, canvasIdPattern } from '../../lib/canvas.ts'
import { isGone } from '../../lib/erasing.ts'
import { type Cached, createCached } from './cached.ts'
import type { Store } from './port.ts'

export interface CanvasCache {
  /** Null when there is none, or it is being deleted. Takes any string. Rejects with a `StoreError` when the store fails and the canvas is not cached. */
  get(id: string): Promise<Canvas | null>
  /** In the order in which they were created. */
  list(): Promise<readonly Canvas[]>
  /** The canvas changed: the next `get` and `list` read the store. */
  forget(id: CanvasId): void
  /** The canvas may have changed. */
  renew(id: CanvasId): void
}

/** As `get`, but does not trust a cached canvas that does not pass: it may have grown since. */
export const canvasWith = async (
  canvases: Pick<CanvasCache, 'get' | 'renew'>,
  id: string,
  passes: (canvas: Canvas) => boolean,
): Promise<Canvas | null> => {
  const canvas = await canvases.get(id)
  if (!canvas || passes(canvas)) return canvas
  canvases.renew(canvas.id)
  return canvases.get(id)
}

/** Ids of requests, which need not be ids of canvases (A6). */
const maxEntries = 1_000

/** `now` need not be the time of day: it measures ages. */
export const createCanvasCache = ({ store, now }: { store: Store; now: () => number }): CanvasCache => {
  const entries = new LRUCache<string, Cached<Canvas | null>>({ max: maxEntries })
  const read = async (id: CanvasId) => {
    const canvas = await store.getCanvas(id)
    return isGone(canvas) ? null : canvas
  }
  const list = createCached<readonly Canvas[]>(async () => (await store.listCanvases()).filter((canvas) => !isGone(canvas)), now)
  return {
    async get(id) {
      if (!canvasIdPattern.test(id)) return null
      const entry = entries.get(id) ?? createCached(() => read(asCanvasId(id)), now)
      entries.set(id, entry)
      return entry.get()
    },
    list: list.get,
    forget(id) {
      entries.get(id)?.forget()
      list.forget()
    },
    renew: (id) => entries.get(id)?.renew(),
  }
}
