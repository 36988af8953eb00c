/**
 * Checks whether a part answers, and keeps the reason while it does not. The log has one line with the reason when the part has been
 * unavailable for a minute, and one when it answers again.
 */
import type { Logger } from './log.ts'
import { createSingleFlightProbe, type SingleFlightProbe } from './single-flight-probe.ts'

export interface PartProbeOptions {
  readonly part: 'store' | 'stream'
  readonly ping: () => Promise<void>
  readonly logger: Pick<Logger, 'error' | 'info'>
  readonly monotonicNow: () => number
}

const loggedAfterMs = 60_000

export class PartProbe {
  readonly #options: PartProbeOptions
  readonly #ask: SingleFlightProbe<void>
  #reason: string | null = null
  #away: { sinceMs: number; isLogged: boolean } | null = null

  constructor(options: PartProbeOptions) {
    this.#options = options
    this.#ask = createSingleFlightProbe(async () => {
      this.#reason = null
      await options.ping().catch((error: unknown) => {
        this.#reason = error instanceof Error ? error.message : String(error)
        throw error
      })
    })
  }

  /** Why the part does not answer; null while it does. */
  get cause(): string | null {
    return this.#away && (this.#reason ?? 'no answer within a second')
  }

  /** Never rejects. */
  async isThere(): Promise<boolean> {
    const { part, logger, monotonicNow } = this.#options
    if (await this.#ask()) {
      if (this.#away?.isLogged) logger.info({ event: `${part}_is_back`, awayMs: Math.round(monotonicNow() - this.#away.sinceMs) })
      this.#away = null
      return true
    }
    this.#away ??= { sinceMs: monotonicNow(), isLogged: false }
    const awayMs = Math.round(monotonicNow() - this.#away.sinceMs)
    if (awayMs >= loggedAfterMs && !this.#away.isLogged) {
      this.#away.isLogged = true
      logger.error({ event: `${part}_is_away`, awayMs, cause: this.cause })
    }
    return false
  }
}
