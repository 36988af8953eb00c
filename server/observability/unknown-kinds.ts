/** Reports outbox entries of kinds that this version does not know: one line in the log for the first of each kind, and a count. */
import type { SequencedCommit } from '../../lib/commit.ts'
import type { Logger } from './log.ts'

/** Kinds that are logged; more than a few newer versions would add (A6). */
const maxKinds = 100

export class UnknownKinds {
  readonly #options: { readonly logger: Pick<Logger, 'warn'>; readonly onUnknownKind?: (() => void) | undefined }
  readonly #logged = new Set<string>()

  constructor(options: { logger: Pick<Logger, 'warn'>; onUnknownKind?: (() => void) | undefined }) {
    this.#options = options
  }

  note({ unknown, id, canvas, tile, seq }: SequencedCommit) {
    if (!unknown) return
    this.#options.onUnknownKind?.()
    const { kind } = unknown
    if (this.#logged.has(kind) || this.#logged.size >= maxKinds) return
    this.#logged.add(kind)
    this.#options.logger.warn({ event: 'unknown_entry_kind', kind, commit: id, canvas, tile, seq })
  }
}
