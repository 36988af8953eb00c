/**
 * The control log of a canvas: one more log beside those of its tiles, for changes that are not pixels (PROTOCOL.md). Its entries have
 * the kind `control` and a JSON body. An entry of type `canvas` has the whole canvas after the change, so applying the newest one is enough.
 */
import { asTile, type TileNumber } from './brand.ts'
import type { Canvas, CanvasChange } from './canvas.ts'
import { hybridAt } from './clock.ts'
import type { Commit } from './commit.ts'
import { hasTile } from './geometry.ts'
import { firstCommitId } from './plan-group.ts'

/** The log number of a canvas's control log: one above the highest number that a tile can have. */
export const controlTile = asTile(65_536)
export const controlKind = 'control'

/** A change by an admin, or one of those that only Fresco makes (`erasing.ts`). */
export type InternalChange = CanvasChange & Partial<Pick<Canvas, 'epoch' | 'erasing' | 'origin'>>

export interface CanvasUpdate {
  readonly id: Canvas['id']
  readonly change: InternalChange
  /** The revision that the caller has read. */
  readonly rev: number
  /** Never used before: the id of the entry begins with it. */
  readonly groupId: string
  readonly nowMs: number
}

/** `stale`: the canvas has another revision. */
export type CanvasUpdateOutcome = { kind: 'updated' | 'stale'; canvas: Canvas } | { kind: 'not_found' }

/** The changed canvas and its control entry, which a store saves in one transaction. */
export const planCanvasUpdate = (canvas: Canvas, { change, groupId, nowMs }: CanvasUpdate): { canvas: Canvas; entry: Commit } => {
  // Later than the change before, so that entries get their seqs in the order of their revisions.
  const changedAtMs = hybridAt(nowMs, canvas.changedAtMs ?? null)
  const changed = { ...canvas, ...change, rev: canvas.rev + 1, changedAtMs }
  const bytes = new TextEncoder().encode(JSON.stringify({ type: 'canvas', canvas: changed }))
  const { id, epoch } = changed
  const content = { kind: controlKind, bytes }
  const entry = {
    id: firstCommitId(groupId),
    canvas: id,
    epoch,
    tile: controlTile,
    atMs: changedAtMs,
    cause: 'paint',
    pixels: [],
    content,
  } as const
  return { canvas: changed, entry }
}

export interface TemplateAnnouncement {
  readonly id: string
  /** Null when the template was removed. */
  readonly rev: number | null
}

/** The entry that announces a change of a template. */
export const planTemplateEntry = (options: {
  canvas: Pick<Canvas, 'id' | 'epoch'>
  template: TemplateAnnouncement
  groupId: string
  nowMs: number
}): Commit => {
  const { canvas, template, groupId, nowMs } = options
  const bytes = new TextEncoder().encode(JSON.stringify({ type: 'template', template }))
  const content = { kind: controlKind, bytes }
  return {
    id: firstCommitId(groupId),
    canvas: canvas.id,
    epoch: canvas.epoch,
    tile: controlTile,
    atMs: nowMs,
    cause: 'paint',
    pixels: [],
    content,
  }
}

/** Announces the canvas as it is, because the entry of an earlier change could not be published. */
export const planAnnounceAgain = (canvas: Canvas, { groupId, nowMs }: Pick<CanvasUpdate, 'groupId' | 'nowMs'>) =>
  planCanvasUpdate(canvas, { id: canvas.id, rev: canvas.rev, change: {}, groupId, nowMs })

/** The canvas of a control entry. Null for a tombstone and for types that only a newer version supports. */
export const canvasOfEntry = ({ content, epoch }: Pick<Commit, 'content' | 'epoch'>): Canvas | null => {
  if (content?.kind !== controlKind) return null
  const body = bodyOf(content.bytes)
  // A restore gives the entry a new epoch, and leaves its body as it is.
  return body.type === 'canvas' ? { ...body.canvas, epoch } : null
}

/** The template of a control entry. Null for the other types. */
export const templateOfEntry = ({ content }: Pick<Commit, 'content'>): TemplateAnnouncement | null => {
  if (content?.kind !== controlKind) return null
  const body = bodyOf(content.bytes)
  return body.type === 'template' ? body.template : null
}

type EntryBody = { type: 'canvas'; canvas: Canvas } | { type: 'template'; template: TemplateAnnouncement } | { type: 'of a newer version' }

const bodyOf = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as EntryBody

/** The canvas as the log with this number fills it: the control log has no pixels. Null when the canvas has no such log. */
export const canvasOfLog = (canvas: Canvas, tile: TileNumber): Canvas | null => {
  if (tile === controlTile) return { ...canvas, tileSize: 0 }
  return hasTile(canvas, tile) ? canvas : null
}
