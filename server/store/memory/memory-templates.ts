/** Templates by link in memory. */
import type { CanvasId, TileNumber } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { hybridAt } from '../../../lib/clock.ts'
import type { Commit } from '../../../lib/commit.ts'
import { planTemplateEntry } from '../../../lib/control-log.ts'
import { type LinkedTemplate, templateLimits } from '../../../lib/linked-template.ts'
import type { ProgressSample } from '../../../lib/template-progress.ts'
import {
  isOfBoard,
  type TemplateChange,
  type TemplateCreated,
  type TemplateCreation,
  type TemplateStore,
  type TileCount,
  type TileCounts,
} from '../templates-port.ts'

interface Kept {
  template: LinkedTemplate
  bytes: Uint8Array
  readonly counts: Map<TileNumber, TileCount>
  samples: readonly ProgressSample[]
}

export interface MemoryTemplatesOptions {
  readonly transaction: <Result>(point: string, run: () => Result) => Promise<Result>
  readonly getCanvas: (id: CanvasId) => Canvas | null
  readonly addEntry: (entry: Commit) => void
}

export class MemoryTemplates implements TemplateStore {
  readonly #options: MemoryTemplatesOptions
  readonly #kept = new Map<string, Kept>()

  constructor(options: MemoryTemplatesOptions) {
    this.#options = options
  }

  /** Inside a transaction. Returns how many there were. */
  erase(canvas: CanvasId): number {
    const all = this.#of(canvas)
    for (const { template } of all) this.#kept.delete(template.id)
    return all.length
  }

  createTemplate({ template, bytes, maxOfPainter, groupId }: TemplateCreation) {
    return this.#options.transaction('create-template', (): TemplateCreated => {
      const canvas = this.#options.getCanvas(template.canvas)
      if (!canvas || !isOfBoard(template, canvas)) return 'gone'
      const others = this.#of(template.canvas)
      if (others.length >= templateLimits.maxOfCanvas) return 'canvas_limit'
      const own = others.filter((other) => other.template.by === template.by)
      if (maxOfPainter !== null && own.length >= maxOfPainter) return 'painter_limit'
      this.#kept.set(template.id, { template, bytes, counts: new Map(), samples: [] })
      this.#announce(template, template.rev, { groupId, nowMs: template.changedAtMs })
      return 'created'
    })
  }

  changeTemplate({ template, bytes, groupId }: TemplateChange) {
    return this.#options.transaction('change-template', (): 'changed' | 'stale' | 'not_found' => {
      const kept = this.#kept.get(template.id)
      if (!kept) return 'not_found'
      if (kept.template.rev !== template.rev - 1) return 'stale'
      kept.template = template
      if (bytes) kept.bytes = bytes
      this.#announce(template, template.rev, { groupId, nowMs: template.changedAtMs })
      return 'changed'
    })
  }

  removeTemplate({ id, groupId, nowMs }: Parameters<TemplateStore['removeTemplate']>[0]) {
    return this.#options.transaction('remove-template', () => {
      const kept = this.#kept.get(id)
      if (!kept) return false
      this.#kept.delete(id)
      this.#announce(kept.template, null, { groupId, nowMs: hybridAt(nowMs, kept.template.changedAtMs) })
      return true
    })
  }

  getTemplate = (id: string) => this.#options.transaction('get-template', () => this.#kept.get(id)?.template ?? null)

  getTemplatePicture(id: string) {
    return this.#options.transaction('get-template-picture', () => {
      const kept = this.#kept.get(id)
      return kept ? { rev: kept.template.rev, bytes: kept.bytes } : null
    })
  }

  listTemplates({ canvas, by }: Parameters<TemplateStore['listTemplates']>[0]) {
    return this.#options.transaction('list-templates', () => {
      const wanted = this.#of(canvas).map(({ template }) => template)
      const newestFirst = (a: LinkedTemplate, b: LinkedTemplate) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : 1)
      return wanted.filter((template) => by === undefined || template.by === by).sort(newestFirst)
    })
  }

  readTileCounts({ canvas, tile }: Parameters<TemplateStore['readTileCounts']>[0]) {
    return this.#options.transaction('read-tile-counts', () =>
      this.#of(canvas)
        .flatMap((kept) => countsOf(kept))
        .filter((row) => row.tile === tile),
    )
  }

  readTemplateCounts(id: string) {
    return this.#options.transaction('read-template-counts', () => {
      const kept = this.#kept.get(id)
      return kept ? countsOf(kept) : []
    })
  }

  moveTemplateCounts(moves: Parameters<TemplateStore['moveTemplateCounts']>[0]) {
    return this.#options.transaction('move-template-counts', () => {
      for (const { template, tile, from, to } of moves) {
        const counts = this.#kept.get(template)?.counts
        const present = counts?.get(tile) ?? null
        if (present?.basis === from?.basis && present?.seq === from?.seq) counts?.set(tile, to)
      }
    })
  }

  resetTemplateCounts(canvas: CanvasId) {
    return this.#options.transaction('reset-template-counts', () => {
      for (const { counts } of this.#of(canvas)) counts.clear()
    })
  }

  readTemplateSamples(id: string) {
    return this.#options.transaction('read-template-samples', () => [...(this.#kept.get(id)?.samples ?? [])])
  }

  saveTemplateSamples({ id, samples }: Parameters<TemplateStore['saveTemplateSamples']>[0]) {
    return this.#options.transaction('save-template-samples', () => {
      const kept = this.#kept.get(id)
      if (kept) kept.samples = samples
    })
  }

  #of(canvas: CanvasId): Kept[] {
    return [...this.#kept.values()].filter(({ template }) => template.canvas === canvas)
  }

  #announce({ id, canvas, epoch }: LinkedTemplate, rev: number | null, entry: { groupId: string; nowMs: number }) {
    this.#options.addEntry(planTemplateEntry({ canvas: { id: canvas, epoch }, template: { id, rev }, ...entry }))
  }
}

const countsOf = ({ template, counts }: Kept): TileCounts[] => [...counts].map(([tile, count]) => ({ template: template.id, tile, count }))
