/**
 * Keeps the stream's heads where the store's are. A stream that has lost them (a flush, an older file) learns a tile's from the tile's next commit; where
 * nobody paints any more there is none, and whoever goes by the heads would wait for ever: projectors take in what the stream has lost only up to them.
 *
 * One per publishing process. Raising a head to what is published changes nothing else, so any number of them may do it.
 */
import type { Seq, TileNumber } from '../../lib/brand.ts'
import { type Service, sleep } from '../lifecycle.ts'
import type { Logger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'
import { primeStream } from './prime-stream.ts'

const everyMs = 5_000
/** While more waits than this the publishers are at it, and the heads that they do not reach are seen to afterwards. */
const lookAhead = 256

export class HeadKeeper implements Service {
  readonly name = 'head-keeper'
  readonly #options: { readonly store: Store; readonly stream: EventStream; readonly logger: Logger }

  constructor(options: { store: Store; stream: EventStream; logger: Logger }) {
    this.#options = options
  }

  async run(signal: AbortSignal) {
    while (!signal.aborted) {
      await sleep(everyMs, signal)
      if (signal.aborted) return
      try {
        await this.step()
      } catch (error) {
        // The publisher tells that the store or the stream is away; there is nothing to keep meanwhile.
        this.#options.logger.debug({ event: 'heads_not_kept', err: error })
      }
    }
  }

  async step() {
    const { store, stream } = this.#options
    for (const canvas of await store.listCanvases()) {
      // The stream last: what the store has published before is in it by then, unless it was lost.
      const heads = await store.readHeads(canvas.id)
      const streamHeads = await stream.heads(canvas.id)
      if (isBehind(streamHeads, heads)) await primeStream({ store, stream, canvas, lookAhead })
    }
  }
}

const isBehind = (streamHeads: ReadonlyMap<TileNumber, Seq>, heads: ReadonlyMap<TileNumber, Seq>) =>
  [...heads].some(([tile, head]) => (streamHeads.get(tile) ?? 0) < head)
