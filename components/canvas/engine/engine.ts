/**
 * The canvas engine: tiles, camera, layers and tools on one `<canvas>`. Each change requests one animation frame, which moves the
 * gliding view, uploads, draws the layers and reports the view. Another frame follows only while something moves.
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import { type BoardPoint, tileOf } from '../../../lib/geometry.ts'
import { type Rgb, rgbOf } from '../../../lib/palette.ts'
import { Animations } from './animations.ts'
import { BoardInput } from './board-input.ts'
import { deviceTransform, visibleArea } from './camera.ts'
import { onFocusLost } from './focus-lost.ts'
import { FrameLoop } from './frame-loop.ts'
import type { Layer } from './layer.ts'
import { createLayers, insertLayer, type LayerName } from './layers.ts'
import { listenToPointers } from './pointer-input.ts'
import { outset } from './rect.ts'
import type { Theme } from './renderer.ts'
import { deviceRect, sceneTile, tilesIn, tilesNear } from './scene.ts'
import { Screen } from './screen.ts'
import { type ElementSize, watchSize } from './size-watcher.ts'
import { readTheme } from './theme.ts'
import { TileStore } from './tile-store.ts'
import { type ToolName, tools } from './tools.ts'
import type { CanvasEngine, CanvasEngineOptions, CanvasView, EngineCanvas, EngineEvents, InputHow, PictureState } from './types.ts'

/** How much one zoom step enlarges the board. */
const zoomFactor = 1.5

export const createCanvasEngine = (options: CanvasEngineOptions): CanvasEngine => new Engine(options)

class Engine implements CanvasEngine {
  readonly #host: HTMLElement
  readonly #screen: Screen
  readonly #layers: Layer[]
  readonly #input: BoardInput
  readonly #loop: FrameLoop
  readonly #events: EngineEvents
  readonly #stops: (() => void)[] = []
  readonly #tiles: TileStore
  readonly #animations = new Animations()
  #picture: PictureState = 'shown'
  #canvas: EngineCanvas | null = null
  #palette: readonly Rgb[] = []
  #theme: Theme
  #selected: number | null = null
  #grid = false
  #reducedMotion: boolean
  #device = { width: 1, height: 1 }
  #shownView: CanvasView | null = null
  #disposed = false

