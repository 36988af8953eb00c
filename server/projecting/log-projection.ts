/**
 * History, stats and profiles: projections that save every commit once, in the order of each tile.
 *
 * The cursor in the store decides which commit is next (`projections-port.ts`). The cursors in memory only save reads: when the store refuses a
 * save, another process has advanced the cursor, and it is read again.
 */
import { asSeq, noSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { Logger } from '../observability/log.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { LogProjectionName } from '../store/projections-port.ts'
import { isContested } from '../transport-fault.ts'
import type { Projection } from './projection.ts'

const pageSize = 500
/** A part of stats or profiles is one transaction, and placements wait for it. The stores divide a part of history by themselves. */
const maxPartPixels = { stats: 2_000, profiles: 2_000, history: 8_000 } as const

export interface LogProjectionOptions {
  readonly name: LogProjectionName
  readonly store: Pick<Store, 'readCommits' | 'projections'>
  readonly logger: Logger
  readonly onProjected?: (commits: readonly SequencedCommit[]) => void
}

export class LogProjection implements Projection {
  readonly name: LogProjectionName
  readonly #options: LogProjectionOptions
  /** By epoch, canvas and tile. */
  readonly #cursors = new Map<string, Seq>()

  constructor(options: LogProjectionOptions) {
    this.name = options.name
    this.#options = options
  }

  async project(canvas: Canvas, ref: TileRef, commits: readonly SequencedCommit[], signal?: AbortSignal) {
    for (;;) {
      signal?.throwIfAborted()
      const cursor = await this.#cursor(canvas, ref)
      const next = commits.filter(({ epoch, seq }) => epoch === canvas.epoch && seq > cursor)
      const [first, last] = [next[0], next.at(-1)]
      if (!first || !last) return
      if (first.seq === cursor + 1) await this.#save(canvas, ref, cursor, contiguous(next))
      else {
        const filled = await this.#fill(canvas, ref, asSeq(first.seq - 1), signal)
        if (filled === 'erased') return
        if (filled === 'ended') throw new Error(`The log ends before the entry ${first.seq}, which is in the stream`)
      }
    }
  }

  async catchUp(canvas: Canvas, heads: ReadonlyMap<TileRef['tile'], Seq>, signal?: AbortSignal) {
    await this.#readCursors(canvas)
    for (const [tile, head] of heads) {
      const ref = { canvas: canvas.id, tile }
      try {
        if ((await this.#cursor(canvas, ref)) < head) await this.#fill(canvas, ref, head, signal)
      } catch (error) {
        // The other tiles need not wait for a contested one.
        if (!isContested(error)) throw error
      }
    }
  }

  async skip(canvas: Canvas, { tile, epoch, seq }: SequencedCommit) {
    await this.#readCursors(canvas)
    const ref = { canvas: canvas.id, tile }
    if (epoch !== canvas.epoch || (await this.#cursor(canvas, ref)) !== seq - 1) return false
    return this.#move({ canvas, ref, after: asSeq(seq - 1), to: seq, commits: [] })
  }

  /**
   * Projects commits from the store up to `to`. Skips trimmed ones. Erased: the board was deleted or started over since the canvas was read. Ended:
   * the store has no commit up to `to`.
   */
  async #fill(canvas: Canvas, ref: TileRef, to: Seq, signal?: AbortSignal): Promise<'filled' | 'erased' | 'ended'> {
    const { store, logger } = this.#options
    for (let cursor = await this.#cursor(canvas, ref); cursor < to; cursor = await this.#cursor(canvas, ref)) {
      signal?.throwIfAborted()
      const page = await store.readCommits({ ...ref, after: cursor, limit: pageSize })
      if (!page || page.epoch !== canvas.epoch) return 'erased'
      if (page.kind === 'trimmed') {
        const end = asSeq(Math.min(to, page.oldestKept - 1))
        logger.warn({ event: 'projection_passes_over', projection: this.name, ...ref, from: cursor + 1, to: end })
        await this.#move({ canvas, ref, after: cursor, to: end, commits: [] })
        continue
      }
      const commits = page.commits.filter(({ seq }) => seq <= to)
      if (commits.length === 0) return 'ended'
      await this.#save(canvas, ref, cursor, commits)
    }
    return 'filled'
  }

  /** Saves in parts, because placements wait for each transaction. Ends when another process has advanced the cursor. */
  async #save(canvas: Canvas, ref: TileRef, after: Seq, commits: readonly SequencedCommit[]) {
    let cursor = after
    for (const part of partsOf(commits, maxPartPixels[this.name])) {
      const to = part.at(-1)?.seq ?? cursor
      if (!(await this.#move({ canvas, ref, after: cursor, to, commits: part }))) return
      this.#options.onProjected?.(part)
      cursor = to
    }
  }

  async #move(move: { canvas: Canvas; ref: TileRef; after: Seq; to: Seq; commits: readonly SequencedCommit[] }): Promise<boolean> {
    const { canvas, ref, after, to, commits } = move
    const { epoch, tileSize } = canvas
    const isMoved = await this.#options.store.projections.project({ ...ref, name: this.name, epoch, tileSize, after, to, commits })
    if (isMoved) this.#cursors.set(keyOf(canvas, ref), to)
    else await this.#readCursors(canvas)
    return isMoved
  }

  async #cursor(canvas: Canvas, ref: TileRef): Promise<Seq> {
    const key = keyOf(canvas, ref)
    if (!this.#cursors.has(key)) await this.#readCursors(canvas)
    return this.#cursors.get(key) ?? noSeq
  }

  async #readCursors(canvas: Canvas) {
    const cursors = await this.#options.store.projections.readCursors({ name: this.name, canvas: canvas.id })
    // A rebuild deletes cursors, and the tile is then projected from its start.
    for (const key of this.#cursors.keys()) if (key.startsWith(prefixOf(canvas))) this.#cursors.delete(key)
    for (const [tile, { epoch, seq }] of cursors) {
      if (epoch === canvas.epoch) this.#cursors.set(keyOf(canvas, { canvas: canvas.id, tile }), seq)
    }
  }
}

/** Each part has at most `maxPixels`, or is one larger commit. */
const partsOf = (commits: readonly SequencedCommit[], maxPixels: number): SequencedCommit[][] => {
  const parts: SequencedCommit[][] = []
  let pixels = Number.POSITIVE_INFINITY
  for (const commit of commits) {
    pixels += commit.pixels.length
    if (pixels > maxPixels) {
      parts.push([])
      pixels = commit.pixels.length
    }
    parts.at(-1)?.push(commit)
  }
  return parts
}

const prefixOf = ({ epoch, id }: Canvas) => `${epoch}/${id}/`
const keyOf = (canvas: Canvas, { tile }: TileRef) => prefixOf(canvas) + tile

const contiguous = (commits: readonly SequencedCommit[]) => {
  const first = commits[0]?.seq ?? 0
  return commits.filter(({ seq }, index) => seq === first + index)
}
