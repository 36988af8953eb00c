/**
 * How much of a template is on the board: right, wrong and missing cells by wanted color. Missing cells show the background. Each tile is counted at a
 * seq, and each later commit changes the count by its pixels, because a pixel has its color and the previous one.
 */
import type { TileNumber } from './brand.ts'
import type { Canvas } from './canvas.ts'
import type { CommitPixel } from './commit.ts'
import { tileOrigin } from './geometry.ts'
import { coveredArea, type LinkedTemplate, noCell } from './linked-template.ts'

/** Cells that are right, wrong and missing. */
export type CellCounts = readonly [right: number, wrong: number, missing: number]
/** By the index of the wanted color. */
export type ColorCounts = Readonly<Record<number, CellCounts>>

const [right, wrong, missing] = [0, 1, 2] as const

/** The wanted colors of one tile. */
export interface TileTemplate {
  readonly background: number
  /** The wanted color at a position of the tile, or `noCell`. */
  wantedAt(position: number): number
  /** The covered positions of the tile. */
  positions(): Iterable<number>
}

type TemplateCanvas = Pick<Canvas, 'width' | 'height' | 'tileSize' | 'background'>

export const tileTemplate = (
  { template, cells }: { readonly template: LinkedTemplate; readonly cells: Uint16Array },
  canvas: TemplateCanvas,
  tile: TileNumber,
): TileTemplate => {
  const { tileSize, background } = canvas
  const { x, y, width } = template
  const origin = tileOrigin(tileSize, tile)
  const area = coveredArea(template, canvas) ?? { left: 0, top: 0, right: 0, bottom: 0 }
  const left = Math.max(area.left - origin.gx, 0)
  const top = Math.max(area.top - origin.gy, 0)
  const end = { right: Math.min(area.right - origin.gx, tileSize), bottom: Math.min(area.bottom - origin.gy, tileSize) }
  return {
    background,
    wantedAt(position) {
      const [px, py] = [position % tileSize, Math.floor(position / tileSize)]
      if (px < left || px >= end.right || py < top || py >= end.bottom) return noCell
      return cells[(origin.gy + py - y) * width + (origin.gx + px - x)] ?? noCell
    },
    *positions() {
      for (let py = top; py < end.bottom; py++) for (let px = left; px < end.right; px++) yield py * tileSize + px
    },
  }
}

const stateOf = (wanted: number, shown: number, background: number) => (shown === wanted ? right : shown === background ? missing : wrong)

type OpenCounts = Record<number, [number, number, number]>

const openCounts = (counts: ColorCounts): OpenCounts =>
  Object.fromEntries(Object.entries(counts).map(([color, cells]) => [color, [...cells]])) as OpenCounts

/** Counts a tile from its colors. */
export const countTile = (template: TileTemplate, colors: ArrayLike<number>): ColorCounts => {
  const counts: OpenCounts = {}
  for (const position of template.positions()) {
    const wanted = template.wantedAt(position)
    if (wanted === noCell) continue
    counts[wanted] ??= [0, 0, 0]
    counts[wanted][stateOf(wanted, colors[position] ?? template.background, template.background)]++
  }
  return counts
}

/** The counts after commits of the tile, which must be the next ones. */
export const countCommits = (
  template: TileTemplate,
  before: ColorCounts,
  commits: readonly { readonly pixels: readonly CommitPixel[] }[],
): ColorCounts => {
  const counts = openCounts(before)
  for (const { pixels } of commits) {
    for (const { position, color, previous } of pixels) {
      const wanted = template.wantedAt(position)
      const cells = counts[wanted]
      if (wanted === noCell || !cells) continue
      cells[stateOf(wanted, previous, template.background)]--
      cells[stateOf(wanted, color, template.background)]++
    }
  }
  return counts
}

export const sumCounts = (all: Iterable<ColorCounts>): ColorCounts => {
  const sum: OpenCounts = {}
  for (const counts of all) {
    for (const [color, cells] of Object.entries(counts)) {
      sum[Number(color)] ??= [0, 0, 0]
      for (const state of [right, wrong, missing]) (sum[Number(color)] as [number, number, number])[state] += cells[state]
    }
  }
  return sum
}

export const totalOf = (counts: ColorCounts): CellCounts => {
  const total: [number, number, number] = [0, 0, 0]
  for (const cells of Object.values(counts)) for (const state of [right, wrong, missing]) total[state] += cells[state]
  return total
}

/** The right cells at a time. `basis` says for which revision and which board (`template-basis.ts` of the server). */
export interface ProgressSample {
  readonly atMs: number
  readonly basis: string
  readonly right: number
}

const hourMs = 3_600_000
/** "Today". */
const paceOverMs = 24 * hourMs
/** A shorter time says nothing about the pace. */
export const minPaceMs = 30 * 60_000

/** The samples with a new one. Null when this hour has its sample. */
export const addSample = (samples: readonly ProgressSample[], sample: ProgressSample): ProgressSample[] | null => {
  const kept = samples.filter(({ basis, atMs }) => basis === sample.basis && atMs > sample.atMs - paceOverMs - hourMs)
  const last = kept.at(-1)
  if (last && Math.floor(last.atMs / hourMs) >= Math.floor(sample.atMs / hourMs)) return null
  return [...kept, sample]
}

export interface Pace {
  /** Cells that became right, in an hour. */
  readonly perHour: number
  /** Until all cells are right at this pace. Null when it never ends, or nothing is left. */
  readonly etaMs: number | null
}

/** The pace since the oldest sample of the last day. Null with less than 30 minutes of data. */
export const paceOf = (samples: readonly ProgressSample[], now: ProgressSample & { readonly left: number }): Pace | null => {
  const first = samples.find(({ basis, atMs }) => basis === now.basis && atMs >= now.atMs - paceOverMs)
  if (!first || now.atMs - first.atMs < minPaceMs) return null
  const perMs = (now.right - first.right) / (now.atMs - first.atMs)
  return { perHour: Math.round(perMs * hourMs), etaMs: perMs > 0 && now.left > 0 ? Math.round(now.left / perMs) : null }
}
