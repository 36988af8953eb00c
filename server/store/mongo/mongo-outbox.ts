/**
 * The outbox on MongoDB. Any number of processes sequence, publish and mark at once.
 *
 * Why a tile's seqs have no gaps. A sequencer reads, in one snapshot, the head N of a tile and its unsequenced commits c1, c2, … ordered by
 * `(at, id)`. It then updates them in this order: ci gets N+i if it is still unsequenced. The bulk write stops at the first error, and
 * (tile, seq) is unique.
 * - All seqs up to N are taken when it reads, because N is.
 * - When it updates ci, the seqs up to N+i−1 are taken. Either it assigned N+i−1 itself, or another sequencer had sequenced ci−1 already. The other
 *   one started at the same or a newer head and used the same order, so N+i−1 is taken, or its next update fails as a duplicate.
 * - So each update either finds N+i free with all seqs below it taken, or fails as a duplicate and stops, or matches no commit and continues.
 * A commit that arrives later with an earlier `at` gets a later seq. This is correct: `at` orders the commits of one pixel only, and a transaction
 * that overwrites a pixel reads the earlier commit's pixel first.
 */
import type mongoose from 'mongoose'
import type { ClientSession } from 'mongoose'
import { createPage, createPageBy } from '../page.ts'
import { countBlobPixels } from '../pixel-blob.ts'
import type { Backlog, Mark, Store, TileRef, UnpublishedCommit } from '../port.ts'
import { atMost, durable, inside, local, long, majority } from './command-options.ts'
import type { OutboxDocument } from './document-types.ts'
import { unpublishedOf } from './documents.ts'
import { createErasedReader, dropLate } from './late-commits.ts'
import { isDuplicateKey, type MongoContext } from './mongo-context.ts'
import { unsequencedOnly } from './schemas.ts'
import { anyTile, durableHeadKey, headKey, readHeads, type Tile } from './tile-head.ts'

/** The commits of `tiles` (null: of all tiles), without those of held tiles and of boards that are being erased. */
interface Scope {
  readonly tiles: readonly TileRef[] | null
  readonly held: readonly Tile[]
  /** Canvases to leave out. */
  readonly erasing?: readonly string[]
}

/** Not as one `$and`: some planners then read the whole log. */
const waitingIn = <Waiting extends object>(waiting: Waiting, { tiles, held, erasing = [] }: Scope) => {
  const without = [...anyTile(held), ...(erasing.length > 0 ? [{ canvas: { $in: [...erasing] } }] : [])]
  return { ...waiting, ...(tiles && { $or: anyTile(tiles) }), ...(without.length > 0 && { $nor: without }) }
}

const unsequencedIn = (scope: Scope) => waitingIn(unsequencedOnly, scope)

interface Waiting {
  readonly waiting: readonly OutboxDocument[]
  /** Commits that were saved after their board was erased. */
  readonly late: readonly OutboxDocument[]
}

type Sequenced = Awaited<ReturnType<Store['sequence']>>

const none: Sequenced = { sequenced: 0, raced: false, fresh: [] }

