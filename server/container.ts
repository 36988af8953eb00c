/**
 * Puts one process together: adapters, loops, gateway and API, each made here and nowhere else (tests aside), and taken
 * down in the order that loses nothing (A7).
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { asCanvasId } from '../lib/brand.ts'
import type { Canvas } from '../lib/canvas.ts'
import { showCanvas } from '../lib/show-canvas.ts'
import { AdminSessions } from './accounts/admin-sessions.ts'
import { createSignInGuard } from './accounts/sign-in-guard.ts'
import { type AdapterOptions, openStore, openStream } from './adapters.ts'
import { Broadcaster } from './broadcasting/broadcaster.ts'
import type { FrameSink } from './broadcasting/port.ts'
import { TileCache } from './broadcasting/tile-cache.ts'
import { createClockBounds } from './clock-bounds.ts'
import type { Config, ProcessRole } from './config.ts'
import { createFailpoints } from './failpoints.ts'
import { setHandle } from './handle.ts'
import { createApi } from './http/api.ts'
import { speaksHttps } from './http/callers.ts'
import { createCanvasCache } from './http/canvas-cache.ts'
import { createClientAddresses } from './http/client-address.ts'
import { createCostlyWork } from './http/costly-work.ts'
import { createHealth, servicePart, storePart, streamPart } from './http/health.ts'
import { createLimits } from './http/limits.ts'
import { createNodeAdapter } from './http/node-adapter.ts'
import { createOpenExchanges } from './http/open-exchanges.ts'
import { createOpenPictures } from './http/open-pictures.ts'
import { createOrigins } from './http/origins.ts'
import { createPageGate } from './http/page-gate.ts'
import { loadSecrets, noteSignIn } from './http/secrets.ts'
import { createSessions } from './http/sessions.ts'
import { SetupWatch } from './http/setup-watch.ts'
import { createSignInLink } from './http/sign-in-link.ts'
import { readStaticFiles } from './http/static-files.ts'
import { ignoredSettings } from './ignored-settings.ts'
import { createSupervisor } from './lifecycle.ts'
import { monotonicNow } from './monotonic-clock.ts'
import { newEpoch } from './new-epoch.ts'
import { HeartbeatService } from './observability/heartbeat.ts'
import { Members } from './observability/members.ts'
import { createMetrics } from './observability/metrics.ts'
import { OperatorWarnings } from './observability/operator-warnings.ts'
import { OverviewKeeper } from './observability/overview.ts'
import { ProcessMetrics } from './observability/process-metrics.ts'
import { roleWorkers } from './observability/role-workers.ts'
import { createThrottledWarnings } from './observability/throttled-warnings.ts'
import type { UnexpectedErrors } from './observability/unexpected-errors.ts'
import { WriteWatch } from './observability/write-watch.ts'
import { createPages } from './pages.ts'
import { createAddressBudgets } from './placement/address-budget.ts'
import { ChargeClock } from './placement/charge-clock.ts'
import { createGroupCommitQueue } from './placement/group-commit-queue.ts'
import { createGroupIds } from './placement/group-id.ts'
import { createPlacementUseCase } from './placement/placement-use-case.ts'
import { createRetention } from './placement/retention.ts'
import { LogProjection } from './projecting/log-projection.ts'
import { readNewestBoard } from './projecting/past-board.ts'
import { Projector } from './projecting/projector.ts'
import { SnapshotProjection } from './projecting/snapshot-projection.ts'
import { HeadKeeper } from './publishing/head-keeper.ts'
import { primeStream } from './publishing/prime-stream.ts'
import { Publisher } from './publishing/publisher.ts'
import { PublishingSwitch } from './publishing/publishing-switch.ts'
import { TileOwnership } from './publishing/tile-ownership.ts'
import { Gateway } from './realtime/gateway.ts'
import { drainOutbox, takeFinalSnapshots } from './shutdown-drain.ts'
import type { Store } from './store/port.ts'
import { watchStore } from './store/watched-store.ts'
import type { EventStream } from './stream/port.ts'
import { createWebServer } from './web-server.ts'

export interface Container {
  readonly store: Store
  readonly stream: EventStream
  /** Starts the loops, and answers requests. Returns the address for people, and while no operator has signed in a link that does so. */
  listen(): Promise<{ url: string; port: number; signInUrl: string | null }>
}

