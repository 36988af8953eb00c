/**
 * The health of the parts, for `/readyz` and `GET /api/health`.
 *
 * A part that does not answer in time fails. A report is kept for a moment, so that frequent probes cost the store nothing.
 */
import { within } from '../clock.ts'
import type { ServiceHealth } from '../lifecycle.ts'
import type { WriteWatch } from '../observability/write-watch.ts'
import { type Store, StoreError } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'

export type HealthStatus = 'pass' | 'warn' | 'fail'

export interface PartHealth {
  readonly status: HealthStatus
  /** Details for an operator. Never a secret. */
  readonly [detail: string]: string | number | boolean | null
}

export interface HealthPart {
  readonly name: string
  /** When a vital part fails, this process is not ready. Any other part only warns. */
  readonly vital: boolean
  check(): PartHealth | Promise<PartHealth>
}

export interface HealthReport {
  readonly status: HealthStatus
  readonly checks: Readonly<Record<string, PartHealth>>
}

export interface HealthOptions {
  readonly parts: readonly HealthPart[]
  readonly now: () => number
  readonly timeoutMs?: number
  readonly keepMs?: number
}

export const createHealth = (options: HealthOptions) => {
  const { parts, now, timeoutMs = 2_000, keepMs = 500 } = options
  let kept: { report: Promise<HealthReport>; atMs: number } | null = null

  const open = new Map<HealthPart, Promise<PartHealth>>()

  /** A part is not checked again until it has answered, because each check holds a connection. */
  const ask = (part: HealthPart): Promise<PartHealth> => {
    const asked = open.get(part)
    if (asked) return asked
    const answer = (async () => part.check())().finally(() => open.delete(part))
    open.set(part, answer)
    return answer
  }

  const check = async (part: HealthPart): Promise<PartHealth> => {
    try {
      return await within(timeoutMs, ask(part), () => new Error(`no answer within ${timeoutMs} ms`))
    } catch (error) {
      return { status: 'fail', detail: error instanceof Error ? error.message : 'unknown' }
    }
  }

  const look = async (): Promise<HealthReport> => {
    const checks = await Promise.all(parts.map(async (part) => [part, await check(part)] as const))
    const isDown = checks.some(([part, { status }]) => part.vital && status === 'fail')
    const isWell = checks.every(([, { status }]) => status === 'pass')
    return {
      status: isDown ? 'fail' : isWell ? 'pass' : 'warn',
      checks: Object.fromEntries(checks.map(([part, found]) => [part.name, found])),
    }
  }

  return {
    report(): Promise<HealthReport> {
      if (kept && now() - kept.atMs < keepMs) return kept.report
      kept = { report: look(), atMs: now() }
      return kept.report
    },
  }
}

export type Health = ReturnType<typeof createHealth>

type Watch = Pick<WriteWatch, 'reason'>

/** An election usually ends within 12 s. It affects all processes at once, so none should leave the load balancer for it. */
const electionMs = 30_000

/** The store answers a ping and can write. */
export const storePart = (store: Pick<Store, 'kind' | 'ping'>, { now, watch }: { now: () => number; watch?: Watch }): HealthPart => {
  let answeredAtMs = now()
  return {
    name: 'store',
    vital: true,
    async check() {
      const startedAtMs = now()
      try {
        await store.ping()
      } catch (error) {
        if (!(error instanceof StoreError && error.electing)) throw error
        const withoutPrimaryMs = now() - answeredAtMs
        const status = withoutPrimaryMs < electionMs ? 'warn' : 'fail'
        return { status, kind: store.kind, electing: true, withoutPrimaryMs, detail: error.message }
      }
      answeredAtMs = now()
      const cannotWrite = watch?.reason ?? null
      return { status: cannotWrite ? 'fail' : 'pass', kind: store.kind, latencyMs: answeredAtMs - startedAtMs, cannotWrite }
    },
  }
}

/** The stream answers. It is not vital: without it placing works, and pixels arrive more slowly. */
export const streamPart = (stream: Pick<EventStream, 'kind' | 'info'>, { watch }: { watch?: Watch } = {}): HealthPart => ({
  name: 'stream',
  vital: false,
  async check() {
    const { length, persistence, partitions } = await stream.info()
    const cannotWrite = watch?.reason ?? null
    const away = partitions
      .filter(({ connected }) => !connected)
      .map(({ partition, server }) => `partition ${partition} at ${server} is away`)
    const status = cannotWrite || away.length > 0 ? 'fail' : 'pass'
    return { status, kind: stream.kind, length, persistence, cannotWrite, ...(away.length > 0 && { detail: away.join(', ') }) }
  },
})

/** A long-running service warns while it backs off. */
export const servicePart = (name: string, healths: () => readonly ServiceHealth[]): HealthPart => ({
  name,
  vital: false,
  check() {
    const health = healths().find((service) => service.name === name)
    if (!health) return { status: 'fail', state: 'unknown' }
    return {
      status: health.state === 'running' ? 'pass' : 'warn',
      state: health.state,
      failures: health.failures,
      lastError: health.lastError,
    }
  },
})
