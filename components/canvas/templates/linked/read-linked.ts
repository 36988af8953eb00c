/** Checks what the server says about templates by link, and reads their pictures. Null unless PROTOCOL.md allows it. */
import { readPngFormat } from '../../../../lib/png/png-format.ts'
import { readPngRows } from '../../../../lib/png/read-png-rows.ts'
import { noCell, type TemplatePicture, templateLimits } from '../../../../lib/templates/template.ts'

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
const isCount = (value: unknown): value is number => isWhole(value) && value >= 0

export interface LinkedInfo {
  readonly id: string
  readonly canvas: string
  readonly rev: number
  readonly name: string
  readonly x: number
  readonly y: number
  /** The id of the painter who uploaded it. */
  readonly by: string
}

export const readLinkedInfo = (value: unknown): LinkedInfo | null => {
  if (!isObject(value) || !isObject(value['by'])) return null
  const { id, canvas, rev, name, x, y } = value
  const by = value['by']['id']
  const areTexts = typeof id === 'string' && typeof canvas === 'string' && typeof name === 'string' && typeof by === 'string'
  return areTexts && isCount(rev) && isWhole(x) && isWhole(y) ? { id, canvas, rev, name, x, y, by } : null
}

/** The server's figures. Null until it has counted the template. */
export interface LinkedProgress {
  readonly rev: number
  readonly figures: { readonly right: number; readonly wrong: number; readonly missing: number; readonly total: number } | null
  /** Until all is right at today's pace. Null when that is unknown. */
  readonly etaMs: number | null
}

export const readLinkedProgress = (value: unknown): LinkedProgress | null => {
  if (!isObject(value) || !isCount(value['rev'])) return null
  const { rev, right, wrong, missing, total, etaMs } = value
  const areCounted = isCount(right) && isCount(wrong) && isCount(missing) && isCount(total)
  return { rev, figures: areCounted ? { right, wrong, missing, total } : null, etaMs: isCount(etaMs) ? etaMs : null }
}

/** The pixels as colors of the board. Null if one of them is not among the colors that this page has. @throws {MalformedPng} */
export const cellsOfPng = (png: Uint8Array, palette: readonly string[]): TemplatePicture | null => {
  const format = readPngFormat(png)
  const { width, height } = format
  if (width * height > templateLimits.maxCells) return null
  const indexOf = new Map(palette.map((hex, index) => [Number.parseInt(hex.slice(1), 16), index]))
  const cells = new Uint16Array(width * height).fill(noCell)
  for (const { y, x0, dx, pixels } of readPngRows(format)) {
    for (const [i, pixel] of pixels.entries()) {
      if (pixel >>> 24 < 128) continue
      const index = indexOf.get(pixel & 0xffffff)
      if (index === undefined) return null
      cells[y * width + x0 + i * dx] = index
    }
  }
  return { width, height, cells }
}
