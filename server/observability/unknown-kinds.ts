/** Reports outbox entries of unknown kinds: one line in the log for the first of each kind, and a count. */
import type { SequencedCommit } from '../../lib/commit.ts'
import { controlKind } from '../../lib/control-log.ts'
import type { DeliveryMetrics } from './delivery-metrics.ts'
import type { Logger } from './log.ts'

/** The number of kinds in the log, more than several newer versions would add (A6). */
const maxKinds = 100

export class UnknownKinds {
  readonly #logger: Pick<Logger, 'warn'>
  readonly #metrics: Pick<DeliveryMetrics, 'unknownKind'>
  readonly #logged = new Set<string>()

  constructor(logger: Pick<Logger, 'warn'>, metrics: Pick<DeliveryMetrics, 'unknownKind'>) {
    this.#logger = logger
    this.#metrics = metrics
  }

  note({ content, id, canvas, tile, seq }: SequencedCommit) {
    if (!content || content.kind === controlKind) return
    this.#metrics.unknownKind()
    const { kind } = content
    if (this.#logged.has(kind) || this.#logged.size >= maxKinds) return
    this.#logged.add(kind)
    this.#logger.warn({ event: 'unknown_entry_kind', kind, commit: id, canvas, tile, seq })
  }
}
