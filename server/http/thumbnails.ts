/**
 * Thumbnails of the canvases for lists of them. Requests of the same time share one, and it is kept for a while that grows with the time that it took. It is
 * not made again while nobody paints.
 */

import { LRUCache } from 'lru-cache'
import type { CanvasId, Epoch, Seq, TileNumber } from '../../lib/brand.ts'
import { type Canvas, canvasLimits } from '../../lib/canvas.ts'
import { isGone } from '../../lib/erasing.ts'
import type { LiveTiles } from '../broadcasting/port.ts'
import { thumbnailPng } from '../pictures/thumbnail.ts'
import type { Store } from '../store/port.ts'
import type { CostlyWork } from './costly-work.ts'
import { createKeptReads } from './kept-reads.ts'

export interface Thumbnail {
  readonly png: Uint8Array
  readonly etag: string
  readonly epoch: Epoch
  readonly rev: number
  /** The seqs of the tiles in it. */
  readonly seqs: ReadonlyMap<TileNumber, Seq>
}

export const thumbnailKeepMs = 3_000
/** Making thumbnails of a canvas takes at most this part of a thread. */
const keepFactor = 20

export interface ThumbnailsOptions {
  readonly liveTiles: Pick<LiveTiles, 'board'>
  readonly store: Pick<Store, 'getCanvas' | 'readHeads'>
  readonly costly: Pick<CostlyWork, 'part'>
  /** Milliseconds, for durations. */
  readonly now: () => number
}

/** Null when there is no such canvas. */
export const createThumbnails = ({ liveTiles, store, costly, now }: ThumbnailsOptions): ((id: CanvasId) => Promise<Thumbnail | null>) => {
  const made = new LRUCache<CanvasId, Thumbnail>({ max: canvasLimits.maxCanvases })

  const make = async (canvas: Canvas): Promise<Thumbnail> => {
    const seqs = new Map<TileNumber, Seq>()
    const boardOf = async (tile: TileNumber) => {
      const board = await liveTiles.board({ canvas: canvas.id, tile })
      if (!board) throw new Error('The canvas was removed while its thumbnail was made.')
      seqs.set(tile, board.seq)
      return board.colors
    }
    const png = await thumbnailPng({ canvas, boardOf, inTurn: costly.part })
    const sum = [...seqs.values()].reduce<number>((total, seq) => total + seq, 0)
    const thumbnail = { png, etag: `W/"${canvas.epoch}-${canvas.rev}-${sum}"`, epoch: canvas.epoch, rev: canvas.rev, seqs }
    made.set(canvas.id, thumbnail)
    return thumbnail
  }

  const read = async (id: CanvasId): Promise<Thumbnail | null> => {
    const [canvas, heads] = await Promise.all([store.getCanvas(id), store.readHeads(id)])
    if (isGone(canvas)) return null
    const last = made.get(id)
    const isCurrent = last?.epoch === canvas.epoch && last.rev === canvas.rev
    // The board in memory may be behind the store, so the comparison is with what is in the picture.
    const hasAll = last && [...heads].every(([tile, seq]) => !last.seqs.has(tile) || seq <= (last.seqs.get(tile) ?? 0))
    return isCurrent && hasAll ? last : make(canvas)
  }

  return createKeptReads({ now, read, keepMs: (tookMs) => Math.max(thumbnailKeepMs, tookMs * keepFactor) })
}
