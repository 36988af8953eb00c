/**
 * The commits of one transaction, made from its accepted pixels. Only `planGroup` uses this file.
 *
 * A commit belongs to one tile, has one cause, and sets each position at most once. So the commits of a tile are layers: a pixel
 * goes into the first layer with its cause after the layer of its previous write. Each layer has a later time than the one before,
 * so sorting a tile's commits by time gives the writes of each pixel in order.
 */
import type { CanvasId, PainterId, Position, TileNumber } from './brand.ts'
import { asCommitId } from './brand.ts'
import type { Canvas } from './canvas.ts'
import { hybridAt } from './clock.ts'
import { type Commit, type CommitKind, type CommitPixel, maxCommitPixels, type Undone } from './commit.ts'
import { type BoardPoint, positionOf, tileOf } from './geometry.ts'
import { tileKey } from './tile-key.ts'

/** The final row of a pixel. */
export interface PixelWrite {
  readonly canvas: CanvasId
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
  readonly by: PainterId
  readonly atMs: number
  readonly cause: CommitKind
}

/** A commit that may still get pixels and a later time until `finish`. */
export interface OpenCommit extends Commit {
  readonly pixels: CommitPixel[]
  atMs: number
}

interface OpenTile {
  readonly layers: OpenCommit[]
  /** The last write of each pixel so far. */
  readonly writes: Map<Position, { readonly layer: number; readonly commit: OpenCommit; readonly pixel: CommitPixel }>
}

interface PixelToWrite {
  readonly canvas: Canvas
  readonly point: BoardPoint
  readonly color: number
  readonly by: PainterId
  readonly cause: CommitKind
  readonly undoes?: Undone
}

export interface GroupCommits {
  /** Returns the commit of the pixel and the pixel's index in it. */
  add(write: PixelToWrite): { commit: OpenCommit; index: number }
  /** Whether the group has placed a pixel there that stands. */
  isPlacedOver(canvas: Canvas, point: BoardPoint): boolean
  /** Sets the final times. `pixels` has the last write of each pixel. */
  finish(): { commits: readonly Commit[]; pixels: PixelWrite[] }
}

export const createGroupCommits = (options: {
  groupId: string
  nowMs: number
  /** Reads the store's pixel, when the group writes a pixel for the first time. */
  storedPixel: (canvas: CanvasId, tile: TileNumber, position: Position) => { color: number; atMs: number } | null
}): GroupCommits => {
  const { groupId, nowMs, storedPixel } = options
  const commits: OpenCommit[] = []
  const tiles = new Map<string, OpenTile>()

  const openTile = (canvas: Canvas, tile: TileNumber) => {
    const key = tileKey({ canvas: canvas.id, tile })
    const open = tiles.get(key) ?? { layers: [], writes: new Map() }
    tiles.set(key, open)
    return open
  }

  const openCommit = (canvas: Canvas, tile: TileNumber, cause: CommitKind): OpenCommit => {
    const id = asCommitId(`${groupId}-${commits.length.toString(36)}`)
    const commit = { id, canvas: canvas.id, epoch: canvas.epoch, tile, cause, pixels: [], atMs: nowMs }
    commits.push(commit)
    return commit
  }

  return {
    add({ canvas, point, color, by, cause, undoes }) {
      const tile = tileOf(canvas.tileSize, point)
      const position = positionOf(canvas.tileSize, point)
      const { layers, writes } = openTile(canvas, tile)
      const before = writes.get(position)
      let layer = before ? before.layer + 1 : 0
      while (layer < layers.length && !takes(layers[layer], cause)) layer++
      const commit = layers[layer] ?? openCommit(canvas, tile, cause)
      layers[layer] = commit
      const stored = before ? null : storedPixel(canvas.id, tile, position)
      commit.atMs = hybridAt(commit.atMs, stored?.atMs ?? null)
      const previous = before?.pixel.color ?? stored?.color ?? canvas.background
      const pixel = { position, color, previous, by, ...(undoes && { undoes }) }
      writes.set(position, { layer, commit, pixel })
      return { commit, index: commit.pixels.push(pixel) - 1 }
    },
    isPlacedOver(canvas, point) {
      const tile = tiles.get(tileKey({ canvas: canvas.id, tile: tileOf(canvas.tileSize, point) }))
      const last = tile?.writes.get(positionOf(canvas.tileSize, point))
      return last !== undefined && last.commit.cause !== 'undo'
    },
    finish() {
      const pixels: PixelWrite[] = []
      for (const { layers, writes } of tiles.values()) {
        settleTimes(layers)
        for (const { commit, pixel } of writes.values()) {
          const { canvas, tile, atMs, cause } = commit
          const { position, color, by } = pixel
          pixels.push({ canvas, tile, position, color, by, atMs, cause })
        }
      }
      return { commits, pixels }
    },
  }
}

const takes = (commit: OpenCommit | undefined, cause: CommitKind) =>
  commit !== undefined && commit.cause === cause && commit.pixels.length < maxCommitPixels

/**
 * Gives each layer a later time than the one before, because the next write of a pixel is always in a later layer. It also raises
 * layers that replace nothing, which costs a millisecond each and keeps this simple.
 */
const settleTimes = (layers: readonly OpenCommit[]) => {
  let previousAtMs: number | null = null
  for (const layer of layers) {
    layer.atMs = hybridAt(layer.atMs, previousAtMs)
    previousAtMs = layer.atMs
  }
}
