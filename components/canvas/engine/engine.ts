/**
 * The canvas engine: tiles, camera and pointer on one `<canvas>`, drawn by WebGL2 or a 2D canvas.
 *
 * It does nothing while nothing changes: whatever changes something sets a flag and asks for one animation frame; the frame
 * moves what glides, uploads what is dirty and visible, draws, tells the page, and asks for another only if something goes on
 * moving. The page makes one per canvas, the session draws into it.
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import { tileOf } from '../../../lib/geometry.ts'
import { rgbOf } from '../../../lib/palette.ts'
import { Animations } from './animations.ts'
import { type DeviceTransform, deviceTransform, screenPoint, visibleArea } from './camera.ts'
import { listenToPointers } from './pointer-input.ts'
import { outset } from './rect.ts'
import type { Mark, Rgb, Theme } from './renderer.ts'
import { cellMarks, deviceRect, gridStrength, sceneTile, tilesIn } from './scene.ts'
import { Screen } from './screen.ts'
import { type ElementSize, watchSize } from './size-watcher.ts'
import { readTheme } from './theme.ts'
import { TileStore } from './tile-store.ts'
import type { CanvasEngine, CanvasEngineOptions, CanvasView, EngineCanvas, InputHow, PictureState } from './types.ts'
import { ViewController } from './view-controller.ts'

export const createCanvasEngine = (options: CanvasEngineOptions): CanvasEngine => new Engine(options)

/** Animation never leaps further than this in a frame, however long the page slept. */
const maxStepMs = 100

class Engine implements CanvasEngine {
  readonly #host: HTMLElement
  readonly #screen: Screen
  readonly #view: ViewController
  readonly #onView: CanvasEngineOptions['onView']
  readonly #onPicture: CanvasEngineOptions['onPicture']
  readonly #stops: (() => void)[] = []
  readonly #tiles: TileStore
  readonly #settles = new Animations()
  #picture: PictureState = 'shown'
  #canvas: EngineCanvas | null = null
  #palette: readonly Rgb[] = []
  #theme: Theme
  #selected: number | null = null
  #grid = false
  #reducedMotion: boolean
  #device = { width: 1, height: 1 }
  #frame: number | null = null
  #lastFrameMs: number | null = null
  #shownView: CanvasView | null = null
  #disposed = false

