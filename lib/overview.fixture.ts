/** An overview without any fault, for tests. */
import { noBackupsOverview } from './backups.ts'
import type { Overview, WorkerOverview } from './overview.ts'
import { lowDiskBytes } from './verdict.ts'

const none = { p50: null, p99: null }
export const runningPublisher: WorkerOverview = {
  id: 'a',
  role: 'publisher',
  state: 'running',
  version: '1.0.0',
  startedAt: '',
  lastBeatAt: '',
  processed: 0,
  failures: 0,
  lastError: null,
}
export const healthyOverview: Overview = {
  at: '2026-01-01T00:00:00.000Z',
  version: '1.0.0',
  mode: { store: 'sqlite', stream: 'embedded' },
  store: { connected: true, cause: null, latencyMs: 1, diskFreeBytes: lowDiskBytes, cannotWrite: null },
  outbox: {
    pending: 0,
    unsequenced: 0,
    oldestPendingAgeMs: null,
    dead: 0,
    stuck: 0,
    publishedPerSecond: 2,
    failedPerSecond: 0,
    successRate: 1,
  },
  stream: { connected: true, cause: null, length: 0, memoryBytes: 0, persistence: 'embedded', partitions: [], cannotWrite: null },
  groups: [],
  workers: [runningPublisher],
  processes: [],
  gateways: [],
  latencyMs: { commitToPublish: none, commitToEmit: none, commitToSeen: none },
  placements: { perSecond: 2.5, total: 5 },
  online: 0,
  backups: noBackupsOverview,
  warnings: [],
  history: [],
}
