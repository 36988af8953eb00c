/**
 * What the undos of a group read in its transaction: their placements, and the whole histories of their pixels. A history is in three places: commits
 * without a seq, the log after the cursor of the history, and the documents of the history. The transaction reads all of them in one snapshot.
 */
import type { ClientSession } from 'mongoose'
import { asCanvasId, asEpoch, asPainterId, asPosition, asTile, type CanvasId, type PlacementId, type Position } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { parsePlacementId } from '../../../lib/commit.ts'
import { entriesAhead } from '../../../lib/entries-ahead.ts'
import { isPlacement, type PixelEntry } from '../../../lib/pixel-fold.ts'
import { type GroupRequest, isUndo } from '../../../lib/plan-group.ts'
import type { StoredPlacement } from '../../../lib/plan-undo.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import { tryDecodeContent } from '../entry-content.ts'
import { createPageBy } from '../page.ts'
import { countBlobPixels } from '../pixel-blob.ts'
import type { PixelRef, TileRef } from '../port.ts'
import { maxAheadOfHistory, storedPlacementOf } from '../undo-reads.ts'
import { inside } from './command-options.ts'
import type { HistoryDocument, OutboxDocument } from './document-types.ts'
import type { Collections } from './schemas.ts'
import { readHead } from './tile-head.ts'

/** Documents of the history that one command reads: usually all of the pixels of a stroke. */
const maxTogether = 2_000
const pageSize = 50

type Ahead = ReadonlyMap<Position, readonly PixelEntry[]>
interface Wanted {
  readonly ref: PixelRef
  /** The undone placements of this pixel. */
  readonly count: number
}

const entryOf = ({ at, color, previous, by, cause, undoes }: HistoryDocument): PixelEntry => ({
  atMs: at,
  color,
  previous,
  by: asPainterId(by),
  cause,
  undoesAtMs: undoes ?? null,
})
const pixelsOf = ({ kind, pixels }: OutboxDocument) => tryDecodeContent(kind, pixels.buffer)?.pixels ?? null
const pixelName = ({ position, ...ref }: PixelRef) => `${tileKey(ref)}/${position}`

export const readUndonePlacements = async ({ outbox }: Collections, requests: readonly GroupRequest[], session: ClientSession) => {
  const ids = [...new Set(requests.flatMap((request) => (isUndo(request) ? request.undo : [])))]
  const found = new Map<PlacementId, StoredPlacement>()
  if (ids.length === 0) return found
  const commits = [...new Set(ids.flatMap((id) => parsePlacementId(id)?.commit ?? []))]
  const documents = await outbox.find({ _id: { $in: commits } }, inside(session)).toArray()
  const byId = new Map(documents.map((document) => [document._id, { document, pixels: pixelsOf(document) ?? [] }]))
  for (const id of ids) {
    const parsed = parsePlacementId(id)
    const commit = parsed && byId.get(parsed.commit)
    if (!commit) continue
    const { canvas, epoch, tile, at, cause } = commit.document
    const placedIn = { canvas: asCanvasId(canvas), epoch: asEpoch(epoch), tile: asTile(tile), atMs: at, cause }
    const placement = storedPlacementOf(placedIn, commit.pixels[parsed.index])
    if (placement) found.set(id, placement)
  }
  return found
}

/** The histories of the pixels of these placements, each as deep as the undos need it. */
export const readUndoneHistories = async (
  collections: Collections,
  options: { placements: Iterable<StoredPlacement>; canvasOf: (id: CanvasId) => Canvas | null; session: ClientSession },
) => {
  const histories = new Map<string, readonly PixelEntry[]>()
  const wantedByTile = Map.groupBy(wantedOf(options.placements), ({ ref }) => tileKey(ref))
  for (const wanted of wantedByTile.values()) {
    const [first] = wanted
    const canvas = first && options.canvasOf(first.ref.canvas)
    if (!first || !canvas) continue
    const ahead = await readAhead(collections, { ...first.ref, epoch: canvas.epoch }, options.session)
    if (!ahead) continue
    const read = await readProjected(collections, { wanted, ahead, epoch: canvas.epoch }, options.session)
    for (const [name, entries] of read) histories.set(name, entries)
  }
  return { history: (ref: PixelRef) => histories.get(pixelName(ref)) ?? null }
}

