/**
 * Tells a stream that knows nothing (a fresh process, a flushed Redis) where the tiles of a canvas stand, so that publishing
 * goes on at the first commit that was not published instead of repeating the log. Whoever follows the stream finds older
 * commits in the store: a lost entry costs a read there, never a pixel.
 */

import { asSeq, type Seq, type TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { maxPagePixels, type Store } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'

/** So many commits only wait after a long outage. */
const maxLookAhead = 10_000

export const primeStream = async (options: { store: Store; stream: EventStream; canvas: Canvas; lookAhead?: number }) => {
  const { store, stream, canvas, lookAhead = maxLookAhead } = options
  await stream.adopt(canvas.id, canvas.epoch)
  const heads = await store.readHeads(canvas.id)
  const unpublished = await store.getUnpublished({ limit: lookAhead })
  // When more commits wait than were looked at, a tile that is not among them may have some, so its head says nothing about
  // where the stream should stand. The publisher seeds it when it comes to the first of them.
  const pixels = unpublished.reduce((sum, commit) => sum + commit.pixels.length, 0)
  const isAll = unpublished.length < lookAhead && pixels < maxPagePixels
  const streamHeads = new Map<TileNumber, Seq>(isAll ? heads : [])
  for (const commit of unpublished) {
    if (commit.canvas !== canvas.id) continue
    streamHeads.set(commit.tile, asSeq(Math.min(commit.seq - 1, streamHeads.get(commit.tile) ?? commit.seq)))
  }
  for (const [tile, head] of streamHeads) await stream.seed({ canvas: canvas.id, tile, epoch: canvas.epoch, head })
}
