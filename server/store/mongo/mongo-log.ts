/** Boards, the log, pixels and receipts on MongoDB. */
import { ageCode } from '../../../lib/ages.ts'
import { type Board, emptyBoard, undoCommits } from '../../../lib/board.ts'
import {
  asCanvasId,
  asPainterId,
  asSeq,
  asTile,
  type CanvasId,
  noSeq,
  type PlacementId,
  type Position,
  type Seq,
  type TileNumber,
} from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { parsePlacementId } from '../../../lib/commit.ts'
import { canvasOfLog } from '../../../lib/control-log.ts'
import { isEmptied, isGone } from '../../../lib/erasing.ts'
import { hasTile } from '../../../lib/geometry.ts'
import { nobody } from '../../../lib/painter.ts'
import type { PixelEntry } from '../../../lib/pixel-fold.ts'
import { isReadable, tryDecodeContent } from '../entry-content.ts'
import { createPage } from '../page.ts'
import { pixelsAt } from '../pixels-at.ts'
import type { LogPage, ReadCommits, Receipt, Store, StoredPixel, TileRef } from '../port.ts'
import { long, majority } from './command-options.ts'
import type { OutboxDocument } from './document-types.ts'
import { sequencedOf } from './documents.ts'
import { canvasOf } from './mongo-canvases.ts'
import type { MongoContext } from './mongo-context.ts'
import { pixelKey } from './mongo-placing.ts'
import { readHead } from './tile-head.ts'

/** Empty when the pixels cannot be decoded: the board then shows the stored pixels. */
const pixelsOf = ({ kind, pixels }: Pick<OutboxDocument, 'kind' | 'pixels'>) => tryDecodeContent(kind, pixels.buffer)?.pixels ?? []

/** A commit that was saved after its board was erased lies on nothing. The next sequencing drops it (`late-commits.ts`). */
const onBackground = (document: OutboxDocument, { background }: Canvas) =>
  pixelsOf(document).map((pixel) => ({ ...pixel, previous: background }))

