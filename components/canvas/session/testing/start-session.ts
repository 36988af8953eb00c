/** Starts a session on a `FakeServer`, with a sink that keeps the bytes that an engine would show, and a list of all notices. */
import { expect } from 'vitest'
import { asPosition, asTile, type Position, type TileNumber } from '../../../../lib/brand.ts'
import { type BoardPoint, positionOf, tileOf } from '../../../../lib/geometry.ts'
import type { BoardChanges } from '../../board-changes.ts'
import { TileSurface } from '../../engine/tile-surface.ts'
import type { EngineCanvas, PixelSink } from '../../engine/types.ts'
import { MonotonicClock } from '../monotonic-clock.ts'
import { CanvasSession } from '../session.ts'
import type { Notice, SessionEnvironment } from '../types.ts'
import { FakeServer, type FakeServerOptions } from './fake-server.ts'
import { ManualClock } from './manual-clock.ts'

/** Keeps the bytes of each tile as the engine does, without drawing them. */
export class FakeScreen implements PixelSink {
  canvas: EngineCanvas | null = null
  readonly #tiles = new Map<TileNumber, TileSurface>()

  setCanvas(canvas: EngineCanvas) {
    this.canvas = canvas
  }

  setTile(tile: TileNumber, colors: Uint8Array) {
    this.#surface(tile).set(colors)
  }

  showPart(tile: TileNumber, colors: Uint8Array, count: number) {
    this.#surface(tile).showPart(colors, count)
  }

  /** How many rows of a tile are on the screen. */
  rows(tile: TileNumber) {
    return this.#surface(tile).rows
  }

  drawPixels(tile: TileNumber, positions: Uint32Array, colors: Uint8Array) {
    if (!this.#surface(tile).shown) throw new Error('a frame was drawn before its board')
    this.#surface(tile).draw(positions, colors)
  }

  paintOptimistic(tile: TileNumber, position: Position, color: number | null) {
    this.#surface(tile).paintOptimistic(position, color)
  }

  dropTile(tile: TileNumber) {
    this.#surface(tile).drop()
  }

  bytes(tile: TileNumber) {
    return this.#surface(tile).shown?.slice() ?? null
  }

  pixelAt(cell: BoardPoint) {
    const tileSize = this.canvas?.tileSize ?? 64
    return this.colorAt(tileOf(tileSize, cell), positionOf(tileSize, cell))
  }

  colorAt(tile: TileNumber, position: Position) {
    return this.#surface(tile).colorAt(position)
  }

  #surface(tile: TileNumber) {
    const surface = this.#tiles.get(tile) ?? new TileSurface(this.canvas?.tileSize ?? 64)
    this.#tiles.set(tile, surface)
    return surface
  }
}

export class FakeStorage {
  readonly items = new Map<string, string>()
  readonly getItem = (name: string) => this.items.get(name) ?? null
  readonly setItem = (name: string, value: string) => void this.items.set(name, value)
  readonly removeItem = (name: string) => void this.items.delete(name)
}

export type FixtureOptions = Partial<Omit<FakeServerOptions, 'clock'>> & {
  readonly storage?: FakeStorage
  readonly memory?: FakeStorage
  readonly keys?: string
  readonly server?: FakeServer
  readonly canvasId?: string
  readonly changes?: BoardChanges
}

export const startSession = (options: FixtureOptions = {}) => {
  const server = options.server ?? new FakeServer({ ...options, clock: new ManualClock() })
  const { clock } = server
  const screen = new FakeScreen()
  const notices: Notice[] = []
  let keys = 0
  let report: (event: 'online' | 'offline' | 'visible' | 'hidden') => void = () => undefined
  const environment: SessionEnvironment = {
    fetch: server.fetch,
    io: server.io,
    clock: new MonotonicClock({ ticks: clock.ticks, wallClock: clock.wall }),
    random: options.random ?? (() => 0.5),
    timers: clock.timers,
    watch: (listener) => {
      report = listener
      return () => {
        report = () => undefined
      }
    },
    afterDraw: (callback) => void clock.timers.set(callback, 16),
    newKey: () => `${options.keys ?? 'key'}-${++keys}`,
    ...(options.storage ? { storage: options.storage } : {}),
    ...(options.memory ? { memory: options.memory } : {}),
  }
  const session = new CanvasSession({ environment, canvasId: options.canvasId ?? 'main', sink: options.changes?.watch(screen) ?? screen })
  session.store.subscribe((state, before) => {
    if (state.notice && state.notice !== before.notice) notices.push(state.notice)
  })
  return {
    session,
    server,
    clock,
    screen,
    notices,
    state: () => session.store.getState(),
    transport: () => server.transport,
    word: () => session.store.getState().connection.state,
    browser: (event: 'online' | 'offline' | 'visible' | 'hidden') => report(event),
  }
}

/** The tile, cell and position that most tests use. */
export const tile = asTile(0)
export const cell = { gx: 3, gy: 2 }
export const position = asPosition(2 * 64 + 3)

/** A session that shows one tile and is live. */
export const startLive = async (options: FixtureOptions = {}) => {
  const fixture = startSession(options)
  fixture.session.viewTiles([tile])
  await fixture.clock.advance(500)
  expect(fixture.word()).toBe('live')
  return fixture
}
