/** The API on a store in memory, behind a real node:http server, for the tests of this folder. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { backupsOverview } from '../../lib/backups.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { AdminSessions } from '../accounts/admin-sessions.ts'
import { createCallerResolver } from '../accounts/resolve-caller.ts'
import { createSessions } from '../accounts/sessions.ts'
import { createSignInGuard } from '../accounts/sign-in-guard.ts'
import { createSignInLink } from '../accounts/sign-in-link.ts'
import { createActs } from '../acts/acts.ts'
import type { LiveTiles } from '../broadcasting/port.ts'
import type { ScheduledBackups } from '../config.ts'
import { BoardEraser } from '../erasing/board-eraser.ts'
import { noFailpoints } from '../failpoints.ts'
import { createExpensiveReads } from '../limits/expensive-reads.ts'
import { createLimits } from '../limits/limits.ts'
import { type Logger, silentLogger } from '../observability/log.ts'
import { Members } from '../observability/members.ts'
import { createMetrics } from '../observability/metrics.ts'
import { OverviewKeeper } from '../observability/overview.ts'
import { ProcessMetrics } from '../observability/process-metrics.ts'
import { createThrottledWarnings } from '../observability/throttled-warnings.ts'
import { createAddressBudgets } from '../placement/address-budget.ts'
import { GroupCommitQueue } from '../placement/group-commit-queue.ts'
import { createGroupIds } from '../placement/group-id.ts'
import { createPlacementUseCase } from '../placement/placement-use-case.ts'
import { createUndoUseCase } from '../placement/undo-use-case.ts'
import { PublishingSwitch } from '../publishing/publishing-switch.ts'
import { createCanvasCache } from '../store/canvas-cache.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { type Store, StoreError } from '../store/port.ts'
import { createSiteCache } from '../store/site-cache.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import type { EventStream } from '../stream/port.ts'
import { clockOf } from '../worker-context.fixture.ts'
import { createApi } from './api.ts'
import { createCallers } from './callers.ts'
import { createClientAddresses } from './client-address.ts'
import { createCostlyWork } from './costly-work.ts'
import { createHealth, storePart } from './health.ts'
import { createNodeAdapter } from './node-adapter.ts'
import { OpenExchanges } from './open-exchanges.ts'
import { createOpenPictures } from './open-pictures.ts'
import { createOrigins } from './origins.ts'
import { createRequestLimiter } from './request-limiter.ts'
import { probeRoutes } from './routes/probe-routes.ts'
import { webRoutes } from './routes/web-routes.ts'

export const adminToken = 'admin-token-for-tests-of-the-api-only'
export const metricsToken = 'metrics-token-for-tests-of-the-api-only'

/** A store that a test can make unavailable. */
export class FailingStore extends MemoryStore {
  isDown = false
  constructor() {
    super({
      pause: async () => {
        if (this.isDown) throw new StoreError('unavailable', 'The store is down.')
      },
    })
  }
}

/** Boards straight from the store, without a broadcaster. */
const boardsOf = (store: Store): LiveTiles => ({
  async open(ref) {
    const board = await store.readBoard(ref)
    return board && { ref, epoch: board.epoch, head: board.seq, catchUp: () => ({ mode: 'reload' }) }
  },
  board: (ref) => store.readBoard(ref),
  heads: () => [],
})

export interface FixtureOptions {
  readonly canvas?: Partial<Canvas>
  readonly publicUrls?: readonly string[]
  readonly trustProxy?: number
  readonly rateLimits?: boolean
  /** On unless it is turned off. */
  readonly bypassHeader?: boolean
  readonly addressPainters?: number
  /** Replaces the commit queue's `place`. */
  readonly place?: (place: GroupCommitQueue['place']) => GroupCommitQueue['place']
  readonly logger?: Logger
  readonly backups?: ScheduledBackups
  readonly stream?: Pick<EventStream, 'kind' | 'info' | 'ping'>
  readonly lingerMs?: number
  readonly unreadMs?: number
  /** Answers the requests that go to Next. */
  readonly behind?: (request: IncomingMessage, response: ServerResponse) => void
}

export type Fixture = Awaited<ReturnType<typeof startApi>>

