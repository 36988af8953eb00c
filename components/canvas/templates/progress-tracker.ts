/**
 * Keeps the progress of all templates of a board. What changes by single cells is counted at once. Whole tiles and whole templates
 * wait in a queue that works for a few milliseconds at a time, so that no frame waits for it.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import { type ShownBoard, TemplateProgress } from '../../../lib/templates/progress.ts'
import type { PlacedTemplate } from '../../../lib/templates/template.ts'
import type { BoardChange } from '../board-changes.ts'

export interface ProgressTrackerOptions {
  readonly now: () => number
  /** Runs a callback later, and returns the function that prevents it. */
  readonly defer: (callback: () => void, delayMs: number) => () => void
  /** Numbers may have changed. */
  readonly onChange: () => void
}

/** How long the queue works before the page gets its turn. A template of the largest size takes longer. */
const turnMs = 6
/** A template that is being moved is counted when it has been at its place for this long. */
const restMs = 150

interface Tracked {
  template: PlacedTemplate
  progress: TemplateProgress | null
  /** Tiles that wait for being counted. */
  readonly tiles: Set<TileNumber>
  readyAtMs: number
}

const isSamePlace = (a: PlacedTemplate, b: PlacedTemplate) => a.x === b.x && a.y === b.y && a.picture === b.picture

const isSameBoard = (a: ShownBoard, b: ShownBoard) =>
  a.width === b.width && a.height === b.height && a.tileSize === b.tileSize && a.colors === b.colors && a.background === b.background

export class ProgressTracker {
  readonly #options: ProgressTrackerOptions
  #board: ShownBoard | null = null
  #filter: number | null = null
  #tracked = new Map<string, Tracked>()
  #cancel: (() => void) | null = null

  constructor(options: ProgressTrackerOptions) {
    this.#options = options
  }

  /** Null until it is counted. */
  progressOf(id: string): TemplateProgress | null {
    return this.#tracked.get(id)?.progress ?? null
  }

  /** True while something waits in the queue. */
  get isCounting() {
    return this.#cancel !== null
  }

  setBoard(board: ShownBoard) {
    if (this.#board && isSameBoard(this.#board, board)) return
    this.#board = board
    for (const tracked of this.#tracked.values()) this.#forget(tracked, 0)
    this.#workSoon()
  }

  setTemplates(templates: readonly PlacedTemplate[]) {
    const before = this.#tracked
    const nowMs = this.#options.now()
    this.#tracked = new Map()
    for (const template of templates) {
      const known = before.get(template.id)
      const tracked = known ?? { template, progress: null, tiles: new Set<TileNumber>(), readyAtMs: nowMs }
      if (known && !isSamePlace(known.template, template)) this.#forget(known, nowMs + restMs)
      tracked.template = template
      this.#tracked.set(template.id, tracked)
    }
    this.#workSoon()
    this.#options.onChange()
  }

  setFilter(color: number | null) {
    this.#filter = color
    for (const { progress } of this.#tracked.values()) progress?.setFilter(color)
    this.#options.onChange()
  }

  boardChanged({ tile, positions }: BoardChange) {
    let isQueued = false
    for (const { progress, tiles } of this.#tracked.values()) {
      if (!progress) continue
      if (positions) {
        progress.cellsChanged(tile, positions)
        continue
      }
      tiles.add(tile)
      isQueued = true
    }
    if (isQueued) this.#workSoon()
    if (this.#tracked.size > 0) this.#options.onChange()
  }

  dispose() {
    this.#cancel?.()
    this.#cancel = null
    this.#tracked.clear()
  }

  #forget(tracked: Tracked, readyAtMs: number) {
    tracked.progress = null
    tracked.tiles.clear()
    tracked.readyAtMs = readyAtMs
  }

  #workSoon() {
    if (this.#cancel || !this.#board) return
    const nowMs = this.#options.now()
    let delayMs = Number.POSITIVE_INFINITY
    for (const { progress, tiles, readyAtMs } of this.#tracked.values()) {
      if (progress ? tiles.size > 0 : true) delayMs = Math.min(delayMs, progress ? 0 : Math.max(0, readyAtMs - nowMs))
    }
    if (delayMs === Number.POSITIVE_INFINITY) return
    this.#cancel = this.#options.defer(() => {
      this.#cancel = null
      this.#work()
    }, delayMs)
  }

  #work() {
    const { now, onChange } = this.#options
    const endMs = now() + turnMs
    for (const tracked of this.#tracked.values()) {
      if (!tracked.progress && this.#board && tracked.readyAtMs <= now()) {
        tracked.progress = new TemplateProgress(tracked.template, this.#board, this.#filter)
      }
      for (const tile of tracked.tiles) {
        if (now() >= endMs) break
        tracked.tiles.delete(tile)
        tracked.progress?.tileChanged(tile)
      }
      if (now() >= endMs) break
    }
    onChange()
    this.#workSoon()
  }
}
