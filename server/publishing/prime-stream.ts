/**
 * Sets the heads of a stream that has none, such as a new process or a flushed Redis. Publishing then continues at the first unpublished commit, and
 * consumers read older commits from the store.
 */

import { asSeq, type Epoch, type Seq, type TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { maxPagePixels, type Store } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'

/** More commits than this wait only after a long outage. */
const maxLookAhead = 10_000

export interface PrimeOptions {
  readonly store: Store
  readonly stream: EventStream
  readonly canvas: Canvas
  readonly lookAhead?: number
  /** The stream's epoch that the canvas's epoch replaces (default: none). */
  readonly from?: Epoch | null
}

export const primeStream = async (options: PrimeOptions) => {
  const { store, stream, canvas, lookAhead = maxLookAhead, from = null } = options
  await stream.adopt(canvas.id, canvas.epoch, from)
  const heads = await store.readHeads(canvas.id)
  const unpublished = await store.getUnpublished({ limit: lookAhead })
  // When more commits wait than were read, a tile may have unread ones, so its head is not the right seq for the stream. The publisher then
  // seeds the tile at the tile's first commit.
  const pixels = unpublished.reduce((sum, commit) => sum + commit.pixels.length, 0)
  const isAll = unpublished.length < lookAhead && pixels < maxPagePixels
  const streamHeads = new Map<TileNumber, Seq>(isAll ? heads : [])
  for (const commit of unpublished) {
    if (commit.canvas !== canvas.id) continue
    streamHeads.set(commit.tile, asSeq(Math.min(commit.seq - 1, streamHeads.get(commit.tile) ?? commit.seq)))
  }
  for (const [tile, head] of streamHeads) {
    if (!stream.outage()?.({ canvas: canvas.id, tile })) await stream.seed({ canvas: canvas.id, tile, epoch: canvas.epoch, head })
  }
}
