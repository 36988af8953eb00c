/**
 * One partition of the stream. It is away from the first call that its Redis does not answer, or refuses for a reason that is not the call, such as a full
 * memory. Further calls fail at once until a probe shows that the partition takes writes.
 */
import type { Logger } from '../../observability/log.ts'
import { type EventStream, StreamError } from '../port.ts'

export interface PartitionOptions {
  readonly partition: number
  /** Host and port, for the operator. */
  readonly server: () => string
  /** `probe` resolves when the stream takes a write. */
  readonly stream: EventStream & { probe(): Promise<void> }
  readonly logger: Logger
}

const firstProbeAfterMs = 100
const maxProbeAfterMs = 1_000
/** A partition that fails again within this time takes probes and not calls. The pause before its probe doubles, up to this time. */
const steadyAfterMs = 10_000

export class Partition {
  readonly number: number
  readonly #server: () => string
  readonly #stream: PartitionOptions['stream']
  readonly #logger: Logger
  #isAway = false
  /** Of the last failure. */
  #reason = ''
  #isClosed = false
  #probing: NodeJS.Timeout | undefined
  #backAtMs = Number.NEGATIVE_INFINITY
  #firstPauseMs = firstProbeAfterMs

  constructor({ partition, server, stream, logger }: PartitionOptions) {
    this.number = partition
    this.#server = server
    this.#stream = stream
    this.#logger = logger
  }

  get server() {
    return this.#server()
  }

  get isAway() {
    return this.#isAway
  }

  /** @throws {StreamError} its message names the partition when that is away. */
  async run<Result>(call: (stream: EventStream) => Promise<Result>): Promise<Result> {
    if (this.#isAway) throw this.#unavailable(this.#reason)
    try {
      return await call(this.#stream)
    } catch (error) {
      if (!isUnavailable(error)) throw error
      this.#noteAway(error)
      throw this.#unavailable(error.message, error)
    }
  }

  signal: EventStream['signal'] = (signal) => this.#stream.signal(signal)
  onSignal: EventStream['onSignal'] = (listener) => this.#stream.onSignal(listener)

  close() {
    this.#isClosed = true
    clearTimeout(this.#probing)
    return this.#stream.close()
  }

  #unavailable(message: string, cause?: StreamError) {
    return new StreamError('unavailable', `Partition ${this.number} at ${this.server}: ${message}`, {
      cause,
      reason: cause?.reason ?? null,
    })
  }

  #noteAway(error: StreamError) {
    if (this.#isAway || this.#isClosed) return
    this.#isAway = true
    this.#reason = error.message
    this.#logger.warn({ event: 'partition_away', partition: this.number, server: this.server, err: error })
    const nowMs = performance.now()
    this.#firstPauseMs = nowMs - this.#backAtMs > steadyAfterMs ? firstProbeAfterMs : Math.min(steadyAfterMs, 2 * this.#firstPauseMs)
    this.#probe(this.#firstPauseMs, nowMs)
  }

  #probe(afterMs: number, sinceMs: number) {
    this.#probing = setTimeout(() => {
      this.#stream.probe().then(
        () => {
          this.#isAway = false
          this.#backAtMs = performance.now()
          const awayMs = Math.round(this.#backAtMs - sinceMs)
          this.#logger.info({ event: 'partition_back', partition: this.number, server: this.server, awayMs })
        },
        (error: unknown) => {
          if (!isUnavailable(error) || this.#isClosed) return
          this.#reason = error.message
          this.#probe(Math.max(afterMs, Math.min(maxProbeAfterMs, 2 * afterMs)), sinceMs)
        },
      )
    }, afterMs)
  }
}

export const isUnavailable = (error: unknown): error is StreamError => error instanceof StreamError && error.code === 'unavailable'

/** The answers of the partitions that answered. @throws when a call failed for another reason, or when every partition is away. */
export const answersOf = async <Answer>(calls: readonly Promise<Answer>[]): Promise<Answer[]> => {
  const results = await Promise.allSettled(calls)
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const failure = failures.find((error) => !isUnavailable(error)) ?? (failures.length === results.length ? failures[0] : undefined)
  if (failure !== undefined) throw failure
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}