  constructor(options: CanvasEngineOptions) {
    this.#host = options.host
    this.#events = options.events
    this.#reducedMotion = options.reducedMotion
    this.#loop = new FrameLoop((frame) => this.#drawFrame(frame))
    this.#layers = createLayers({ animations: this.#animations })
    // The host listens to the pointer, because the canvas inside may be replaced.
    Object.assign(this.#host.style, { touchAction: 'none', userSelect: 'none', cursor: 'crosshair' })
    this.#screen = new Screen({
      host: this.#host,
      layers: this.#layers,
      only2d: options.renderer === '2d',
      onRebuild: () => this.#rebuild(),
      onPicture: (state) => this.#setPicture(state),
    })
    this.#tiles = new TileStore(() => this.#screen.renderer)
    this.#theme = readTheme(this.#host)
    this.#input = new BoardInput({
      reducedMotion: options.reducedMotion,
      onChange: () => this.#loop.invalidate(),
      events: options.events,
      ...(options.covered ? { covered: options.covered } : {}),
    })
    this.#stops.push(
      listenToPointers(this.#host, {
        draws: () => this.#input.tool.draws === true,
        isDrawing: () => this.#input.stroke.isActive,
        onGesture: (action) => this.#input.gesture(action),
        onWheel: (meaning, at) => this.#input.view.wheel(meaning, at),
        onHover: (at, before) => this.#input.tool.hover(at, before),
        onSecondary: (at) => this.#input.tool.secondary(at),
        onPick: (at) => this.#input.pick(at),
      }),
      watchSize(this.#host, (size) => this.#resize(size)),
      onFocusLost(() => this.#input.stroke.end()),
    )
  }

  get rendererKind() {
    return this.#screen.renderer.kind
  }

  setCanvas(canvas: EngineCanvas) {
    if (this.#tiles.setCanvas(canvas)) this.#animations.clear()
    const isRecolored = canvas.palette.join() !== this.#canvas?.palette.join()
    this.#canvas = canvas
    this.#palette = canvas.palette.map(rgbOf)
    if (isRecolored) this.#rebuild()
    else this.#loop.invalidate()
    this.#input.setCanvas(canvas)
  }

  setTile(tile: TileNumber, colors: Uint8Array) {
    this.#tiles.open(tile)?.set(colors)
    this.#loop.invalidate()
  }

  showPart(tile: TileNumber, colors: Uint8Array, count: number) {
    this.#tiles.open(tile)?.showPart(colors, count)
    this.#loop.invalidate()
  }

  drawPixels(tile: TileNumber, positions: Uint32Array, colors: Uint8Array) {
    this.#tiles.get(tile)?.draw(positions, colors)
    this.#loop.invalidate()
  }

  paintOptimistic(tile: TileNumber, position: Position, color: number | null, animate: boolean) {
    this.#tiles.open(tile)?.paintOptimistic(position, color)
    if (color !== null && animate && !this.#reducedMotion) this.#animations.start(tile, position, color)
    else this.#animations.stopUnless(tile, position, color)
    this.#loop.invalidate()
  }

  dropTile(tile: TileNumber) {
    this.#tiles.drop(tile)
    this.#loop.invalidate()
  }

  setSelectedColor(index: number | null) {
    this.#selected = index
    this.#loop.invalidate()
  }

  setTool(name: ToolName) {
    this.#input.setTool(tools[name])
  }

  moveCell(dx: number, dy: number) {
    this.#input.tool.moveCell(dx, dy)
  }

  setCell(cell: BoardPoint | null, how: InputHow) {
    this.#input.cells.set(cell, how)
  }

  act(how: InputHow) {
    return this.#input.tool.act(how)
  }

  hold() {
    return this.#input.hold()
  }

  release() {
    return this.#input.stroke.end()
  }

  dropStroke() {
    return this.#input.stroke.drop()
  }

  zoomStep(by: 1 | -1) {
    this.#input.zoomBy(zoomFactor ** by)
  }

  centerOn(target: Parameters<CanvasEngine['centerOn']>[0]) {
    this.#input.view.centerOn(target)
  }

  fit() {
    this.#input.view.fit()
  }

  view(): CanvasView {
    const { view, cells } = this.#input
    const { center, zoom } = view.camera
    return { centerX: center.x, centerY: center.y, zoom, cell: cells.cell }
  }

  visibleTiles() {
    const { camera, viewport } = this.#input.view
    return this.#canvas ? tilesNear(this.#canvas, visibleArea(camera, viewport)) : { tiles: [], inWindow: 0 }
  }

  addLayer(layer: Layer, above: LayerName) {
    const remove = insertLayer(this.#layers, layer, above)
    this.#loop.invalidate()
    return () => {
      remove()
      this.#loop.invalidate()
    }
  }

  invalidate() {
    this.#loop.invalidate()
  }

  setGrid(on: boolean) {
    this.#grid = on
    this.#loop.invalidate()
  }

  setReducedMotion(on: boolean) {
    this.#reducedMotion = on
    if (on) this.#animations.clear()
    this.#input.view.setReducedMotion(on)
  }

  get accent() {
    return this.#theme.accent
  }

  themeChanged() {
    this.#theme = readTheme(this.#host)
    this.#loop.invalidate()
  }

  pixelAt(cell: BoardPoint) {
    return this.#tiles.colorAt(cell)
  }

  isDrawn(cell: BoardPoint) {
    const isVisible = this.#picture !== 'lost' && this.#picture !== 'none'
    return isVisible && this.#canvas !== null && this.#tiles.isDrawn(tileOf(this.#canvas.tileSize, cell))
  }

  isOptimistic(cell: BoardPoint) {
    return this.#tiles.isOptimistic(cell)
  }

  shown(tile: TileNumber) {
    return this.#tiles.get(tile)?.shown ?? null
  }

  bytes(tile: TileNumber) {
    return this.#tiles.get(tile)?.shown?.slice() ?? null
  }

  dispose() {
    if (this.#disposed) return
    this.#disposed = true
    for (const stop of this.#stops) stop()
    this.#loop.dispose()
    this.#screen.dispose()
    this.#tiles.clear()
    this.#animations.clear()
  }

  #setPicture(state: PictureState) {
    if (this.#picture === state) return
    this.#picture = state
    this.#events.onPicture(state)
  }

  /** The renderer has lost its copies, or the palette changed: uploads everything again. */
  #rebuild() {
    this.#screen.renderer.setPalette(this.#palette)
    this.#tiles.markAllDirty()
    this.#loop.invalidate()
  }

  #drawFrame({ timeMs, elapsedMs }: { timeMs: number; elapsedMs: number }) {
    const { view } = this.#input
    if (view.moving) view.step(elapsedMs)
    this.#draw(timeMs)
    this.#reportView()
    return view.moving || this.#layers.some((layer) => layer.isMoving?.())
  }

  #draw(timeMs: number) {
    const { view, cells } = this.#input
    const { camera, viewport } = view
    const transform = deviceTransform(camera, viewport)
    const canvas = this.#canvas
    const area = visibleArea(camera, viewport)
    const visible = canvas ? tilesIn(canvas, area) : []
    // Some cells more than the window: its outermost device pixels mix several cells, and rounding moves the board a little.
    const { drawn: loaded, isFull } = this.#tiles.upload(visible, outset(area, 2 + 2 / transform.scale))
    const rows = (tile: TileNumber) => this.#tiles.get(tile)?.rows ?? 0
    if (isFull && this.#screen.renderer.kind === '2d') this.#setPicture('incomplete')
    this.#screen.renderer.draw({
      ...this.#device,
      timeMs,
      pixelRatio: viewport.pixelRatio,
      transform,
      zoom: camera.zoom,
      theme: this.#theme,
      canvas,
      palette: this.#palette,
      board: deviceRect(transform, { left: 0, top: 0, right: canvas?.width ?? 0, bottom: canvas?.height ?? 0 }),
      tiles: canvas ? loaded.map((tile) => sceneTile({ canvas, transform, tile, rows: rows(tile) })) : [],
      missing: canvas !== null && (loaded.length < visible.length || loaded.some((tile) => rows(tile) < canvas.tileSize)),
      grid: this.#grid,
      cell: cells.cell,
      selectedColor: this.#selected === null ? null : (this.#palette[this.#selected] ?? null),
    })
  }

  #reportView() {
    const view = this.view()
    if (this.#shownView && isSameView(this.#shownView, view)) return
    this.#shownView = view
    this.#events.onView(view)
  }

  #resize({ viewport, deviceWidth, deviceHeight }: ElementSize) {
    this.#device = { width: deviceWidth, height: deviceHeight }
    this.#screen.resize(this.#device)
    this.#input.view.resize(viewport)
    // Setting the size clears the canvas. Drawing at once keeps the browser from showing it empty.
    this.#draw(performance.now())
  }
}

const isSameView = (a: CanvasView, b: CanvasView) =>
  a.centerX === b.centerX && a.centerY === b.centerY && a.zoom === b.zoom && a.cell === b.cell
