/** The boards in memory, the socket gateway, and the broadcaster between them. */
import { showCanvas } from '../../lib/show-canvas.ts'
import { Broadcaster } from '../broadcasting/broadcaster.ts'
import { TileCache } from '../broadcasting/tile-cache.ts'
import { readNewestBoard } from '../projecting/past-board.ts'
import { Gateway } from '../realtime/gateway.ts'
import { OccupiedRooms } from '../realtime/occupied-rooms.ts'
import type { Placing } from './placing-module.ts'
import type { WebModuleOptions } from './web-module.ts'

export const createBroadcasting = (options: WebModuleOptions, placing: Placing) => {
  const { context, observability, storage } = options
  const { store, stream } = storage
  const occupied = new OccupiedRooms()
  const tiles = new TileCache({
    store: { readBoard: (ref) => readNewestBoard(store, ref), readCommits: store.readCommits },
    watched: occupied.has,
  })
  const gateway = createGateway(options, { placing, tiles, occupied })
  const broadcaster = new Broadcaster({
    gateway: context.processId,
    store,
    stream,
    tiles,
    sink: gateway,
    context,
    metrics: observability.delivery,
  })
  return { tiles, gateway, broadcaster }
}

const createGateway = (
  options: WebModuleOptions,
  { placing, tiles, occupied }: { placing: Placing; tiles: TileCache; occupied: OccupiedRooms },
) => {
  const { context, observability, storage, coordination, access, http } = options
  const { config, logger, errors, clock } = context
  const { metrics, processMetrics, throttledWarnings } = observability
  const { resolver, sessions, adminSessions, addresses, origins, limits } = access
  const { canvases, placements } = placing
  return new Gateway({
    httpServer: http,
    gateway: context.processId,
    boards: {
      store: storage.store,
      stream: storage.stream,
      canvases: { get: canvases.get, forget: canvases.forget, renew: canvases.renew, show: showCanvas },
      liveTiles: tiles,
      occupied,
    },
    access: {
      callers: resolver,
      originAllowed: origins.allowed,
      hasSession: sessions.hasSession,
      isAdminSessionOpen: (id) => adminSessions.isOpen(id),
      addressOf: (request) => addresses.peerOf(request).address,
      limits,
      rateLimits: config.rateLimits,
    },
    placePixel: placements.placePixel,
    overview: () => coordination.overview.read(),
    clocks: { ...clock, chargesNow: storage.chargeClock.now },
    reports: {
      logger,
      errors,
      throttledWarnings,
      onSeen(ms) {
        metrics.seen(ms)
        processMetrics.seen(ms)
      },
      onSlowClient: metrics.slowClient,
      onRefused: metrics.refused,
    },
  })
}
