/** Where to paint next: the nearest cell that is not right, and the squares with the most of them. */
import type { BoardPoint } from '../geometry.ts'
import { type Block, blockSize, type TemplateProgress } from './progress.ts'

export interface NextCell extends BoardPoint {
  readonly wanted: number
  readonly progress: TemplateProgress
}

export interface NextCellOptions {
  /** The templates, the topmost first. A cell belongs to the topmost one that wants something there. */
  readonly templates: readonly TemplateProgress[]
  readonly from: BoardPoint
  /** Cells to skip, such as those with pixels that are not saved yet. */
  readonly isSkipped: (cell: BoardPoint) => boolean
}

const between = (value: number, from: number, to: number) => Math.max(from, Math.min(to, value))

/** The squared distance to the nearest cell of a block. */
const distanceToBlock = ({ gx, gy }: BoardPoint, block: Block) =>
  (between(gx, block.gx, block.gx + blockSize - 1) - gx) ** 2 + (between(gy, block.gy, block.gy + blockSize - 1) - gy) ** 2

/** Of two cells that are equally near, it is the upper one, then the left one. */
const isBetter = (cell: BoardPoint, distance: number, best: { cell: BoardPoint; distance: number } | null) => {
  if (!best || distance !== best.distance) return !best || distance < best.distance
  return cell.gy < best.cell.gy || (cell.gy === best.cell.gy && cell.gx < best.cell.gx)
}

export const nextCell = ({ templates, from, isSkipped }: NextCellOptions): NextCell | null => {
  let best: { cell: NextCell; distance: number } | null = null
  for (const [priority, progress] of templates.entries()) {
    const above = templates.slice(0, priority)
    const blocks = progress.blocksLeft().map((block) => ({ block, distance: distanceToBlock(from, block) }))
    blocks.sort((a, b) => a.distance - b.distance)
    for (const { block, distance } of blocks) {
      if (best && distance > best.distance) break
      for (const cell of progress.leftIn(block)) {
        const far = (cell.gx - from.gx) ** 2 + (cell.gy - from.gy) ** 2
        if (!isBetter(cell, far, best) || isSkipped(cell) || above.some((each) => each.wantedAt(cell) !== null)) continue
        best = { cell: { ...cell, wanted: progress.wantedAt(cell) ?? 0, progress }, distance: far }
      }
    }
  }
  return best?.cell ?? null
}

/** The blocks with the most cells left, at most `count` of them. */
export const worstAreas = (progress: TemplateProgress, count = 5): Block[] =>
  progress
    .blocksLeft()
    .sort((a, b) => b.left - a.left || a.gy - b.gy || a.gx - b.gx)
    .slice(0, count)
