/**
 * Stores the optimistic pixels without an answer so that they survive a reload. Their keys are stored too, so a pixel that was
 * saved meanwhile is not placed again. Without storage the pixels are in memory only.
 */
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { SessionEnvironment } from './types.ts'

export interface StoredPixel {
  readonly key: string
  /** Pixels of one request have the same. */
  readonly batch?: string | undefined
  readonly cell: BoardPoint
  readonly color: number
  /** Absent in what an older version of the page stored. */
  readonly epoch?: string | undefined
  /** In the server's time. */
  readonly createdAtMs: number
}

type PendingStorage = SessionEnvironment['storage']

/** Where the pixels without an answer, and the steps of undo, are kept through a reload of the page. */
export interface PendingStore {
  readonly storage: PendingStorage
  readonly canvasId: string
  /** The server's time as far as it is known, because stored times outlive this page's monotonic clock. */
  readonly serverNow: () => number
}

const nameOf = (canvasId: string) => `fresco:pending:${canvasId}`

export const storePending = (storage: PendingStorage, canvasId: string, pixels: readonly StoredPixel[]) => {
  try {
    if (pixels.length === 0) storage?.removeItem(nameOf(canvasId))
    else
      storage?.setItem(
        nameOf(canvasId),
        JSON.stringify(pixels.map(({ key, batch, cell, color, epoch, createdAtMs }) => ({ key, batch, cell, color, epoch, createdAtMs }))),
      )
  } catch {
    // Private windows and full disks refuse to store. The pixels are still in memory.
  }
}

export const loadPending = (storage: PendingStorage, canvasId: string): StoredPixel[] => {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(nameOf(canvasId)) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isStored) : []
  } catch {
    return []
  }
}

const isKey = (value: unknown) => typeof value === 'string' && value.length > 0 && value.length <= 64

const isStored = (value: unknown): value is StoredPixel => {
  const { key, batch, cell, color, epoch, createdAtMs } = (value ?? {}) as Partial<StoredPixel>
  const numbers = [cell?.gx, cell?.gy, color, createdAtMs]
  if (epoch !== undefined && typeof epoch !== 'string') return false
  if (batch !== undefined && !isKey(batch)) return false
  return isKey(key) && numbers.every((number) => typeof number === 'number')
}
