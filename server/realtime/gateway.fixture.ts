/** A process without the HTTP API, and clients for it: real sockets and loops, and a store and a stream in memory. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { expect, vi } from 'vitest'
import { noBackupsOverview } from '../../lib/backups.ts'
import { asCanvasId, asPainterId, asTile } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { guestName, type Painter } from '../../lib/painter.ts'
import { type Frame, TileFollower } from '../../lib/tile-follower.ts'
import type { BadToken, Caller, Credentials } from '../accounts/caller.ts'
import { type CallerResolverOptions, createCallerResolver } from '../accounts/resolve-caller.ts'
import { Broadcaster } from '../broadcasting/broadcaster.ts'
import { unpackFrame } from '../broadcasting/frame.ts'
import type { JoinableTiles } from '../broadcasting/port.ts'
import { TileCache } from '../broadcasting/tile-cache.ts'
import { systemClock } from '../clock.ts'
import { NosniffResponse } from '../http/nosniff-response.ts'
import { createSupervisor } from '../lifecycle.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import { silentLogger } from '../observability/log.ts'
import { Members } from '../observability/members.ts'
import { OverviewKeeper } from '../observability/overview.ts'
import { ProcessMetrics } from '../observability/process-metrics.ts'
import { roleWorkers } from '../observability/role-workers.ts'
import { createThrottledWarnings } from '../observability/throttled-warnings.ts'
import { createUnexpectedErrors } from '../observability/unexpected-errors.ts'
import { Publisher } from '../publishing/publisher.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { Gateway, type GatewayAccess, type GatewayReports } from './gateway.ts'
import { OccupiedRooms } from './occupied-rooms.ts'
import type { PlacePixel } from './place.ts'

export const main = asCanvasId('main')
export const tile0 = asTile(0)
const cells = 64 * 64

const closers: (() => Promise<void> | void)[] = []
/** For `afterEach`. */
export const closeAll = async () => {
  for (const close of closers.splice(0).reverse()) await close()
}

/** The gateway's options that a test replaces. */
export interface GatewayOverrides
  extends Partial<Pick<GatewayAccess, 'isAdminSessionOpen' | 'addressOf' | 'limits' | 'rateLimits'>>,
    Partial<Pick<GatewayReports, 'errors' | 'onSeen'>> {
  readonly identify?: CallerResolverOptions['sessions']['identify']
  readonly checkAdminSession?: (session: string) => Promise<boolean>
  readonly placePixel?: PlacePixel
  readonly monotonicNow?: () => number
  readonly liveTiles?: JoinableTiles
}

export interface StartOptions {
  readonly canvas?: Partial<Canvas>
  readonly gateway?: GatewayOverrides
  /** Of a process that ran before. */
  readonly store?: MemoryStore
  readonly stream?: EmbeddedStream
}

let groups = 0

/** Tokens are the names of painters. */
const identifyByName = ({ token }: Credentials): Caller | BadToken => {
  if (token === undefined || token === null) return { kind: 'anonymous' }
  if (token === '' || token === 'bad') return { kind: 'bad_token' }
  const id = asPainterId(`p_${token}`)
  const painter: Painter = { id, name: guestName(id), role: 'guest', createdAtMs: 0 }
  return token === 'admin' ? { kind: 'admin', via: 'token', painter, session: null } : { kind: 'guest', via: 'token', painter }
}

