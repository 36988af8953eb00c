/** Compares the counts of templates in one tile with the fold of its log, each at the seq of the count. One picture is in memory at a time (A6). */
import { isDeepStrictEqual } from 'node:util'
import type { Canvas } from '../../lib/canvas.ts'
import { type LinkedTemplate, noCell } from '../../lib/linked-template.ts'
import { countTile, tileTemplate } from '../../lib/template-progress.ts'
import type { TileRef } from '../store/port.ts'
import { isOfBoard, type TemplateStore, type TileCount } from '../store/templates-port.ts'
import { unpackCells } from '../templates/template-cells.ts'
import { basisOf } from '../templates/template-counter.ts'
import type { Report } from './finding.ts'
import type { LogFold } from './log-fold.ts'

export type CountReading = Pick<TemplateStore, 'listTemplates' | 'getTemplatePicture' | 'readTileCounts'>

export interface CountAuditOptions {
  readonly templates: CountReading
  readonly canvas: Canvas
  readonly ref: TileRef
  readonly report: Report
}

export class CountAudit {
  readonly #options: CountAuditOptions
  #left: { readonly template: LinkedTemplate; readonly count: TileCount }[] = []

  constructor(options: CountAuditOptions) {
    this.#options = options
  }

  /** Reads the counts. Called before the board, so that the board has all of their commits. */
  async read() {
    const { templates, canvas, ref } = this.#options
    const all = (await templates.listTemplates({ canvas: canvas.id })).filter((template) => isOfBoard(template, canvas))
    if (all.length === 0) return
    const rows = new Map((await templates.readTileCounts(ref)).map(({ template, count }) => [template, count]))
    this.#left = all.flatMap((template) => {
      const count = rows.get(template.id)
      // Another basis: it will be counted again.
      return count && count.basis === basisOf(template, canvas) ? [{ template, count }] : []
    })
  }

  checkHead(head: number) {
    for (const { template, count } of this.#left) {
      if (count.seq > head)
        this.#options.report('cursor_ahead', count.seq, `the count of the template ${template.id} is above the head ${head}`)
    }
  }

  /** Compares the counts at the fold's seq. */
  async compareAt(fold: LogFold) {
    const due = this.#left.filter(({ count }) => count.seq === fold.seq)
    if (due.length === 0) return
    this.#left = this.#left.filter(({ count }) => count.seq !== fold.seq)
    for (const each of due) await this.#compare(fold, each)
  }

  async #compare(fold: LogFold, { template, count }: { readonly template: LinkedTemplate; readonly count: TileCount }) {
    const { templates, canvas, ref, report } = this.#options
    const picture = await templates.getTemplatePicture(template.id)
    if (picture?.rev !== template.rev) return
    const cells = await unpackCells(picture.bytes, template)
    if (!cells) return report('unreadable', null, `the picture of the template ${template.id} cannot be decoded`)
    const wanted = tileTemplate({ template, cells }, canvas, ref.tile)
    for (const position of wanted.positions()) if (wanted.wantedAt(position) !== noCell && !fold.isKnown(position)) return
    if (!isDeepStrictEqual(countTile(wanted, fold.colors), count.counts)) {
      report('template_differs', count.seq, `the template ${template.id} has other counts than the log`)
    }
  }
}