export const startApi = async (options: FixtureOptions = {}) => {
  const clock = { nowMs: Date.parse('2026-01-01T00:00:00Z') }
  const now = () => clock.nowMs
  const store = new FailingStore()
  await store.ensureCanvas(testCanvas(options.canvas))
  const logger = options.logger ?? silentLogger
  const newGroupId = createGroupIds({ now })
  const commitQueue = new GroupCommitQueue({ store, clock: clockOf(now), newGroupId, failpoints: noFailpoints, logger })
  if (options.place) commitQueue.place = options.place(commitQueue.place.bind(commitQueue))
  const canvases = createCanvasCache({ store, now })
  const limits = createLimits({ enabled: options.rateLimits ?? false })
  const exchanges = new OpenExchanges()
  const throttledWarnings = createThrottledWarnings({ logger, now })
  const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const adminSessions = new AdminSessions({ store, stream: { signal: () => undefined }, adminToken, now, monotonicNow: now, randomBytes })
  const signIns = createSignInGuard({ enabled: options.rateLimits ?? false, monotonicNow: now, throttledWarnings, logger })
  const eraser = new BoardEraser({
    ...{ store, newGroupId, logger, failpoints: noFailpoints, clock: { now, monotonicNow: now } },
  })
  const sessions = createSessions({
    sessionSecret: 'session-secret-for-tests-of-the-api-only',
    adminToken,
    isAdminSessionOpen: (id) => adminSessions.isOpen(id),
    now,
    randomBytes,
  })
  const signInLink = createSignInLink({ now, randomBytes })
  const processMetrics = new ProcessMetrics({ monotonicNow: now, workers: () => [], gateway: () => null })
  const stream = options.stream ?? new EmbeddedStream()
  const overview = new OverviewKeeper({
    store,
    stream,
    dataDir: null,
    clock: { now, monotonicNow: now },
    logger: silentLogger,
    processes: { self: { id: 'test', report: () => processMetrics.report() }, members: new Members() },
    shared: {
      isPaused: () => false,
      backups: async () => backupsOverview(await store.getBackups(), options.backups ?? null, { nowMs: now(), sinceMs: now() }),
    },
  })
  const shared = () => overview.read()
  const metrics = createMetrics({
    sockets: () => 0,
    queued: () => commitQueue.queued(),
    tilesInMemory: () => 0,
    unexpectedErrors: () => new Map(),
    shared,
  })
  const costly = createCostlyWork({ countsAddresses: options.rateLimits ?? false, now: () => performance.now() })
  const publicUrls = options.publicUrls ?? []
  const callers = createCallers({ resolver: createCallerResolver({ sessions, signIns, adminSessions }), sessions, limits, publicUrls })
  const health = createHealth({ parts: [storePart(store, { now })], now, keepMs: 0 })
  const api = createApi({
    routes: [
      ...webRoutes({
        store,
        liveTiles: boardsOf(store),
        site: createSiteCache({ store, now }),
        placing: {
          commitQueue,
          canvases,
          undo: createUndoUseCase({ commitQueue, canvases, limits }),
          placements: createPlacementUseCase({
            commitQueue,
            canvases,
            limits,
            budgets: createAddressBudgets({ painters: options.addressPainters ?? 0, monotonicNow: now }),
          }),
        },
        access: { callers, sessions, adminSessions, signIns, signInLink, limits },
        operations: {
          overview,
          publishing: new PublishingSwitch({ store, stream: { signal: () => undefined }, onResumed: () => undefined }),
          newGroupId,
          acts: createActs({ store, now, logger }),
          online: () => 3,
          wakePublisher: () => undefined,
          boardErased: (canvas) => eraser.erase(canvas, new AbortController().signal),
          logger,
        },
        expensiveReads: createExpensiveReads({ countsAddresses: options.rateLimits ?? false }),
        pictures: {
          costly,
          open: createOpenPictures({ countsAddresses: options.rateLimits ?? false, monotonicNow: () => performance.now() }),
        },
        clock: { now, monotonicNow: now, chargesNow: now },
        outboxRetentionMs: 3_600_000,
        webhooksAllowPrivate: false,
        backups: options.backups ?? null,
      }),
      ...probeRoutes({ callers, health, registry: metrics.registry, metricsToken }),
    ],
    limiter: createRequestLimiter({ limits, throttledWarnings, onLimited: metrics.limited }),
    origins: createOrigins({ publicUrls }),
    costly,
    exchanges,
    throttledWarnings,
    onRefused: metrics.refused,
    logger,
  })
  const addresses = createClientAddresses({ trustProxy: options.trustProxy ?? 0 })
  const adapter = createNodeAdapter({
    next: { bypassHeader: options.bypassHeader ?? true, dev: false },
    bounds: {
      countsAddresses: options.rateLimits ?? false,
      lingerMs: options.lingerMs ?? 5_000,
      unreadMs: options.unreadMs ?? 30_000,
    },
    monotonicNow: () => performance.now(),
    api,
    addresses,
    exchanges,
    throttledWarnings,
    logger,
  })
  const server = createServer((request, response) => {
    if (adapter.usesBypass(request)) return void adapter.answer(request, response)
    adapter.prepareForNext(request, response)
    if (options.behind) return options.behind(request, response)
    response.statusCode = 418
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  const send = (method: string, path: string, init: RequestInit & { json?: unknown } = {}) => {
    const { json, headers, ...rest } = init
    return fetch(url + path, {
      method,
      ...rest,
      headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...(headers as Record<string, string>) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
  }

  return {
    api,
    clock,
    store,
    sessions,
    adminSessions,
    canvases,
    metrics,
    signInLink,
    port,
    url,
    server,
    send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, headers ? { headers } : {}),
    post: (path: string, json?: unknown, headers?: Record<string, string>) => send('POST', path, { json, ...(headers ? { headers } : {}) }),
    /** Assigns seqs to the commits, as the publisher would. */
    sequence: () => store.sequence({ limit: 10_000 }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
    },
  }
}
