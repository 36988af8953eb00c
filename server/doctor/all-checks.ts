/** The one list of checks, for `GET /api/admin/checks`, `/admin/settings` and `fresco doctor`. */
import { totalmem } from 'node:os'
import { join } from 'node:path'
import type { Canvas } from '../../lib/canvas.ts'
import type { ChecksReport } from '../../lib/checks.ts'
import type { Overview } from '../../lib/overview.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { redisTargets } from '../adapters.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { silentLogger } from '../observability/log.ts'
import { addressChecks, createAddressProbe } from './address-checks.ts'
import { type Check, once, unknown } from './check.ts'
import { checkClock } from './clock-check.ts'
import { assessMemory, assessNode, assessSecrets, checkDisk, checkFiles, checkOpenFiles, readMemory } from './machine-checks.ts'
import { historyOf, type ProbeNonces } from './probe-nonces.ts'
import { assessBackups, assessProcesses, countWebProcesses } from './process-checks.ts'
import { runChecks } from './run-checks.ts'

/** What only a running server has. */
export interface RunningServer {
  readonly overview: () => Promise<Overview>
  readonly canvases: () => Promise<readonly Canvas[]>
}

export interface DoctorOptions {
  readonly config: Config
  readonly clock: Clock
  readonly nonces: ProbeNonces
  /** Null on the command line, while no server answers. */
  readonly server: RunningServer | null
}

/** Checks of a part, and the end of its connections. */
interface Part {
  readonly checks: readonly Check[]
  close?(): void
}

const machineChecks = ({ config, server }: DoctorOptions): Check[] => {
  const { dataDir, adminToken, sessionSecret, metricsToken, backups } = config
  const intervalMs = backups?.intervalMs ?? null
  const folders = backups ? [dataDir, backups.dir] : [dataDir]
  const ofServer = <Finding>(check: () => Finding) => (server ? check() : unknown('no_server'))
  return [
    { code: 'data_disk', check: () => checkDisk(dataDir) },
    ...(backups ? [{ code: 'backup_disk', check: () => checkDisk(backups.dir) } as const] : []),
    { code: 'backups', check: async () => (server ? assessBackups((await server.overview()).backups, intervalMs) : unknown('no_server')) },
    { code: 'memory', check: async () => ofServer(() => assessMemory(readMemory(totalmem()))) },
    { code: 'files', check: () => checkFiles(folders) },
    { code: 'open_files', check: async () => ofServer(checkOpenFiles) },
    {
      code: 'secrets',
      check: async () => assessSecrets({ ADMIN_TOKEN: adminToken, SESSION_SECRET: sessionSecret, METRICS_TOKEN: metricsToken }),
    },
    { code: 'node', check: async () => assessNode(process.versions.node, packageJson.engines.node) },
    { code: 'processes', check: async () => (server ? assessProcesses(await server.overview()) : unknown('no_server')) },
  ]
}

/** Only the adapter that is used is loaded. */
const databaseChecks = async ({ config }: DoctorOptions): Promise<Part & { time: (() => Promise<number>) | null }> => {
  const { mongodbUri: uri, outboxRetentionMs: retentionMs, dataDir } = config
  if (uri === null) {
    const { sqliteChecks } = await import('./sqlite-checks.ts')
    return { checks: sqliteChecks(join(dataDir, 'fresco.db')), time: null }
  }
  const { mongoChecks } = await import('./mongo-checks.ts')
  return mongoChecks({ uri, retentionMs })
}

const streamChecks = async ({ config, server }: DoctorOptions): Promise<Part> => {
  if (config.redisUrls.length === 0) return { checks: [] }
  const { redisChecks } = await import('./redis-checks.ts')
  return redisChecks({ ...redisTargets(config), logger: silentLogger, canvases: server?.canvases ?? null })
}

const outsideChecks = (options: DoctorOptions, databaseTime: (() => Promise<number>) | null, signal: AbortSignal): Check[] => {
  const { config, clock, nonces, server } = options
  const { now } = clock
  const history = once(async () => historyOf((await server?.canvases()) ?? []))
  const addresses = config.publicUrls.map((url) => {
    const shared = { url, nonces, history, signal }
    const probe = createAddressProbe(shared)
    const webProcesses = async () => (server ? countWebProcesses(await server.overview()) : 1)
    const checks = addressChecks({ ...shared, trustProxy: config.trustProxy, isServing: server !== null, webProcesses, now }, probe)
    return { url, checks, probe: once(async () => ({ ...(await probe()), atMs: now() })) }
  })
  return [
    ...addresses.flatMap(({ checks }) => checks),
    ...(addresses.length === 0 ? [{ code: 'reachable', check: async () => unknown('no_public_url') } as const] : []),
    { code: 'clock', check: () => checkClock({ databaseTime, probes: addresses, now }) },
  ]
}

/** Changes nothing, and ends within seconds. Never rejects. */
export const runDoctor = async (options: DoctorOptions): Promise<ChecksReport> => {
  const controller = new AbortController()
  const [database, stream] = await Promise.all([databaseChecks(options), streamChecks(options)])
  const checks = [
    ...outsideChecks(options, database.time, controller.signal),
    ...machineChecks(options),
    ...database.checks,
    ...stream.checks,
  ]
  try {
    return await runChecks(checks, options.clock)
  } finally {
    controller.abort()
    database.close?.()
    stream.close?.()
  }
}