const firstCanvas = (config: Config): Canvas => ({
  id: asCanvasId('main'),
  title: 'Main',
  epoch: newEpoch(),
  rev: 1,
  state: 'open',
  ...config.firstCanvas,
})

/** Publishing more often costs every gateway and the store more for each pixel, and nobody notices 10 ms. */
const publishIntervalMs = 10

/** What a process without sockets sends its frames to. */
const emptyRoom: FrameSink = { frame: () => undefined, resync: () => undefined, watched: () => false, sockets: () => 0 }

/** The folders whose files browsers may ask for, by the first part of their paths. */
const browserFiles = { '/_next/static/': '.next/static', '/': 'public' }

interface ContainerOptions extends AdapterOptions {
  readonly dev: boolean
  readonly errors: UnexpectedErrors
  /** Whether a request may choose the way through Next, by a header. For tests. */
  readonly nextLane?: boolean
  /** Pixels in one transaction, when it is not what the commitQueue takes by itself: for measuring what group commit is worth. */
  readonly maxGroupPixels?: number
}

/** @throws with a sentence for the operator when a part cannot be started. */
export const createContainer = async (options: ContainerOptions): Promise<Container> => {
  const { config, logger, lifecycle, errors, dev } = options
  const runs = (role: ProcessRole) => config.roles.includes(role)
  const now = Date.now
  const random = Math.random
  const failpoints = createFailpoints(config.failpoints)

  const throttledWarnings = createThrottledWarnings({ logger, now: monotonicNow })
  const web = createWebServer({ logger, throttledWarnings, countsAddresses: config.rateLimits && config.trustProxy === 0 })
  // Before anything is made: a start that cannot have its port leaves no trace.
  const port = await web.listen({ port: config.port, host: config.host })
  const { adminToken, sessionSecret, awaitsOperator } = loadSecrets(config)

  const clockBounds = createClockBounds({ now, monotonicNow: monotonicNow })
  const chargeClock = new ChargeClock({ startMs: now(), monotonicNow: monotonicNow })
  const metrics = createMetrics({
    sockets: () => gateway?.sockets() ?? 0,
    queued: () => commitQueue.queued(),
    tilesInMemory: () => tiles.size,
    unexpectedErrors: () => errors.counts(),
    shared: () => overview.read(),
  })
  const warnings = new OperatorWarnings({ logger, now, monotonicNow, onWarning: metrics.warned })
  const writes = {
    store: new WriteWatch({ part: 'store', logger, now: monotonicNow, onFailed: (reason) => metrics.failedToWrite('store', reason) }),
    stream: new WriteWatch({ part: 'stream', logger, now: monotonicNow, onFailed: (reason) => metrics.failedToWrite('stream', reason) }),
  }
  const store = watchStore(await openStore({ ...options, onCharges: chargeClock.observe }), writes.store, monotonicNow)
  lifecycle.onStop('store', () => store.close())
  const stream = await openStream({ ...options, watch: writes.stream })
  lifecycle.onStop('stream', () => stream.close())
  chargeClock.observe((await store.latestChargeMs()) ?? 0)
  const main = await store.ensureCanvas(firstCanvas(config))
  for (const setting of ignoredSettings(config, main)) {
    logger.warn({ event: 'setting_ignored', ...setting, reason: 'the canvas was made with another value, which it keeps' })
  }
  // A stream in process knows nothing yet; one on Redis is told by the publisher when it has forgotten.
  if (stream.kind === 'embedded') for (const canvas of await store.listCanvases()) await primeStream({ store, stream, canvas })

  /** Of this life of the process. */
  const processId = randomUUID().slice(0, 8)
  const canvases = createCanvasCache({ store, now: monotonicNow })

  const newGroupId = createGroupIds({ now })
  const publishing = new PublishingSwitch({ store, stream, onResumed: () => publisher.wake() })
  const adminSessions = new AdminSessions({ store, stream, adminToken, now, monotonicNow: monotonicNow, randomBytes })
  const peers = new Members()
  const ownership = new TileOwnership({ store, peers, id: processId })
  const publisher = new Publisher({
    ownedTiles: () => ownership.tiles,
    isPaused: () => publishing.isPaused,
    newGroupId,
    store,
    stream,
    failpoints,
    logger,
    now,
    monotonicNow,
    random,
    pollMs: config.outboxPollMs,
    publishIntervalMs,
    onPublished({ commits, nowMs }) {
      const agesMs = commits.map(({ atMs }) => nowMs - atMs)
      metrics.published(agesMs)
      numbers.published(agesMs)
    },
    onSequenced: metrics.sequenced,
    onAppended: metrics.appended,
    onFailed() {
      metrics.failedToPublish()
      numbers.failedToPublish()
    },
    onRetried: metrics.retried,
    onDeadLettered: metrics.moveToDeadLetters,
  })
  // Signals come at any time from now on, also while this process still starts: only when what hears them is there.
  stream.onSignal((signal) => {
    if (signal.kind === 'canvas') canvases.forget(signal.canvas)
    if (signal.kind === 'wake') publisher.wake()
    if (signal.kind === 'sessions') adminSessions.refresh().catch(() => undefined)
    if (signal.kind === 'publishing') publishing.refresh().catch(() => undefined)
  })
  await publishing.refresh()
  await adminSessions.refresh()
  const commitQueue = createGroupCommitQueue({
    store,
    now,
    chargesNow: chargeClock.now,
    newGroupId,
    failpoints,
    logger,
    ...(options.maxGroupPixels === undefined ? {} : { maxGroupPixels: options.maxGroupPixels }),
    onCommitted({ requests, outcomes }) {
      publisher.wake()
      if (stream.kind === 'redis') stream.signal({ kind: 'wake' })
      for (const [index, { painter, canvas }] of requests.entries()) {
        const outcome = outcomes[index]
        if (outcome?.kind === 'done' && outcome.placed > 0) stream.signal({ kind: 'me', canvas, painter: painter.id })
      }
    },
  })

  lifecycle.onStop('web', () => web.close())
  const addresses = createClientAddresses({ trustProxy: config.trustProxy })
  const limits = createLimits({ enabled: config.rateLimits })
  const origins = createOrigins({ publicUrls: config.publicUrls })
  const isAdminSessionOpen = (id: string) => adminSessions.isOpen(id)
  const sessions = createSessions({
    sessionSecret,
    adminToken,
    isAdminSessionOpen,
    now: clockBounds.latest,
    ageNow: clockBounds.earliest,
    randomBytes,
  })
  const signInLink = createSignInLink({ now: monotonicNow, randomBytes })
  const signIns = createSignInGuard({ enabled: config.rateLimits, monotonicNow: monotonicNow, throttledWarnings, logger })
  const placements = createPlacementUseCase({
    commitQueue,
    canvases,
    limits,
    budgets: createAddressBudgets({ painters: config.rateLimits ? config.addressPainters : 0, monotonicNow: monotonicNow }),
    onOutcome(outcome, count) {
      metrics.placed(outcome, count)
      if (outcome === 'placed') numbers.placed(count)
    },
  })
  const tiles: TileCache = new TileCache({
    store: { readBoard: (ref) => readNewestBoard(store, ref), readCommits: store.readCommits },
    watched: (ref) => gateway?.watched(ref) ?? false,
  })
  const gateway: Gateway | null = !runs('web')
    ? null
    : new Gateway({
        httpServer: web.http,
        gateway: processId,
        liveTiles: tiles,
        store,
        stream,
        canvases: { get: canvases.get, forget: canvases.forget, show: showCanvas },
        placePixel: placements.placePixel,
        identify: sessions.identify,
        originAllowed: origins.allowed,
        hasSession: sessions.hasSession,
        refuseToken: signIns.refuseToken,
        isAdminSessionOpen,
        async checkAdminSession(cookie) {
          const session = sessions.claimedSession(cookie ?? null)
          if (session !== null) await adminSessions.check(session)
        },
        addressOf: (request) => addresses.peerOf(request).address,
        limits,
        rateLimits: config.rateLimits,
        throttledWarnings,
        errors,
        logger,
        now,
        chargesNow: chargeClock.now,
        monotonicNow: monotonicNow,
        overview: () => overview.read(),
        onSeen(ms) {
          metrics.seen(ms)
          numbers.seen(ms)
        },
        onSlowClient: metrics.slowClient,
      })
  const { publicUrls, trustProxy } = config
  const setupWatch = new SetupWatch({ warnings, origins, hasSession: sessions.hasSession, publicUrls, trustProxy, now: monotonicNow })
  if (runs('web')) setupWatch.listen(web.http)
  const broadcaster = new Broadcaster({
    gateway: processId,
    store,
    stream,
    tiles,
    sink: gateway ?? emptyRoom,
    failpoints,
    logger,
    now,
    monotonicNow,
    random,
    onEmitted(agesMs) {
      metrics.emitted(agesMs)
      numbers.emitted(agesMs)
    },
    onHealed() {
      metrics.healedGap()
      numbers.healedGap()
    },
  })
  const supervisor = createSupervisor({ logger, now, monotonicNow: monotonicNow, random })
  const snapshots = new SnapshotProjection({ store, now: clockBounds.latest, ageNow: clockBounds.earliest })
  const projectors = [
    new LogProjection({ name: 'history', store, logger }),
    new LogProjection({ name: 'stats', store, logger }),
    snapshots,
  ].map(
    (projection) =>
      new Projector({
        projection,
        store,
        stream,
        consumer: processId,
        failpoints,
        logger,
        now,
        monotonicNow,
        random,
        onPassedOver: metrics.passedOver,
        onProjected: (agesMs) => metrics.projected(projection.name, agesMs),
      }),
  )
  const headKeeper = new HeadKeeper({ store, stream, logger })
  const retention = createRetention({ store, failpoints, logger, retentionMs: config.outboxRetentionMs, now: clockBounds.earliest })
  const numbers = new ProcessMetrics({
    monotonicNow,
    workers: () =>
      roleWorkers(
        [
          { role: 'web', services: [broadcaster.follow.name, broadcaster.watchHeads.name], processed: () => numbers.emittedTotal },
          { role: 'publisher', services: [publisher.name], processed: () => publisher.health().processed },
          {
            role: 'projector',
            services: projectors.map(({ name }) => name),
            processed: () => projectors.reduce((sum, projector) => sum + projector.health().processed, 0),
          },
        ],
        supervisor.health(),
      ),
    warnings: () => warnings.list(),
    cannotWrite: () => ({ store: writes.store.reason, stream: writes.stream.reason }),
    gateway: () => gateway && { sockets: gateway.sockets(), joined: gateway.joined(), boards: tiles.size },
  })
  const overview = new OverviewKeeper({
    store,
    stream,
    dataDir: store.kind === 'sqlite' ? config.dataDir : null,
    now,
    monotonicNow,
    id: processId,
    own: () => numbers.report(),
    peers,
    isPaused: () => publishing.isPaused,
  })
  const heartbeat = new HeartbeatService({
    store,
    id: processId,
    roles: config.roles,
    peers,
    report: () => JSON.stringify(numbers.report()),
    logger,
    now,
    monotonicNow,
    async onBeat() {
      await publishing.refresh()
      await adminSessions.refresh()
      if (runs('publisher')) await ownership.refresh()
    },
  })
  const services = [
    heartbeat,
    overview,
    ...(runs('publisher') ? [publisher, headKeeper, retention] : []),
    ...(runs('projector') ? projectors : []),
    ...(runs('web') ? [broadcaster.follow, broadcaster.watchHeads] : []),
  ]

  let stopping = false
  const health = createHealth({
    now: monotonicNow,
    parts: [
      { name: 'process', vital: true, check: () => ({ status: stopping ? 'fail' : 'pass' }) },
      storePart(store, { now: monotonicNow, watch: writes.store }),
      streamPart(stream, { watch: writes.stream }),
      ...services.map(({ name }) => servicePart(name, supervisor.health)),
    ],
  })
  const exchanges = createOpenExchanges()
  const costly = createCostlyWork({ countsAddresses: config.rateLimits, now: monotonicNow })
  const api = createApi({
    config,
    store,
    commitQueue,
    placements,
    liveTiles: tiles,
    canvases,
    sessions,
    limits,
    costly,
    openPictures: createOpenPictures({ countsAddresses: config.rateLimits, monotonicNow: monotonicNow }),
    signInLink,
    adminSessions,
    signIns: {
      ...signIns,
      signedIn(who) {
        if (awaitsOperator) noteSignIn(config)
        signIns.signedIn(who)
      },
    },
    throttledWarnings,
    origins,
    health,
    overview,
    publishing,
    newGroupId,
    wakePublisher: () => publisher.wake(),
    registry: metrics.registry,
    exchanges,
    onLimited: metrics.limited,
    logger,
    now,
    monotonicNow: monotonicNow,
    chargesNow: chargeClock.now,
  })
  const countRequest = async (request: IncomingMessage, cost: number) => {
    const { address } = addresses.peerOf(request)
    const refusal = await limits.request(address, cost)
    if (refusal) {
      metrics.limited()
      throttledWarnings.warn(address, 'requests_refused')
    }
    return refusal
  }
  const adapter = createNodeAdapter({
    api,
    addresses,
    exchanges,
    throttledWarnings,
    logger,
    dev,
    nextLane: options.nextLane === true,
    countsAddresses: config.rateLimits,
    monotonicNow: monotonicNow,
  })
  setHandle({ api: api.handle })

  // Stops run from here upwards: no new work, then what was accepted is saved, published and sent, then everything is let go.
  lifecycle.onStop('gateway', () => gateway?.close())
  lifecycle.onStop('loops', async () => {
    try {
      await drainOutbox({ publisher: runs('publisher') ? publisher : null, broadcaster, logger })
    } finally {
      await supervisor.stop()
      broadcaster.flush()
    }
    if (runs('projector')) await takeFinalSnapshots({ store, stream, snapshots, logger })
  })
  lifecycle.onStop('placements', async () => {
    stopping = true
    web.stopAccepting()
    await commitQueue.close()
  })
  return {
    store,
    stream,
    async listen() {
      await overview.load()
      const pages = runs('web') ? createPages({ dev, httpServer: web.http, hostname: config.host, port: config.port }) : null
      if (pages) lifecycle.onStop('pages', () => pages.close())
      web.serve({
        api: adapter,
        pages,
        gate: dev ? null : createPageGate({ count: countRequest, staticFiles: await readStaticFiles(browserFiles), costly }),
        dev,
        isSecure: (request) =>
          speaksHttps({ peer: addresses.peerOf(request), host: request.headers.host ?? null, publicUrls: config.publicUrls }),
      })
      for (const service of services) supervisor.start(service)
      pages?.ready.catch((error: unknown) => void lifecycle.fail('no_pages', error))
      const url = config.publicUrls[0] ?? `http://localhost:${port}`
      return { url, port, signInUrl: pages && awaitsOperator ? signInLink.make(url) : null }
    },
  }
}