export const mongoLog = (context: MongoContext) => {
  const { canvases, pixels, outbox, tails, deadLetters } = context.collections

  return {
    async getPixel({ canvas, tile, position }: TileRef & { position: Position }): Promise<StoredPixel | null> {
      const pixel = await pixels.findOne({ _id: pixelKey(canvas, tile, position) }, majority)
      return pixel ? { color: pixel.color, by: asPainterId(pixel.by), atMs: pixel.at, cause: pixel.cause } : null
    },

    async readUnsequencedPixels({
      canvas,
      tile,
      position,
      maxCommits,
    }: TileRef & { position: Position; maxCommits: number }): Promise<readonly PixelEntry[]> {
      const documents = outbox.find({ unsequenced: true, canvas, tile }, majority).sort({ at: 1, _id: 1 }).limit(maxCommits)
      const found: PixelEntry[] = []
      for await (const document of documents) {
        const { at, cause } = document
        found.push(...pixelsAt({ atMs: at, cause, pixels: pixelsOf(document) }, position))
      }
      return found
    },

    async getReceipt(id: PlacementId): Promise<Receipt | null> {
      const parsed = parsePlacementId(id)
      const document = parsed && (await outbox.findOne({ _id: parsed.commit }, majority))
      const holder = document?.cause === 'skipped' ? await deadLetters.findOne({ _id: document._id }, majority) : document
      const pixel = holder && parsed && pixelsOf(holder)[parsed.index]
      if (!document || !pixel) return null
      return {
        id,
        canvas: asCanvasId(document.canvas),
        tile: asTile(document.tile),
        position: pixel.position,
        atMs: document.at,
        state: document.seq === undefined ? 'committed' : document.publishedAt === undefined ? 'sequenced' : 'published',
        seq: document.seq === undefined ? null : asSeq(document.seq),
      }
    },

    readBoard({ canvas: id, tile }: TileRef): Promise<Board | null> {
      return context.transaction(async (session): Promise<Board | null> => {
        const stored = canvasOf(await canvases.findOne({ _id: id }, long.inside(session)))
        const canvas = isGone(stored) ? null : canvasOfLog(stored, tile)
        if (!canvas) return null
        const board = emptyBoard(canvas)
        if (isEmptied(canvas, { tile })) return board
        const painted = pixels.find({ canvas: id, tile }, { ...long.inside(session), projection: { _id: 0, position: 1, color: 1 } })
        for await (const { position, color } of painted) board.colors[position] = color
        const unsequenced = await outbox
          .find({ unsequenced: true, canvas: id, tile }, long.inside(session))
          .sort({ at: -1, _id: -1 })
          .toArray()
        undoCommits(
          board.colors,
          unsequenced.map((document) => ({
            pixels: document.epoch === canvas.epoch ? pixelsOf(document) : onBackground(document, canvas),
          })),
        )
        board.seq = await readHead(context.collections, { canvas: id, tile, epoch: canvas.epoch }, session)
        return board
      })
    },

    readCommits({ canvas: id, tile, after, limit, maxPixels }: ReadCommits): Promise<LogPage | null> {
      return context.transaction(async (session): Promise<LogPage | null> => {
        const stored = canvasOf(await canvases.findOne({ _id: id }, long.inside(session)))
        const canvas = isGone(stored) ? null : canvasOfLog(stored, tile)
        if (!canvas) return null
        const { epoch } = canvas
        if (isEmptied(canvas, { tile })) return { kind: 'page', epoch, head: noSeq, commits: [] }
        const head = await readHead(context.collections, { canvas: id, tile, epoch }, session)
        const page = createPage(maxPixels)
        let firstAbove: number | null = null
        for await (const document of outbox
          .find({ canvas: id, tile, seq: { $gt: after }, epoch }, long.inside(session))
          .sort({ seq: 1 })
          .limit(limit)) {
          if (!isReadable(document.kind, document.pixels.buffer)) {
            if (firstAbove === null && document.seq === after + 1) firstAbove = after + 2
            break
          }
          const commit = sequencedOf(document)
          if (!commit) continue
          firstAbove ??= commit.seq
          // Commits expire one by one, which can leave a gap. The page ends before it.
          if (commit.seq !== after + page.commits.length + 1 || !page.add(commit)) break
        }
        const { commits } = page
        if (commits.length === 0 && after < head) return { kind: 'trimmed', epoch, head, oldestKept: asSeq(firstAbove ?? head + 1) }
        return { kind: 'page', epoch, head, commits }
      })
    },

    async readAges({ canvas: id, tile, nowMs }: Parameters<Store['readAges']>[0]): ReturnType<Store['readAges']> {
      const canvas = canvasOf(await canvases.findOne({ _id: id }, majority))
      if (isGone(canvas) || !hasTile(canvas, tile)) return null
      const codes = new Uint8Array(canvas.tileSize ** 2)
      if (isEmptied(canvas, { tile })) return { epoch: canvas.epoch, codes }
      const painted = pixels.find(
        { canvas: id, tile, cause: { $ne: 'skipped' }, by: { $ne: nobody } },
        { ...long.majority, projection: { _id: 0, position: 1, at: 1 } },
      )
      for await (const { position, at } of painted) codes[position] = ageCode(nowMs - at)
      return { epoch: canvas.epoch, codes }
    },

    async readHeads(canvas: CanvasId): Promise<Map<TileNumber, Seq>> {
      const heads = new Map<TileNumber, Seq>()
      const stored = canvasOf(await canvases.findOne({ _id: canvas }, majority))
      if (!stored) return heads
      const raise = (tile: number, seq: number) => {
        if (!isEmptied(stored, { tile: asTile(tile) })) heads.set(asTile(tile), asSeq(Math.max(seq, heads.get(asTile(tile)) ?? 0)))
      }
      // A commit is unpublished from its sequencing until its tile's head is raised, so both reads together find every head.
      // Unpublished commits first: a commit that is marked between the two reads is found among the heads.
      for await (const { tile, seq } of outbox.find({ unpublished: true, canvas }, { ...majority, projection: { tile: 1, seq: 1 } })) {
        if (seq !== undefined) raise(tile, seq)
      }
      for await (const { tile, tail, epoch } of tails.find({ canvas }, majority))
        if ((epoch ?? stored.epoch) === stored.epoch) raise(tile, tail)
      return heads
    },
  }
}
