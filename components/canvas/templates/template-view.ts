/**
 * What painters see of their templates: the layer on the board, the numbers, the way to the next cell, and the assist. It is loaded
 * when the board has a template.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { TemplateProgress } from '../../../lib/templates/progress.ts'
import { noCell, type PlacedTemplate, wantedAt } from '../../../lib/templates/template.ts'
import { createTemplateLayer } from '../engine/layers/template-layer.ts'
import type { CanvasInfo } from '../session/types.ts'
import { choose, colorInUse } from '../ui-store.ts'
import { NextToPaint } from './next-to-paint.ts'
import { ProgressTracker } from './progress-tracker.ts'
import { type Disagreement, disagreementsOf, ProgressSnapshots, type ShownProgress } from './shown-progress.ts'
import type { TemplateParts } from './template-loader.ts'
import { shownTemplates, type TemplateState, type TemplateStore } from './template-store.ts'
import { UncoveredCells } from './uncovered-cells.ts'

/** `chosen`: the color that the painter paints with. */
export type TemplateFilter = { readonly kind: 'all' } | { readonly kind: 'chosen' } | { readonly kind: 'color'; readonly color: number }

export interface TemplateViewState {
  /** All templates are hidden for the moment. */
  readonly isHidden: boolean
  readonly filter: TemplateFilter
  /** By the id of the template; absent while it is not counted. */
  readonly progress: ReadonlyMap<string, ShownProgress>
}

type TemplateViewOptions = Omit<TemplateParts, 'canvasId'> & { readonly store: TemplateStore }

/** Numbers are shown this often at most. */
const showEveryMs = 150
/** A key that is held for longer than this shows the board without templates only while it is held. */
const peekAfterMs = 350
/** Tiles beyond the view that are followed for the numbers of templates. */
const maxExtraTiles = 64

const defer = (callback: () => void, delayMs: number) => {
  const timer = setTimeout(callback, delayMs)
  return () => clearTimeout(timer)
}

export class TemplateView {
  readonly state: StoreApi<TemplateViewState> = createStore(() => ({ isHidden: false, filter: { kind: 'all' }, progress: new Map() }))
  readonly next: NextToPaint
  readonly #options: TemplateViewOptions
  readonly #tracker: ProgressTracker
  readonly #snapshots = new ProgressSnapshots()
  readonly #uncovered = new UncoveredCells()
  readonly #stops: (() => void)[]
  /** What is drawn unless it is hidden, the topmost first. */
  #shown: readonly { readonly template: PlacedTemplate; readonly cells: Uint16Array }[] = []
  #disagreements: ReadonlyMap<string, Disagreement> = new Map()
  #cancelShow: (() => void) | null = null

