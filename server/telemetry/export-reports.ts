/** Reports whether receivers take metrics and traces: a count, a throttled warning when one does not, and a line when it does again. */
import type { Logger } from '../observability/log.ts'
import type { Instruments } from '../observability/measures.ts'
import { createThrottle } from '../observability/throttle.ts'

export type Receiver = 'otlp_metrics' | 'otlp_traces' | 'statsd'

export interface ExportReportsOptions {
  readonly logger: Pick<Logger, 'warn' | 'info'>
  readonly monotonicNow: () => number
  readonly failures: Instruments['exportFailures']
}

export class ExportReports {
  readonly #options: ExportReportsOptions
  readonly #throttle
  readonly #failing = new Set<Receiver>()

  constructor(options: ExportReportsOptions) {
    this.#options = options
    this.#throttle = createThrottle({ now: options.monotonicNow })
  }

  failed(receiver: Receiver, error: unknown) {
    const { logger, failures } = this.#options
    failures.inc({ receiver })
    this.#failing.add(receiver)
    const alsoSince = this.#throttle.pass(receiver)
    if (alsoSince === null) return
    const meaning = 'The receiver did not take the data. Pixels are not affected, and the next export is tried as usual.'
    logger.warn({ event: 'telemetry_export_failed', receiver, reason: reasonOf(error), meaning, ...(alsoSince > 0 && { alsoSince }) })
  }

  worked(receiver: Receiver) {
    if (this.#failing.delete(receiver)) this.#options.logger.info({ event: 'telemetry_export_works_again', receiver })
  }
}

/** Without the body of an answer, which a hostile receiver may have written. */
const reasonOf = (error: unknown) => {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (code === undefined || String(message).includes(String(code))) return String(message ?? 'unknown')
  return message ? `${code} ${message}` : String(code)
}
