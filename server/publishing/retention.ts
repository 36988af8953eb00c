/** Removes published commits after the retention, and old idempotency keys. */
import type { Failpoints } from '../failpoints.ts'
import { type Service, sleep } from '../lifecycle.ts'
import type { Logger } from '../observability/log.ts'
import { keyRetentionMs, type Store } from '../store/port.ts'

const everyMs = 60_000

export const createRetention = (options: {
  store: Store
  failpoints: Failpoints
  logger: Logger
  retentionMs: number
  /** The time for the ages of stored data. */
  now: () => number
}): Service & { step(): Promise<void> } => {
  const step = async () => {
    const nowMs = options.now()
    await options.failpoints.hit('retention.before-trim')
    const { removed } = await options.store.trim({
      publishedBeforeMs: nowMs - options.retentionMs,
      keysBeforeMs: nowMs - keyRetentionMs,
    })
    await options.failpoints.hit('retention.after-trim')
    if (removed > 0) options.logger.info({ event: 'outbox_trimmed', removed })
  }
  return {
    name: 'retention',
    step,
    async run(signal) {
      while (!signal.aborted) {
        await step()
        await sleep(everyMs, signal)
      }
    },
  }
}