  constructor(options: TemplateViewOptions) {
    this.#options = options
    const { engine, session, ui, words, changes, store } = options
    this.#tracker = new ProgressTracker({ now: () => performance.now(), defer, onChange: () => this.#showSoon() })
    this.next = new NextToPaint({ engine, session, ui, words, shown: () => this.#progressOfShown() })
    const layer = createTemplateLayer(() => ({
      templates: this.state.getState().isHidden
        ? []
        : this.#shown.map((drawn) => ({ ...drawn, progress: this.#tracker.progressOf(drawn.template.id) })),
      filter: this.#filterColor(),
      shown: (tile) => engine.shown(tile),
    }))
    this.#setBoard(session.store.getState().canvas)
    this.#setTemplates(store.state.getState())
    this.#stops = [
      engine.addLayer(layer, 'optimistic pixels'),
      changes.subscribe((change) => this.#tracker.boardChanged(change)),
      session.store.subscribe(({ canvas }, before) => canvas !== before.canvas && this.#setBoard(canvas)),
      store.state.subscribe((state) => this.#setTemplates(state)),
      ui.subscribe(({ color, cell }, before) => {
        if (color !== before.color) this.#applyFilter()
        if (cell && cell !== before.cell) this.#assist(cell)
      }),
    ]
  }

  /** Tiles that local templates need beyond the view. */
  extraTiles(inView: ReadonlySet<TileNumber>): TileNumber[] {
    const extra = new Set<TileNumber>()
    for (const { id } of this.#options.store.state.getState().templates) {
      for (const tile of this.#tracker.progressOf(id)?.tiles() ?? []) {
        if (extra.size >= maxExtraTiles) return [...extra]
        if (!inView.has(tile)) extra.add(tile)
      }
    }
    return [...extra]
  }

  /** What the topmost template that is visible wants at a cell; null for nothing. */
  wantedAt({ gx, gy }: BoardPoint): number | null {
    if (this.state.getState().isHidden) return null
    const colors = this.#canvas?.palette.length ?? 0
    for (const { template } of this.#shown) {
      const wanted = wantedAt(template, gx, gy)
      if (wanted !== noCell && wanted < colors) return wanted
    }
    return null
  }

  /** The color that the assist chooses for a cell; null if it chooses none. */
  assistColor(cell: BoardPoint): number | null {
    const canvas = this.#canvas
    if (!canvas?.assist || canvas.onlyColor !== null || !this.#options.ui.getState().assist) return null
    return this.wantedAt(cell)
  }

  get hasTemplates() {
    return this.#options.store.state.getState().templates.length > 0
  }

  setFilter(filter: TemplateFilter) {
    this.state.setState({ filter })
    this.#applyFilter()
  }

  setAssist(on: boolean) {
    choose(this.#options.ui, { assist: on })
  }

  /** Hides all templates or shows them again. If the key is held, only until it is released. */
  toggleByKey() {
    const atMs = performance.now()
    this.toggle()
    const released = new AbortController()
    const onEnd = () => {
      released.abort()
      if (performance.now() - atMs >= peekAfterMs) this.toggle()
    }
    addEventListener('keyup', onEnd, { signal: released.signal })
    addEventListener('blur', onEnd, { signal: released.signal })
  }

  toggle() {
    this.state.setState(({ isHidden }) => ({ isHidden: !isHidden }))
    this.#showSymbols()
    this.#options.engine.invalidate()
  }

  dispose() {
    for (const stop of this.#stops) stop()
    this.#cancelShow?.()
    this.#tracker.dispose()
  }

  get #canvas(): CanvasInfo | null {
    return this.#options.session.store.getState().canvas
  }

  #filterColor(): number | null {
    const { filter } = this.state.getState()
    if (filter.kind === 'all') return null
    return filter.kind === 'color' ? filter.color : colorInUse(this.#canvas, this.#options.ui.getState())
  }

  #progressOfShown(): TemplateProgress[] {
    if (this.state.getState().isHidden) return []
    return this.#shown.flatMap(({ template }) => this.#tracker.progressOf(template.id) ?? [])
  }

  #setBoard(canvas: CanvasInfo | null) {
    if (!canvas) return
    const { width, height, tileSize, palette, background } = canvas
    const { engine } = this.#options
    this.#tracker.setBoard({ width, height, tileSize, colors: palette.length, background, shown: (tile) => engine.shown(tile) })
    this.#applyFilter()
  }

  #setTemplates(state: TemplateState) {
    const shown = shownTemplates(state)
    this.#shown = this.#uncovered.of(shown)
    this.#tracker.setTemplates(state.templates)
    this.#showSymbols()
    if (!state.draft) this.#disagreements = disagreementsOf(shown)
    this.#options.engine.invalidate()
  }

  #showSymbols() {
    const symbols = !this.state.getState().isHidden && this.#shown.some(({ template }) => template.look === 'symbols')
    if (symbols !== this.#options.ui.getState().symbols) this.#options.ui.setState({ symbols })
  }

  #applyFilter() {
    this.#tracker.setFilter(this.#filterColor())
    this.#options.engine.invalidate()
  }

  #assist(cell: BoardPoint) {
    const color = this.assistColor(cell)
    if (color !== null) this.#options.ui.setState({ color })
  }

  #showSoon() {
    this.#cancelShow ??= defer(() => {
      this.#cancelShow = null
      this.#show()
    }, showEveryMs)
  }

  #show() {
    const progress = new Map<string, ShownProgress>()
    for (const { id } of this.#options.store.state.getState().templates) {
      const counted = this.#tracker.progressOf(id)
      if (counted) progress.set(id, this.#snapshots.of(counted, this.#disagreements.get(id) ?? null))
    }
    const before = this.state.getState().progress
    if (before.size === progress.size && [...progress].every(([id, shown]) => before.get(id) === shown)) return
    if ([...progress.keys()].some((id) => !before.has(id))) this.#options.onTilesNeeded()
    this.state.setState({ progress })
    this.#options.engine.invalidate()
  }
}
