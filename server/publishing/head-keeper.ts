/**
 * Raises the stream's heads to those of the store. A stream that lost its heads (a flush, an older file) gets a tile's head back with the tile's
 * next commit. On a quiet tile there is no next commit, and projectors read lost entries only up to the stream's heads.
 *
 * Each publishing process runs a head keeper. Any number may run, because raising a head to a published seq changes nothing else.
 */
import { repeatEvery, type Service } from '../lifecycle.ts'
import type { Logger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'
import { primeStream } from './prime-stream.ts'

const everyMs = 5_000
/** While more commits wait than this, the publishers raise the heads, and the keeper raises the rest afterwards. */
const lookAhead = 256

interface HeadKeeperOptions {
  readonly store: Store
  readonly stream: EventStream
  readonly logger: Logger
}

export class HeadKeeper implements Service {
  readonly name = 'head-keeper'
  readonly #options: HeadKeeperOptions

  constructor(options: HeadKeeperOptions) {
    this.#options = options
  }

  run(signal: AbortSignal) {
    const step = () => this.step()
    // The publisher logs that the store or the stream is unavailable.
    const onError = (err: unknown) => this.#options.logger.debug({ event: 'heads_not_kept', err })
    return repeatEvery({ everyMs, signal, step, onError })
  }

  async step() {
    const { store, stream } = this.#options
    for (const canvas of await store.listCanvases()) {
      // The stream is read last, so that it has every commit that the store shows as published, unless it lost data.
      const heads = await store.readHeads(canvas.id)
      const streamHeads = await stream.heads(canvas.id)
      const isAway = stream.outage()
      const isBehind = [...heads].some(([tile, head]) => (streamHeads.get(tile) ?? 0) < head && !isAway?.({ canvas: canvas.id, tile }))
      if (isBehind) await primeStream({ store, stream, canvas, lookAhead })
    }
  }
}
