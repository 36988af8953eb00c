/** Raises a stream that refused a commit to the seq before the commit: after lost data, a change of epoch, or for a tile that the stream lacks. */
import { asSeq, type Seq } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { Logger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import type { AppendAnswer, EventStream } from '../stream/port.ts'
import { primeStream } from './prime-stream.ts'

interface GapFillerOptions {
  readonly store: Store
  readonly stream: EventStream
  readonly logger: Logger
  readonly batchSize: number
}

/** After the stream lost data, at most this many commits of a tile are appended again. Consumers read older ones from the store. */
const maxReappended = 10_000

export class GapFiller {
  readonly #options: GapFillerOptions

  constructor(options: GapFillerOptions) {
    this.#options = options
  }

  async fill(commit: SequencedCommit, answer: Extract<AppendAnswer, { kind: 'gap' | 'other_epoch' }>) {
    const { store, stream, logger } = this.#options
    if (answer.kind === 'gap' && answer.head !== null) {
      logger.warn({ event: 'stream_lost_data', canvas: commit.canvas, tile: commit.tile, head: answer.head, seq: commit.seq })
      await this.#reappend(commit, answer.head)
      return
    }
    const canvas = await store.getCanvas(commit.canvas)
    if (!canvas) return
    if (answer.kind === 'other_epoch') {
      logger.info({ event: 'stream_adopts_epoch', canvas: canvas.id, from: answer.epoch, to: canvas.epoch })
      await primeStream({ store, stream, canvas, from: answer.epoch })
      return
    }
    await stream.seed({ ...commit, head: asSeq(commit.seq - 1) })
  }

  /** Appends the tile's commits after `head` again, up to the one before `commit`. */
  async #reappend(commit: SequencedCommit, head: Seq) {
    const { store, stream } = this.#options
    let after = asSeq(Math.max(head, commit.seq - 1 - maxReappended))
    while (after < commit.seq - 1) {
      const page = await store.readCommits({ canvas: commit.canvas, tile: commit.tile, after, limit: this.#options.batchSize })
      if (page?.kind !== 'page') {
        after = asSeq((page?.oldestKept ?? commit.seq) - 1)
        continue
      }
      const missing = page.commits.filter(({ seq }) => seq < commit.seq)
      const last = missing.at(-1)
      if (!last) return
      if (after > head) await stream.seed({ ...commit, head: after })
      await stream.append(missing)
      after = last.seq
    }
    await stream.seed({ ...commit, head: after })
  }
}