/** Places directly in the store. */
export const start = async (options: StartOptions = {}) => {
  const store = options.store ?? new MemoryStore()
  const stream = options.stream ?? new EmbeddedStream()
  await store.ensureCanvas(testCanvas(options.canvas))
  const httpServer = createServer({ ServerResponse: NosniffResponse })
  const context = workerContext({ clock: clockOf(Date.now), random: Math.random })
  const healed = { gaps: 0 }
  const shared = { store, stream, context, metrics: { ...noMetrics, healedGap: () => void healed.gaps++ } }
  const occupied = new OccupiedRooms()
  const tiles = new TileCache({ store, watched: occupied.has })
  const place = async (gx: number, color: number, { gy = 0, painter }: { gy?: number; painter?: Painter } = {}) => {
    const request = paint({ gx, gy, color }, painter ? { painter } : {})
    const outcomes = await store.place({ id: `group${(groups++).toString().padStart(8, '0')}`, requests: [request], nowMs: Date.now() })
    publisher.wake()
    return outcomes[0]
  }
  const placePixel: PlacePixel = async ({ painter, body }) => {
    const { gx, color } = body as { gx: number; color: number }
    await place(gx, color, { painter })
    stream.signal({ kind: 'me', canvas: main, painter: painter.id })
    return { kind: 'placed', placement: { gx } }
  }
  const overrides = options.gateway ?? {}
  const { monotonicNow = Date.now, errors = createUnexpectedErrors({ logger: silentLogger, monotonicNow: Date.now }) } = overrides
  const gateway = new Gateway({
    httpServer,
    gateway: 'test',
    boards: {
      store,
      stream,
      canvases: {
        get: (id) => store.getCanvas(id),
        forget: () => undefined,
        renew: () => undefined,
        show: (canvas) => ({ id: canvas.id, rev: canvas.rev }),
      },
      liveTiles: overrides.liveTiles ?? tiles,
      occupied,
    },
    access: {
      callers: createCallerResolver({
        sessions: { identify: overrides.identify ?? identifyByName, claimedSession: (cookie) => cookie },
        signIns: {
          refuseToken: ({ identified }) =>
            identified.kind === 'bad_token' ? { code: 'unauthenticated', detail: 'This token is not valid here.' } : null,
        },
        adminSessions: { check: overrides.checkAdminSession ?? (async () => false) },
      }),
      originAllowed: (origin) => origin === undefined || origin === 'http://good',
      hasSession: (cookie) => cookie !== undefined,
      isAdminSessionOpen: overrides.isAdminSessionOpen ?? (() => true),
      addressOf: overrides.addressOf ?? (() => 'here'),
      limits: overrides.limits ?? { openSocket: () => true, closeSocket: () => undefined },
      rateLimits: overrides.rateLimits ?? false,
    },
    placePixel: overrides.placePixel ?? placePixel,
    overview: () => overview.read(),
    clocks: { now: Date.now, monotonicNow, chargesNow: Date.now },
    reports: {
      logger: silentLogger,
      errors,
      throttledWarnings: createThrottledWarnings({ logger: silentLogger, now: Date.now }),
      onSeen: overrides.onSeen ?? (() => undefined),
    },
  })
  const processMetrics = new ProcessMetrics({
    monotonicNow: Date.now,
    workers: () => roleWorkers([{ role: 'publisher', services: ['publisher'], processed: () => 0 }], supervisor.health()),
    gateway: () => ({ sockets: gateway.sockets(), joined: gateway.joined(), boards: tiles.size }),
  })
  const overview = new OverviewKeeper({
    store,
    stream,
    dataDir: null,
    clock: systemClock,
    logger: silentLogger,
    processes: { self: { id: 'test', report: () => processMetrics.report() }, members: new Members() },
    shared: { isPaused: () => false, backups: async () => noBackupsOverview },
  })
  const broadcaster = new Broadcaster({ ...shared, gateway: 'test', tiles, sink: gateway })
  const publisher = new Publisher({ ...shared, newGroupId: () => 'newgroup', intervals: { pollMs: 20, publishMs: 0 } })
  const supervisor = createSupervisor({ logger: silentLogger, now: Date.now, random: Math.random })
  for (const service of [publisher, broadcaster.follow, broadcaster.watchHeads]) supervisor.start(service)
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`
  const stop = async () => {
    await supervisor.stop()
    await gateway.close()
    httpServer.close()
  }
  closers.push(async () => {
    await stop()
    await stream.close()
  })
  return { store, stream, gateway, occupied, broadcaster, healed, tiles, httpServer, url, place, stop }
}

export const connect = async (url: string, options: Record<string, unknown> = {}) => {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...options })
  closers.push(() => void socket.disconnect())
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return socket
}

export const received = (socket: Socket, event: string) => {
  const all: unknown[][] = []
  socket.on(event, (...args: unknown[]) => all.push(args))
  return all
}

/** Follows tile 0 as a browser does. */
export const follow = (socket: Socket) => {
  const follower = new TileFollower()
  socket.on('pixels', (_canvas: string, _tile: number, from: number, to: number, data: string) => {
    follower.frame({ from, to, ...unpackFrame(data, cells) } satisfies Frame)
  })
  return follower
}

export const join = (socket: Socket, seq: number | null = null, more: Record<string, unknown> = {}) =>
  socket.timeout(5_000).emitWithAck('join', { canvas: 'main', tiles: [{ tile: 0, seq }], ...more })

/** A gateway with a manual clock, and the errors that it reported. */
export const startStill = async (gateway: NonNullable<StartOptions['gateway']> = {}) => {
  let nowMs = 0
  const error = vi.fn()
  const monotonicNow = () => nowMs
  const errors = createUnexpectedErrors({ logger: { error }, monotonicNow: Date.now })
  const started = await start({ gateway: { monotonicNow, errors, ...gateway } })
  const advance = (ms: number) => {
    nowMs += ms
    started.gateway.checkConnections()
  }
  return { ...started, advance, reported: error.mock.calls }
}

/** A connection that is cut off has a second to answer. */
export const soon = { timeout: 5_000 }
export const servesOthers = async (url: string) => expect(await join(await connect(url))).toMatchObject({ ok: true })
