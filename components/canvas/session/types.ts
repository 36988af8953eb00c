/**
 * The interface of the session: one canvas, followed over HTTP and a socket. Pixels go directly into the engine (`PixelSink`). The
 * store has only what texts and buttons show.
 */
import type { StoreApi } from 'zustand/vanilla'
import type { TileNumber } from '../../../lib/brand.ts'
import type { Charges } from '../../../lib/charges.ts'
import type { TemplateAnnouncement } from '../../../lib/control-log.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { Painter } from '../../../lib/painter.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { ShownCanvas } from '../../../lib/show-canvas.ts'
import type { NoticeCode, NoticeParams } from '../../../lib/words/page-words.ts'
import type { PixelSink } from '../engine/types.ts'
import type { Answer } from './api.ts'
import type { MonotonicClock } from './monotonic-clock.ts'
import type { Transport } from './transport-choice.ts'

/** `GET /api/canvases/:id`. */
export type CanvasInfo = ShownCanvas

export type PainterInfo = Pick<Painter, 'id' | 'name' | 'role'>

export type ConnectionState = 'connecting' | 'live' | 'partly_live' | 'catching_up' | 'offline'

export interface ConnectionInfo {
  readonly state: ConnectionState
  /** The wall-clock time at which this state began; for `offline`, the time of the last message. */
  readonly sinceMs: number
  /** While catching up: the pixels that have arrived since. */
  readonly behindPixels: number
  /** With `partly_live`: how many of the window's tiles are always live. The others take turns. */
  readonly partlyLive: { readonly parts: number; readonly of: number } | null
  /** How much of the window's boards is loaded, in whole percent; null if all of it is shown. */
  readonly loadedPercent: number | null
}

/**
 * Charges at `receivedAtMs` of the session's `now()`, less the pending pixels. The session renews them when the next charge is
 * due, so a display only counts down `nextChargeInMs - (now - receivedAtMs)`.
 */
export type KnownCharges = Charges & { readonly receivedAtMs: number }

/** A message for the painter. The page has its text. */
export interface Notice {
  /** Increases, so that two equal notices differ. */
  readonly id: number
  readonly kind: 'refused' | 'info' | 'error'
  readonly code: NoticeCode
  readonly params?: NoticeParams
}

export interface UndoInfo {
  /** The pixels of the step. */
  readonly count: number
  /** Until when, in the server's time; null while a pixel has no answer. */
  readonly untilMs: number | null
}

export interface SessionState {
  readonly loading: 'loading' | 'ready' | 'not_found' | 'failed'
  /** With `failed`: the code that the server answered; null if there was no answer. */
  readonly failure: ProblemCode | null
  readonly canvas: CanvasInfo | null
  readonly connection: ConnectionInfo
  /** True if the canvas is known to have no commit. */
  readonly untouched: boolean
  readonly online: number | null
  readonly painter: PainterInfo | null
  readonly charges: KnownCharges | null
  /** Optimistic pixels without an answer. */
  readonly pending: number
  /** Optimistic pixels that were acknowledged since the page was opened. */
  readonly saved: number
  /** What can be taken back now, the newest step; null if there is nothing. */
  readonly undo: UndoInfo | null
  /** Pixels of the painter that were taken back since the page was opened. */
  readonly undone: number
  readonly notice: Notice | null
  /** The template that changed last. */
  readonly changedTemplate: TemplateAnnouncement | null
}

/** `skipped`: the stroke goes on with the next cell. `stopped`: it takes no further cell. */
export type StrokeResult = 'drawn' | 'skipped' | 'stopped'

/** A stroke that is being drawn. After `send` or `drop` it takes no further cell. */
export interface Stroke {
  readonly count: number
  /** Shows the pixel at once. A reason against it becomes a notice, each reason once. */
  draw(cell: BoardPoint, color: number): StrokeResult
  send(): void
  /** Takes all of it back. */
  drop(): void
}

export interface Session {
  readonly store: StoreApi<SessionState>
  /** Monotonic milliseconds, the clock of `receivedAtMs`. */
  readonly now: () => number
  /** The server's time as far as it is known. Times that the server sends are compared with it. */
  readonly serverNow: () => number
  /** Shows the pixel at once and sends it in the background. Returns false, with a notice, if it was refused without a request. */
  place(cell: BoardPoint, color: number): boolean
  /** Begins a stroke. Nothing of it is sent before its end. */
  stroke(): Stroke
  /** Takes back the newest step: a click or a stroke. A reason against it becomes a notice. */
  undo(): void
  /** Takes back one own pixel. Returns false if it cannot be taken back from here any more. */
  undoPlacement(id: string): boolean
  /** The newest own placement at a cell that can be taken back, with its time at the server. */
  ownPlacementAt(cell: BoardPoint): { readonly id: string; readonly atMs: number } | null
  /**
   * The tiles to follow, the most important first (`engine.visibleTiles()`). The first `inWindow` of them are in the window.
   */
  viewTiles(tiles: readonly TileNumber[], inWindow?: number): void
  /** Sends a request as this page's painter. `body` says what the answer has. */
  request(path: string, init: RequestInit, body: 'json' | 'bytes' | 'nothing'): Promise<Answer<unknown>>
  /** Shows a notice of the page to the painter. */
  notify(notice: Omit<Notice, 'id'>): void
  /** Idempotent. */
  dispose(): void
}

/** The part of a Socket.IO client that the session uses. */
export interface ClientSocket {
  readonly connected: boolean
  /** The transport of an open connection. It changes when long polling is upgraded. */
  readonly transport: Transport | null
  on(event: string, listener: (...args: unknown[]) => void): unknown
  emit(event: string, ...args: unknown[]): unknown
  connect(transports: readonly Transport[]): unknown
  disconnect(): unknown
}

export interface Timers {
  set(callback: () => void, delayMs: number): number
  clear(timer: number): void
}

/** What every part of the session needs. `now` gives monotonic milliseconds, for durations. */
export type Runtime = Pick<MonotonicClock, 'now'> & Pick<SessionEnvironment, 'timers' | 'random'>

/** Everything outside the session. Tests replace all of it. */
export interface SessionEnvironment {
  readonly fetch: typeof fetch
  /** A socket that is not connected and never reconnects automatically. The session decides when. */
  readonly io: () => ClientSocket
  readonly clock: MonotonicClock
  readonly random: () => number
  readonly timers: Timers
  /** Reports `online`, `offline` and the visibility of the page. Returns the function that ends listening. */
  readonly watch: (listener: (event: 'online' | 'offline' | 'visible' | 'hidden') => void) => () => void
  /** Runs after the next drawn frame. */
  readonly afterDraw: (callback: () => void) => void
  readonly newKey: () => string
  /** Keeps optimistic pixels without an answer through a reload of the page. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Keeps the transport that works for other pages and later visits. */
  readonly memory?: Pick<Storage, 'getItem' | 'setItem'>
}

export interface SessionOptions {
  readonly environment: SessionEnvironment
  readonly canvasId: string
  readonly sink: PixelSink
}
