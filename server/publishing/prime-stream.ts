/**
 * Tells a stream that knows nothing (a fresh process, a flushed Redis) where the tiles of a canvas stand, so that publishing
 * goes on at the first commit that was not published instead of repeating the log. Whoever follows the stream finds older
 * commits in the store: a lost entry costs a read there, never a pixel.
 */

import { asSeq, type Seq, type TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { Store } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'

/** More unpublished commits than this are only possible after a long outage; then the stream's gaps are healed as usual. */
const maxLookAhead = 10_000

export const primeStream = async ({ store, stream, canvas }: { store: Store; stream: EventStream; canvas: Canvas }) => {
  await stream.adopt(canvas.id, canvas.epoch)
  const tails = new Map<TileNumber, Seq>(await store.readHeads(canvas.id))
  for (const commit of await store.getUnpublished({ limit: maxLookAhead })) {
    if (commit.canvas !== canvas.id) continue
    tails.set(commit.tile, asSeq(Math.min(commit.seq - 1, tails.get(commit.tile) ?? commit.seq)))
  }
  for (const [tile, tail] of tails) await stream.seed({ canvas: canvas.id, tile, epoch: canvas.epoch, tail })
}