export const mongoOutbox = (context: MongoContext) => {
  const { outbox, tails, remembered, deadLetters } = context.collections
  const { heldTiles } = context

  /** Without the commits of erased boards, which get no seq. They must not fill the round while others wait. */
  const readWaiting = async (limit: number, scope: Scope, session: ClientSession): Promise<Waiting> => {
    const stateOf = createErasedReader(context, inside(session))
    const erasing = new Set<string>()
    for (;;) {
      const page = createPageBy<OutboxDocument>(({ pixels }) => countBlobPixels(pixels.buffer))
      const late: OutboxDocument[] = []
      const before = erasing.size
      const found = outbox.find(unsequencedIn({ ...scope, erasing: [...erasing] }), inside(session)).sort({ at: 1, _id: 1 })
      for await (const document of found.limit(limit).batchSize(limit)) {
        const state = await stateOf(document)
        if (state === 'erasing') erasing.add(document.canvas)
        else if (state === 'late') late.push(document)
        else if (!page.add(document)) break
      }
      if (page.commits.length > 0 || erasing.size === before) return { waiting: page.commits, late }
    }
  }

  /** The commits to sequence and the heads of their tiles, in one snapshot. */
  const readWaitingAndHeads = (limit: number, scope: Scope) =>
    context.transaction(async (session) => {
      const { waiting, late } = await readWaiting(limit, scope, session)
      const waitingTiles = new Map(waiting.map(({ canvas, tile, epoch }) => [headKey({ canvas, tile }), { canvas, tile, epoch }]))
      const heads: ReadonlyMap<string, number> = await readHeads(context.collections, [...waitingTiles.values()], session)
      return { waiting, late, heads }
    })

  /** The last query found a commit, or this process has saved one since. Saves the query for whether any commit waits. */
  let mayBeMore = false

  /** Sets the next seqs from these heads on, one update after another. */
  const assignSeqs = async (waiting: readonly OutboxDocument[], readHead: ReadonlyMap<string, number>): Promise<Sequenced> => {
    const heads = new Map(readHead)
    const numbered = waiting.map((document) => {
      const key = headKey(document)
      const seq = (heads.get(key) ?? 0) + 1
      heads.set(key, seq)
      return { ...document, seq }
    })
    const { results } = await heldTiles.write(numbered, saveSeqs)
    return {
      sequenced: results.reduce((sum, { sequenced }) => sum + sequenced, 0),
      raced: results.some(({ raced }) => raced),
      fresh: results.flatMap(({ fresh }) => fresh),
    }
  }

  const saveSeqs = async (numbered: readonly (OutboxDocument & { seq: number })[], maxTimeMS: number): Promise<Sequenced> => {
    const updates = numbered.map(({ _id, seq }) => ({
      updateOne: {
        filter: { _id, unsequenced: true as const },
        update: { $set: { seq, unpublished: true as const, attempts: 1 }, $unset: { unsequenced: '' as const } },
      },
    }))
    try {
      const { modifiedCount } = await outbox.bulkWrite(updates, { ordered: true, ...atMost(maxTimeMS).durable })
      // After a race, the commits that this process sequenced are unknown.
      if (modifiedCount < numbered.length) return { sequenced: modifiedCount, raced: true, fresh: [] }
      return { sequenced: modifiedCount, raced: false, fresh: numbered.flatMap((document) => unpublishedOf(document, 1) ?? []) }
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      const { result } = error as mongoose.mongo.MongoBulkWriteError
      return { sequenced: result.modifiedCount, raced: true, fresh: [] }
    }
  }

  return {
    /** Called after this process has saved a commit. */
    expectMore() {
      mayBeMore = true
    },

    async sequence({ limit, tiles = null }: { limit: number; tiles?: readonly TileRef[] | null }): Promise<Sequenced> {
      if (tiles?.length === 0) return none
      const scope = { tiles, held: heldTiles.list() }
      if (!mayBeMore && !(await outbox.findOne(unsequencedIn(scope), { ...majority, projection: { _id: 1 } }))) return none
      mayBeMore = false
      const { waiting, late, heads } = await readWaitingAndHeads(limit, scope)
      for (const document of late) await dropLate(context, document)
      if (waiting.length === 0) return none
      mayBeMore = true
      return assignSeqs(waiting, heads)
    },

    async getUnpublished({ limit, tiles = null }: { limit: number; tiles?: readonly TileRef[] | null }): Promise<UnpublishedCommit[]> {
      if (tiles?.length === 0) return []
      const page = createPage<UnpublishedCommit>()
      const filter = waitingIn({ unpublished: true as const }, { tiles, held: heldTiles.list() })
      const blocked = new Set<string>()
      const stateOf = createErasedReader(context, majority)
      for await (const document of outbox.find(filter, majority).sort({ canvas: 1, tile: 1, seq: 1 }).batchSize(limit)) {
        const commit = unpublishedOf(document, document.attempts)
        if (!commit || blocked.has(headKey(commit)) || (await stateOf(document)) !== null) continue
        if (commit.isUnreadable) blocked.add(headKey(commit))
        if (!page.add(commit) || page.commits.length === limit) break
      }
      return [...page.commits]
    },

    async markAsPublished(commits: readonly Mark[], nowMs: number) {
      if (commits.length === 0) return
      const raised = new Map<string, Mark>()
      for (const commit of commits) {
        const key = durableHeadKey(commit)
        if ((raised.get(key)?.seq ?? 0) < commit.seq) raised.set(key, commit)
      }
      // First, and durable: if a failover took back a head and not the mark, the seq would be assigned again after the commit has expired.
      await tails.bulkWrite(
        [...raised].map(([_id, { canvas, tile, epoch, seq }]) => ({
          updateOne: { filter: { _id }, update: { $max: { tail: seq }, $setOnInsert: { canvas, tile, epoch } }, upsert: true },
        })),
        { ordered: false, ...durable },
      )
      // A commit whose mark a failover takes back, or whose tile is held, is published again, and that is a duplicate.
      await heldTiles.write(commits, (marked, maxTimeMS) =>
        outbox.updateMany(
          { _id: { $in: marked.map(({ id }) => id) }, unpublished: true },
          { $set: { publishedAt: new Date(nowMs) }, $unset: { unpublished: '' } },
          atMost(maxTimeMS).light,
        ),
      )
    },

    async backlog(): Promise<Backlog> {
      const unpublishedOnly = { unpublished: true as const }
      const oldest = (filter: typeof unsequencedOnly | typeof unpublishedOnly) =>
        outbox
          .find(filter, { ...local, projection: { at: 1 } })
          .sort({ at: 1 })
          .limit(1)
          .next()
      const [dead, unsequenced, unpublished, ...firsts] = await Promise.all([
        deadLetters.countDocuments({}, local),
        outbox.countDocuments(unsequencedOnly, local),
        outbox.countDocuments(unpublishedOnly, local),
        oldest(unsequencedOnly),
        oldest(unpublishedOnly),
      ])
      const ages = firsts.flatMap((document) => document?.at ?? [])
      return { unsequenced, unpublished, oldestAtMs: ages.length === 0 ? null : Math.min(...ages), dead }
    },

    /** The TTL index removes published commits, too. This removes them at once, and also removes the keys. */
    async trim({ publishedBeforeMs, keysBeforeMs }: { publishedBeforeMs: number; keysBeforeMs: number }) {
      await remembered.deleteMany({ at: { $lt: keysBeforeMs } }, long.durable)
      const { deletedCount } = await outbox.deleteMany({ publishedAt: { $lt: new Date(publishedBeforeMs) } }, long.durable)
      return { removed: deletedCount }
    },
  }
}
