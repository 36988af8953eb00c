/**
 * Pictures of a fixed size, as links show them. Requests of the same picture share one, and it is kept for a minute. Each is made as a
 * whole in one of the slots of expensive reads (A6).
 */
import { buffer } from 'node:stream/consumers'
import { LRUCache } from 'lru-cache'
import type { TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { ExpensiveReads } from '../limits/expensive-reads.ts'
import type { Parsed } from '../parse.ts'
import { boardPng } from '../pictures/board-png.ts'
import { fitted, type Region } from '../pictures/sampling.ts'
import type { CostlyWork } from './costly-work.ts'

export const fittedPictureLimits = { minSide: 16, maxSide: 2_048, keepMs: 60_000, maxBytes: 16 * 1_048_576 } as const

export interface FittedPicturesOptions {
  readonly expensiveReads: Pick<ExpensiveReads, 'run'>
  readonly costly: Pick<CostlyWork, 'part'>
  readonly boardOf: (canvas: Canvas, tile: TileNumber) => Promise<Uint8Array>
  readonly now: () => number
}

export interface FittedPicture {
  readonly canvas: Canvas
  readonly region: Region
  readonly size: { readonly width: number; readonly height: number }
}

export const createFittedPictures = ({ expensiveReads, costly, boardOf, now }: FittedPicturesOptions) => {
  const { keepMs, maxBytes } = fittedPictureLimits
  const kept = new LRUCache<string, { png: Uint8Array; madeAtMs: number }>({
    maxSize: maxBytes,
    sizeCalculation: ({ png }) => Math.max(1, png.length),
  })
  const underWay = new Map<string, Promise<Parsed<Uint8Array>>>()

  const make = async (address: string, key: string, { canvas, region, size }: FittedPicture): Promise<Parsed<Uint8Array>> => {
    const sampling = fitted({ region, size, board: canvas })
    const madeAtMs = now()
    const made = await expensiveReads.run(address, () =>
      costly.part(() => buffer(boardPng({ canvas, sampling, boardOf: (tile) => boardOf(canvas, tile) }))),
    )
    if (made.ok) kept.set(key, { png: made.value, madeAtMs })
    return made
  }

  /** `address` makes the picture, if it is not there yet. */
  return (address: string, picture: FittedPicture): Promise<Parsed<Uint8Array>> => {
    const { canvas, region, size } = picture
    const key = [canvas.id, canvas.epoch, region.x, region.y, region.width, region.height, size.width, size.height].join(' ')
    const known = kept.get(key)
    if (known && now() - known.madeAtMs < keepMs) return Promise.resolve({ ok: true, value: known.png })
    const making = underWay.get(key) ?? make(address, key, picture).finally(() => underWay.delete(key))
    underWay.set(key, making)
    return making
  }
}
