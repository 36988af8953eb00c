/**
 * Sends the metrics to StatsD or DogStatsD over UDP, from the same registry as for Prometheus. Loaded only when it is turned on. UDP has no
 * answer, so a receiver that is gone is only noticed when its name cannot be resolved or the network refuses.
 */
import { lookup } from 'node:dns/promises'
import { StatsD } from 'hot-shots'
import type { Reading } from '../observability/readings.ts'
import type { ExportReports } from './export-reports.ts'
import { nameWith, StatsdValues, tagsOf } from './statsd-values.ts'
import type { StatsdSettings } from './telemetry-settings.ts'

/** A datagram fits into one packet of the internet. */
export const statsdBounds = { everyMs: 10_000, datagramBytes: 1_432 } as const

export interface StatsdOptions {
  readonly settings: StatsdSettings
  /** Such as `host:3000`. Distinguishes the gauges of several processes. */
  readonly instance: string
  readonly reports: ExportReports
  readonly read: () => Promise<readonly Reading[]>
  readonly everyMs?: number
}

export const openStatsd = (options: StatsdOptions) => {
  const { everyMs = statsdBounds.everyMs } = options
  const sender = new StatsdSender(options)
  let sending: Promise<void> | null = null
  const send = () => {
    sending ??= sender.send().finally(() => {
      sending = null
    })
    return sending
  }
  const timer = setInterval(() => void send(), everyMs)
  timer.unref()
  return {
    /** Sends the rest. */
    async close() {
      clearInterval(timer)
      await sending
      await send()
      await sender.close()
    },
  }
}

class StatsdSender {
  readonly #options: StatsdOptions
  readonly #values = new StatsdValues()
  #client: { address: string; statsd: StatsD } | null = null
  #failed = false

  constructor(options: StatsdOptions) {
    this.#options = options
  }

  /** Never rejects. */
  async send() {
    const { reports, read, settings } = this.#options
    this.#failed = false
    try {
      // One resolution each time. The client would resolve the name for each datagram.
      const { address, family } = await lookup(settings.host)
      const statsd = await this.#clientFor(address, family)
      for (const value of this.#values.next(await read())) {
        const [name, tags] = this.#named(value)
        if (value.type === 'count') statsd.increment(name, value.value, tags)
        else statsd.gauge(name, value.value, tags)
      }
      await flush(statsd)
      if (!this.#failed) reports.worked('statsd')
    } catch (error) {
      this.#report(error)
    }
  }

  async close() {
    const statsd = this.#client?.statsd
    this.#client = null
    if (statsd) await new Promise<void>((resolve) => statsd.close(() => resolve()))
  }

  /** A counter is added up over all processes, and a gauge is not. */
  #named({ name, type, labels }: { name: string; type: 'count' | 'gauge'; labels: Readonly<Record<string, string>> }): [string, string[]] {
    const { instance, settings } = this.#options
    if (settings.format === 'dogstatsd') return [name, tagsOf({ ...labels, instance })]
    return [nameWith(name, type === 'gauge' ? { ...labels, instance } : labels), []]
  }

  async #clientFor(address: string, family: number) {
    if (this.#client?.address === address) return this.#client.statsd
    await this.close()
    const { port, prefix, format } = this.#options.settings
    const statsd = new StatsD({
      host: address,
      port,
      prefix,
      maxBufferSize: statsdBounds.datagramBytes,
      udpSocketOptions: { type: family === 6 ? 'udp6' : 'udp4' },
      includeDatadogTelemetry: false,
      ...(format === 'statsd' && { datadog: false }),
      errorHandler: (error) => this.#report(error),
    })
    this.#client = { address, statsd }
    return statsd
  }

  #report(error: unknown) {
    if (!this.#failed) this.#options.reports.failed('statsd', error)
    this.#failed = true
  }
}

/** Sends the last datagram, which is not full. */
const flush = (statsd: StatsD) =>
  new Promise<void>((resolve, reject) => {
    const { flushQueue } = statsd as unknown as { flushQueue(this: StatsD, done: (error?: Error | null) => void): void }
    flushQueue.call(statsd, (error) => (error ? reject(error) : resolve()))
  })