const wantedOf = (placements: Iterable<StoredPlacement>): Wanted[] => {
  const wanted = new Map<string, Wanted>()
  for (const { canvas, tile, position } of placements) {
    const ref = { canvas, tile, position }
    wanted.set(pixelName(ref), { ref, count: (wanted.get(pixelName(ref))?.count ?? 0) + 1 })
  }
  return [...wanted.values()]
}

/** Null when the history lacks more than one transaction should read, or more than the log still has. */
const readAhead = async (collections: Collections, ref: TileRef & { epoch: string }, session: ClientSession): Promise<Ahead | null> => {
  const { outbox, cursors } = collections
  const { canvas, tile, epoch } = ref
  const cursor = await cursors.findOne({ _id: `history/${canvas}/${tile}` }, inside(session))
  const after = cursor?.epoch === epoch ? cursor.seq : 0
  const page = createPageBy<OutboxDocument>(({ pixels }) => countBlobPixels(pixels.buffer))
  const sequenced = outbox.find({ canvas, tile, seq: { $gt: after }, epoch }, inside(session)).sort({ seq: 1 })
  const unsequenced = outbox.find({ unsequenced: true, canvas, tile, epoch }, inside(session)).sort({ at: 1, _id: 1 })
  for (const documents of [sequenced, unsequenced]) {
    for await (const document of documents) {
      if (page.commits.length === maxAheadOfHistory || !page.add(document)) return null
    }
  }
  const commits = page.commits.flatMap((document) => {
    const pixels = pixelsOf(document)
    return pixels ? [{ seq: document.seq ?? null, atMs: document.at, cause: document.cause, pixels }] : []
  })
  // A commit that cannot be decoded leaves a gap.
  if (commits.length < page.commits.length) return null
  return entriesAhead(commits, { after, head: await readHead(collections, ref, session) })
}

const readProjected = async (
  { history }: Collections,
  { wanted, ahead, epoch }: { wanted: readonly Wanted[]; ahead: Ahead; epoch: string },
  session: ClientSession,
): Promise<Map<string, PixelEntry[]>> => {
  const read = new Map<string, PixelEntry[]>()
  const { canvas, tile } = (wanted[0] as Wanted).ref
  const positions = wanted.map(({ ref }) => ref.position as number)
  const newestFirst = { position: -1, at: -1 } as const
  const together = await history
    .find({ canvas, tile, position: { $in: positions } }, inside(session))
    .sort(newestFirst)
    .limit(maxTogether)
    .toArray()
  const isWhole = together.length < maxTogether
  const byPosition = Map.groupBy(together, ({ position }) => asPosition(position))
  for (const { ref, count } of wanted) {
    const entries = [...(ahead.get(ref.position) ?? [])]
    const before = entries.at(-1)?.atMs ?? Number.MAX_SAFE_INTEGER
    const older = (documents: readonly HistoryDocument[], beforeMs: number) =>
      documents.filter((document) => document.epoch === epoch && document.at < beforeMs).map(entryOf)
    if (isWhole) entries.push(...older(byPosition.get(ref.position) ?? [], before))
    for (let beforeMs = before; !isWhole && countStanding(entries) <= count; ) {
      const filter = { canvas, tile, position: ref.position as number, at: { $lt: beforeMs } }
      const page = await history.find(filter, inside(session)).sort({ at: -1 }).limit(pageSize).toArray()
      entries.push(...older(page, beforeMs))
      beforeMs = page.at(-1)?.at ?? 0
      if (page.length < pageSize) break
    }
    read.set(pixelName(ref), entries)
  }
  return read
}

/** How many placements of these entries surely stand. Undos of older versions may take back more, and one more page is read for them. */
const countStanding = (entries: readonly PixelEntry[]) => {
  const undos = entries.filter(({ cause }) => cause === 'undo').length
  return entries.filter(isPlacement).length - undos
}
