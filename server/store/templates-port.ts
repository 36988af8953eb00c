/**
 * Templates by link and their progress. Each change of a template adds an entry to the control log of its canvas in the same transaction, so that
 * followers get the new revision (A2).
 *
 * Progress is a projection: the count of each tile has its own seq, and moves only from the seq that its writer has read. So a commit counts once,
 * however many processes count.
 */
import type { CanvasId, Epoch, PainterId, Seq, TileNumber } from '../../lib/brand.ts'
import type { LinkedTemplate } from '../../lib/linked-template.ts'
import type { ColorCounts, ProgressSample } from '../../lib/template-progress.ts'

/** The wanted colors, compressed; opaque to the store. */
export interface TemplatePicture {
  readonly rev: number
  readonly bytes: Uint8Array
}

export interface TemplateCreation {
  readonly template: LinkedTemplate
  readonly bytes: Uint8Array
  /** The most templates of this painter on the canvas. Null for staff. */
  readonly maxOfPainter: number | null
  readonly groupId: string
}

/** `gone`: the board was deleted or started over, or its former data is still being removed. */
export type TemplateCreated = 'created' | 'painter_limit' | 'canvas_limit' | 'gone'

export interface TemplateChange {
  /** The changed template, with a `rev` above the one that the caller has read. */
  readonly template: LinkedTemplate
  /** Of a new picture. */
  readonly bytes: Uint8Array | null
  readonly groupId: string
}

/** What is wanted of the board, and how much of it is there at `seq`. `basis` changes with everything else that the count depends on. */
export interface TileCount {
  readonly basis: string
  readonly seq: Seq
  readonly counts: ColorCounts
}

export interface TileCounts {
  readonly template: string
  readonly tile: TileNumber
  readonly count: TileCount
}

export interface CountMove {
  readonly template: string
  readonly tile: TileNumber
  /** What the caller has read. Null if the tile had no count. */
  readonly from: Pick<TileCount, 'basis' | 'seq'> | null
  readonly to: TileCount
}

export interface TemplateStore {
  createTemplate(creation: TemplateCreation): Promise<TemplateCreated>
  /** `stale`: the template has another revision. */
  changeTemplate(change: TemplateChange): Promise<'changed' | 'stale' | 'not_found'>
  /** Removes the template, its picture and its counts. False when there is none, which a repeated call may find, too. */
  removeTemplate(options: { id: string; groupId: string; nowMs: number }): Promise<boolean>
  getTemplate(id: string): Promise<LinkedTemplate | null>
  getTemplatePicture(id: string): Promise<TemplatePicture | null>
  /** Newest first, also those of an erased epoch until they are removed. */
  listTemplates(options: { canvas: CanvasId; by?: PainterId }): Promise<LinkedTemplate[]>

  /** The counts of one tile, or of all tiles of one template. */
  readTileCounts(options: { canvas: CanvasId; tile: TileNumber }): Promise<TileCounts[]>
  readTemplateCounts(id: string): Promise<TileCounts[]>
  /** Moves each count that still is where the caller has read it. Counts of a removed template are dropped. Can be repeated. */
  moveTemplateCounts(moves: readonly CountMove[]): Promise<void>
  /** Removes all counts of the canvas, so that they are made again. */
  resetTemplateCounts(canvas: CanvasId): Promise<void>
  readTemplateSamples(id: string): Promise<ProgressSample[]>
  /** Does nothing when the template is gone. */
  saveTemplateSamples(options: { id: string; samples: readonly ProgressSample[] }): Promise<void>
}

/** Whether the template is of the board as it is now. */
export const isOfBoard = (template: LinkedTemplate, canvas: { readonly epoch: Epoch; readonly erasing?: unknown }) =>
  template.epoch === canvas.epoch && !canvas.erasing