  constructor(options: CanvasEngineOptions) {
    this.#host = options.host
    this.#onView = options.onView
    this.#reducedMotion = options.reducedMotion
    this.#onPicture = options.onPicture
    // The host takes the pointer: the canvas inside may be exchanged.
    Object.assign(this.#host.style, { touchAction: 'none', userSelect: 'none', cursor: 'crosshair' })
    this.#screen = new Screen({
      host: this.#host,
      only2d: options.renderer === '2d',
      onRebuild: () => this.#rebuild(),
      onPicture: (state) => this.#setPicture(state),
    })
    this.#tiles = new TileStore(() => this.#screen.renderer)
    this.#theme = readTheme(this.#host)
    this.#view = new ViewController(
      {
        onChange: () => this.#invalidate(),
        onCell: options.onCell,
        onPaint: options.onPaint,
        onInspect: options.onInspect,
        ...(options.covered ? { covered: options.covered } : {}),
      },
      options.reducedMotion,
    )
    this.#stops.push(
      listenToPointers(this.#host, {
        onGesture: (action) => this.#view.gesture(action),
        onWheel: (meaning, at) => this.#view.wheel(meaning, at),
        onHover: (at) => this.#view.hover(at),
        onInspect: (at) => this.#view.inspectAt(at),
      }),
      watchSize(this.#host, (size) => this.#resize(size)),
    )
  }

  get rendererKind() {
    return this.#screen.renderer.kind
  }

  setCanvas(canvas: EngineCanvas) {
    if (this.#tiles.setCanvas(canvas)) this.#settles.clear()
    this.#canvas = canvas
    this.#palette = canvas.palette.map(rgbOf)
    this.#rebuild()
    this.#view.setCanvas(canvas)
  }

  setTile(tile: TileNumber, colors: Uint8Array) {
    this.#tiles.set(tile, colors)
    this.#invalidate()
  }

  showPart(tile: TileNumber, colors: Uint8Array, count: number) {
    this.#tiles.showPart(tile, colors, count)
    this.#invalidate()
  }

  drawPixels(tile: TileNumber, positions: Uint32Array, colors: Uint8Array) {
    this.#tiles.draw(tile, positions, colors)
    this.#invalidate()
  }

  paintOwn(tile: TileNumber, position: Position, color: number | null, settle: boolean) {
    this.#tiles.paintOwn(tile, position, color)
    if (color !== null && settle && !this.#reducedMotion) this.#settles.start(tile, position, color)
    else this.#settles.stopUnless(tile, position, color)
    this.#invalidate()
  }

  dropTile(tile: TileNumber) {
    this.#tiles.drop(tile)
    this.#invalidate()
  }

  setSelectedColor(index: number | null) {
    this.#selected = index
    this.#invalidate()
  }

  moveCell(dx: number, dy: number) {
    this.#view.moveCell(dx, dy)
  }

  setCell(cell: Parameters<CanvasEngine['setCell']>[0], how: InputHow = 'keyboard') {
    this.#view.setCell(cell, how)
  }

  cell() {
    return this.#view.cell
  }

  paintCell(how: InputHow = 'keyboard') {
    return this.#view.paintCell(how)
  }

  zoomBy(factor: number, at?: { readonly x: number; readonly y: number }) {
    this.#view.zoomBy(factor, at && screenPoint(at.x, at.y))
  }

  zoomTo(zoom: number) {
    this.#view.zoomTo(zoom)
  }

  centerOn(place: Parameters<CanvasEngine['centerOn']>[0]) {
    this.#view.centerOn(place)
  }

  fit() {
    this.#view.fit()
  }

  view(): CanvasView {
    const { camera, cell } = this.#view
    return { centerX: camera.center.x, centerY: camera.center.y, zoom: camera.zoom, cell }
  }

  zoomLimits() {
    return this.#view.zoomLimits()
  }

  visibleArea() {
    return visibleArea(this.#view.camera, this.#view.viewport)
  }

  visibleTiles() {
    if (!this.#canvas) return { tiles: [], inWindow: 0 }
    const area = this.visibleArea()
    const inWindow = tilesIn(this.#canvas, area)
    // A quarter of a window more on each side: what a pan shows next is already there.
    const { left, top, right, bottom } = area
    const roomX = (right - left) / 4
    const roomY = (bottom - top) / 4
    const known = new Set(inWindow)
    const near = tilesIn(this.#canvas, { left: left - roomX, top: top - roomY, right: right + roomX, bottom: bottom + roomY })
    return { tiles: [...inWindow, ...near.filter((tile) => !known.has(tile))], inWindow: inWindow.length }
  }

  setGrid(on: boolean) {
    this.#grid = on
    this.#invalidate()
  }

  setInputMode(mode: 'mouse' | 'touch') {
    if (mode === 'touch') this.#view.hover(null)
  }

  setReducedMotion(on: boolean) {
    this.#reducedMotion = on
    if (on) this.#settles.clear()
    this.#view.setReducedMotion(on)
  }

  themeChanged() {
    this.#theme = readTheme(this.#host)
    this.#invalidate()
  }

  pixelAt(cell: Parameters<CanvasEngine['pixelAt']>[0]) {
    return this.#tiles.colorAt(cell)
  }

  isDrawn(cell: Parameters<CanvasEngine['isDrawn']>[0]) {
    const isVisible = this.#picture !== 'lost' && this.#picture !== 'none'
    return isVisible && this.#canvas !== null && this.#tiles.isDrawn(tileOf(this.#canvas.tileSize, cell))
  }

  bytes(tile: TileNumber) {
    return this.#tiles.bytes(tile)
  }

  dispose() {
    if (this.#disposed) return
    this.#disposed = true
    for (const stop of this.#stops) stop()
    if (this.#frame !== null) cancelAnimationFrame(this.#frame)
    this.#screen.dispose()
    this.#tiles.clear()
    this.#settles.clear()
  }

  #setPicture(state: PictureState) {
    if (this.#picture === state) return
    this.#picture = state
    this.#onPicture(state)
  }

  /** The renderer has lost what it knew, or the palette is another: everything goes there again. */
  #rebuild() {
    this.#screen.renderer.setPalette(this.#palette)
    this.#tiles.markAllDirty()
    this.#invalidate()
  }

  #invalidate() {
    if (this.#frame !== null || this.#disposed) return
    this.#frame = requestAnimationFrame((timeMs) => {
      this.#frame = null
      this.#drawFrame(timeMs)
    })
  }

  #drawFrame(timeMs: number) {
    const elapsedMs = this.#lastFrameMs === null ? 1_000 / 60 : Math.min(maxStepMs, timeMs - this.#lastFrameMs)
    if (this.#view.moving) this.#view.step(Math.max(0, elapsedMs))
    this.#draw(timeMs)
    this.#tellView()
    const goesOn = this.#view.moving || this.#settles.active
    this.#lastFrameMs = goesOn ? timeMs : null
    if (goesOn) this.#invalidate()
  }

  #draw(timeMs: number) {
    const { camera, viewport } = this.#view
    const transform = deviceTransform(camera, viewport)
    const canvas = this.#canvas
    const area = visibleArea(camera, viewport)
    const visible = canvas ? tilesIn(canvas, area) : []
    // With the cells that the window's outermost device pixels mix in, and what rounding to device pixels moves.
    const { drawn: loaded, isFull } = this.#tiles.upload(visible, outset(area, 2 + 2 / transform.scale))
    if (isFull && this.#screen.renderer.kind === '2d') this.#setPicture('incomplete')
    this.#screen.renderer.draw({
      ...this.#device,
      pixelRatio: viewport.pixelRatio,
      transform,
      board: deviceRect(transform, { left: 0, top: 0, right: canvas?.width ?? 0, bottom: canvas?.height ?? 0 }),
      tiles: canvas ? loaded.map((tile) => sceneTile({ canvas, transform, tile, rows: this.#tiles.rows(tile) })) : [],
      missing: canvas !== null && (loaded.length < visible.length || loaded.some((tile) => this.#tiles.rows(tile) < canvas.tileSize)),
      grid: this.#grid ? gridStrength(camera.zoom) : 0,
      marks: canvas ? this.#marks({ canvas, transform, timeMs }) : [],
      theme: this.#theme,
    })
  }

  #marks(options: { canvas: EngineCanvas; transform: DeviceTransform; timeMs: number }): Mark[] {
    const { canvas, transform, timeMs } = options
    const { viewport, cell } = this.#view
    const marks = this.#settles.marks({ timeMs, transform, tileSize: canvas.tileSize, palette: this.#palette })
    if (!cell) return marks
    const color = this.#selected === null ? null : (this.#palette[this.#selected] ?? null)
    return [...marks, ...cellMarks({ transform, pixelRatio: viewport.pixelRatio, cell, color })]
  }

  #tellView() {
    const view = this.view()
    const before = this.#shownView
    if (
      before &&
      before.centerX === view.centerX &&
      before.centerY === view.centerY &&
      before.zoom === view.zoom &&
      before.cell === view.cell
    ) {
      return
    }
    this.#shownView = view
    this.#onView(view)
  }

  #resize({ viewport, deviceWidth, deviceHeight }: ElementSize) {
    this.#device = { width: deviceWidth, height: deviceHeight }
    this.#screen.resize(this.#device)
    this.#view.resize(viewport)
    // Setting the size has cleared the canvas: draw before the browser shows it.
    this.#draw(performance.now())
  }
}
