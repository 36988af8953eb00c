/**
 * Makes events for webhooks of the control logs, each entry once. The store has the last followed canvas, with which the next one is compared. It moves in
 * the transaction that saves the deliveries, so a repeated or late entry changes nothing.
 */
import { asSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { type BoardBefore, boardBefore, planCanvasEvents } from '../../lib/webhook-events.ts'
import type { Logger } from '../observability/log.ts'
import type { Projection } from '../projecting/projection.ts'
import type { Store } from '../store/port.ts'
import type { FollowedCanvas } from '../store/webhooks-port.ts'

export interface WebhookProjectionOptions {
  readonly store: Pick<Store, 'readCommits' | 'webhooks'>
  readonly logger: Logger
  /** For links. Null when it is unknown. */
  readonly publicUrl: string | null
}

const pageSize = 100

export class WebhookProjection implements Projection {
  readonly name = 'webhooks'
  readonly #options: WebhookProjectionOptions

  constructor(options: WebhookProjectionOptions) {
    this.#options = options
  }

  async project(canvas: Canvas, { tile }: { tile: SequencedCommit['tile'] }, commits: readonly SequencedCommit[], signal?: AbortSignal) {
    const last = commits.at(-1)
    if (tile !== controlTile || !last || last.epoch !== canvas.epoch) return
    await this.#followTo(canvas, last.seq, signal)
  }

  async catchUp(canvas: Canvas, heads: ReadonlyMap<SequencedCommit['tile'], Seq>, signal?: AbortSignal) {
    await this.#followTo(canvas, heads.get(controlTile) ?? asSeq(0), signal)
  }

  async skip(canvas: Canvas, { tile, seq }: SequencedCommit) {
    if (tile !== controlTile) return true
    const followed = await this.#options.store.webhooks.getFollowed(canvas.id)
    if (followed?.seq !== seq - 1) return false
    return this.#options.store.webhooks.follow({ after: followed.seq, followed: { ...followed, seq }, events: [] })
  }

  /** Reads the log from the store, because the entries before this one may be missing in the stream. */
  async #followTo(canvas: Canvas, head: Seq, signal?: AbortSignal) {
    const { webhooks } = this.#options.store
    for (;;) {
      signal?.throwIfAborted()
      const followed = await webhooks.getFollowed(canvas.id)
      if (!followed) {
        // A board from before there were webhooks is followed from now on.
        await webhooks.follow({ after: null, followed: { seq: head, canvas: boardBefore(canvas) }, events: [] })
        return
      }
      if (followed.seq >= head || !(await this.#followPage(canvas, followed, head))) return
    }
  }

  /** False when there is nothing to read. */
  async #followPage(canvas: Canvas, first: FollowedCanvas, head: Seq): Promise<boolean> {
    const { store, logger } = this.#options
    const page = await store.readCommits({ canvas: canvas.id, tile: controlTile, after: first.seq, limit: pageSize })
    if (!page) return false
    if (page.kind === 'trimmed') {
      // The next entry has the whole canvas, so the changes of the missing ones are in the difference.
      const seq = asSeq(page.oldestKept - 1)
      logger.warn({ event: 'projection_passes_over', projection: this.name, canvas: canvas.id, from: first.seq + 1, to: seq })
      return store.webhooks.follow({ after: first.seq, followed: { ...first, seq }, events: [] })
    }
    let followed = first
    for (const commit of page.commits.filter(({ seq }) => seq <= head)) {
      const after = canvasOfEntry(commit)
      const next = { seq: commit.seq, canvas: after ? boardBefore(after) : followed.canvas }
      if (!(await store.webhooks.follow({ after: followed.seq, followed: next, events: this.#eventsOf(followed.canvas, commit) })))
        return true
      followed = next
    }
    return followed !== first
  }

  /** None for a tombstone, and for types of entries that only a newer version supports. */
  #eventsOf(before: BoardBefore, commit: SequencedCommit) {
    const after = canvasOfEntry(commit)
    const { seq, atMs } = commit
    return after ? planCanvasEvents({ before, after, seq, atMs, publicUrl: this.#options.publicUrl }) : []
  }
}
