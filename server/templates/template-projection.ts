/**
 * Follows the log for the progress of templates. No count depends on the delivery of an entry: each one has its own seq, and a missed commit is read from
 * the store. A template that was just uploaded is counted when its announcement arrives.
 */
import { noSeq, type Seq, type TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { controlTile, templateOfEntry } from '../../lib/control-log.ts'
import { coveredTiles, type LinkedTemplate } from '../../lib/linked-template.ts'
import type { Projection } from '../projecting/projection.ts'
import type { TileRef } from '../store/port.ts'
import { basisOf, type CountingStore, TemplateCounter } from './template-counter.ts'
import { takeSample } from './template-progress.ts'

type Heads = ReadonlyMap<TileNumber, Seq>

export class TemplateProjection implements Projection {
  readonly name = 'templates'
  readonly #store: CountingStore
  readonly #now: () => number
  readonly #counter: TemplateCounter
  /** The counts that are certainly in the store, by template and tile. Of all canvases, dropped with their templates (A6). */
  readonly #reached = new Map<string, { basis: string; seq: Seq }>()
  /** The hour of the last sample of each template. */
  readonly #sampled = new Map<string, string>()

  constructor({ store, now }: { store: CountingStore; now: () => number }) {
    this.#store = store
    this.#now = now
    this.#counter = new TemplateCounter(store)
  }

  async project(canvas: Canvas, { tile }: TileRef, commits: readonly SequencedCommit[], signal?: AbortSignal) {
    const last = commits.findLast(({ epoch }) => epoch === canvas.epoch)
    if (!last) return
    const templates = await this.#counter.templatesOf(canvas)
    if (templates.length === 0) return
    if (tile !== controlTile) {
      await this.#counter.countTo({ canvas, tile, head: last.seq }, templates, commits)
      return
    }
    const changed = new Set(commits.flatMap((commit) => templateOfEntry(commit)?.id ?? []))
    await this.#countNow(
      canvas,
      templates.filter(({ id }) => changed.has(id)),
      signal,
    )
  }

  /** Counts all templates of the canvas, and takes no samples. Returns how many there are. */
  async countAll(canvas: Canvas): Promise<number> {
    const templates = await this.#counter.templatesOf(canvas)
    await this.#countNow(canvas, templates)
    return templates.length
  }

  /** Up to where the history has followed the log, which is published. */
  async #countNow(canvas: Canvas, templates: readonly LinkedTemplate[], signal?: AbortSignal) {
    const cursors = await this.#store.projections.readCursors({ name: 'history', canvas: canvas.id })
    const heads = new Map([...cursors].flatMap(([tile, { epoch, seq }]) => (epoch === canvas.epoch ? [[tile, seq] as const] : [])))
    for (const template of templates) await this.#count({ canvas, heads, template }, signal)
  }

  async catchUp(canvas: Canvas, heads: Heads, signal?: AbortSignal) {
    const templates = await this.#counter.templatesOf(canvas)
    for (const template of templates) {
      await this.#count({ canvas, heads, template }, signal)
      await this.#sample(canvas, template)
    }
    this.#forgetOthers(canvas, templates)
  }

  /** A count is made from the board when a commit cannot be read. */
  async skip() {
    return true
  }

  async #count({ canvas, heads, template }: { canvas: Canvas; heads: Heads; template: LinkedTemplate }, signal?: AbortSignal) {
    const basis = basisOf(template, canvas)
    for (const tile of coveredTiles(template, canvas)) {
      signal?.throwIfAborted()
      const head = heads.get(tile) ?? noSeq
      const key = `${canvas.id}/${template.id}/${tile}`
      const reached = this.#reached.get(key)
      if (reached?.basis === basis && reached.seq >= head) continue
      await this.#counter.countTo({ canvas, tile, head }, [template])
      this.#reached.set(key, { basis, seq: head })
    }
  }

  async #sample(canvas: Canvas, template: LinkedTemplate) {
    const hour = `${basisOf(template, canvas)}/${Math.floor(this.#now() / 3_600_000)}`
    if (this.#sampled.get(`${canvas.id}/${template.id}`) === hour) return
    if (await takeSample(this.#store.templates, { canvas, template, nowMs: this.#now() }))
      this.#sampled.set(`${canvas.id}/${template.id}`, hour)
  }

  #forgetOthers(canvas: Canvas, templates: readonly LinkedTemplate[]) {
    const ids = new Set(templates.map(({ id }) => id))
    for (const known of [this.#reached, this.#sampled]) {
      for (const key of known.keys()) {
        const [of, id = ''] = key.split('/')
        if (of === canvas.id && !ids.has(id)) known.delete(key)
      }
    }
  }
}
