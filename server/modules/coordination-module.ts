/** State that all processes share through the store: heartbeats, the switch that pauses publishing, and the overview. */

import { backupsOverview } from '../../lib/backups.ts'
import type { WarningCode } from '../../lib/operator-warning.ts'
import { HeartbeatService } from '../observability/heartbeat.ts'
import { Members } from '../observability/members.ts'
import { OverviewKeeper } from '../observability/overview.ts'
import { PublishingSwitch } from '../publishing/publishing-switch.ts'
import type { SharedModules } from './shared-modules.ts'

export const createCoordination = (shared: Pick<SharedModules, 'context' | 'observability' | 'storage'>) => {
  const { context, observability, storage } = shared
  const { config, logger, clock, processId: id } = context
  const { now, monotonicNow } = clock
  const { store, stream } = storage
  const { processMetrics, warnings } = observability
  const refreshes: (() => Promise<unknown>)[] = []
  const resumeActs: (() => void)[] = []
  const members = new Members()
  const publishing = new PublishingSwitch({
    store,
    stream,
    onResumed() {
      for (const act of resumeActs) act()
    },
  })
  const warnUnlessSame = (code: WarningCode, values: readonly string[]) =>
    values.length > 1 ? warnings.warn(code, values.join(' and ')) : warnings.clear(code)
  const sinceMs = now()
  const backups = async () => backupsOverview(await store.getBackups(), config.backups, { nowMs: now(), sinceMs })
  const overview = new OverviewKeeper({
    store,
    stream,
    dataDir: store.kind === 'sqlite' ? config.dataDir : null,
    clock,
    logger,
    processes: { self: { id, report: () => processMetrics.report() }, members },
    shared: { isPaused: () => publishing.isPaused, backups },
    onDifferences({ versions, streams }) {
      warnUnlessSame('versions_differ', versions)
      warnUnlessSame('partitions_differ', streams)
    },
  })
  observability.registerOverview(() => overview.read())
  const heartbeat = new HeartbeatService({
    store,
    self: { id, roles: config.roles, report: () => JSON.stringify(processMetrics.report()) },
    members,
    logger,
    now,
    monotonicNow,
    async onBeat() {
      for (const refresh of refreshes) await refresh()
    },
  })
  refreshes.push(() => publishing.refresh())
  stream.onSignal(({ kind }) => {
    if (kind === 'publishing') publishing.refresh().catch(() => undefined)
  })
  return {
    members,
    publishing,
    overview,
    heartbeat,
    /** Adds a refresh that runs after each beat. */
    onBeat: (refresh: () => Promise<unknown>) => void refreshes.push(refresh),
    /** Adds an action for when an operator resumes publishing. */
    onResumed: (act: () => void) => void resumeActs.push(act),
  }
}

export type Coordination = ReturnType<typeof createCoordination>
