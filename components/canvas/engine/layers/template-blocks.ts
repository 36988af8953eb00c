/**
 * The rectangles of a template in which there is something to draw. Blocks that are done, or that templates above cover, cost nothing:
 * where a computer has no graphics card, each pixel counts.
 */
import { blockSize } from '../../../../lib/templates/progress.ts'
import { noCell } from '../../../../lib/templates/template.ts'
import type { Rect } from '../rect.ts'
import type { DrawnTemplate } from './template-scene.ts'

/** Which blocks have a cell that no template above decides, by the cells. */
const known = new WeakMap<Uint16Array, Uint8Array>()

/** Null for a template that nothing covers. */
const openBlocks = ({ template, cells, progress }: DrawnTemplate): Uint8Array | null => {
  if (cells === template.picture.cells || !progress) return null
  let open = known.get(cells)
  if (!open) {
    const { first, across, left } = progress.blocks
    const { x, y, picture } = template
    open = new Uint8Array(left.length)
    for (const [i, cell] of cells.entries()) {
      if (cell === noCell) continue
      const row = ((y + Math.floor(i / picture.width)) >> 4) - first.y
      open[row * across + ((x + (i % picture.width)) >> 4) - first.x] = 1
    }
    known.set(cells, open)
  }
  return open
}

/** In cells of the board, within an area. All of the template before it is counted. */
export const rectsToDraw = (drawn: DrawnTemplate, area: Rect): Rect[] => {
  const { template, progress } = drawn
  const { x, y, picture } = template
  const all = clipTo({ left: x, top: y, right: x + picture.width, bottom: y + picture.height }, area)
  if (all.right <= all.left || all.bottom <= all.top) return []
  if (!progress || progress.template.x !== x || progress.template.y !== y) return [all]
  const { first, across, left } = progress.blocks
  const open = openBlocks(drawn)
  const has = (column: number, row: number) => {
    const at = (row - first.y) * across + column - first.x
    return (left[at] as number) > 0 && (open === null || open[at] === 1)
  }
  const rects: Rect[] = []
  let above: Rect[] = []
  for (let row = all.top >> 4; row <= (all.bottom - 1) >> 4; row++) {
    const runs: Rect[] = []
    for (let column = all.left >> 4; column <= (all.right - 1) >> 4; column++) {
      if (!has(column, row)) continue
      const start = column
      while (column + 1 <= (all.right - 1) >> 4 && has(column + 1, row)) column++
      runs.push({ left: start * blockSize, top: row * blockSize, right: (column + 1) * blockSize, bottom: (row + 1) * blockSize })
    }
    // Equal rows of blocks are one rectangle.
    if (runs.length === above.length && runs.every((run, i) => run.left === above[i]?.left && run.right === above[i]?.right)) {
      above = above.map((rect) => ({ ...rect, bottom: (row + 1) * blockSize }))
    } else {
      rects.push(...above)
      above = runs
    }
  }
  return [...rects, ...above].map((rect) => clipTo(rect, all))
}

const clipTo = (rect: Rect, area: Rect): Rect => ({
  left: Math.max(rect.left, area.left),
  top: Math.max(rect.top, area.top),
  right: Math.min(rect.right, area.right),
  bottom: Math.min(rect.bottom, area.bottom),
})
