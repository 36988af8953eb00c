/**
 * The outbox on MongoDB: numbered, published and marked by any number of processes at once.
 *
 * Why gaps cannot form. A sequencer reads, in one snapshot, a tile's head N and its unsequenced commits c1, c2, … in the order of
 * `(at, id)`, and then updates them one after another: c1 gets N+1 if it is still unsequenced, c2 gets N+2, and so on; the bulk write is
 * ordered and stops at the first error, and (tile, seq) is unique.
 * - All numbers up to N are taken when it reads, since N was, and by induction those below it were.
 * - When it comes to ci, numbers up to N+i−1 are taken: by itself, or its step would have failed and stopped it, or its commit had been
 *   numbered by another sequencer. That other one began from a head that is at least as new and gave commits in the same order,
 *   so ci−1 has a number of its own and N+i−1 is taken, or is about to fail as a duplicate on this one's next step.
 * - So each update finds its number free with all below it taken; or taken, a duplicate key, and stops; or finds its commit
 *   numbered already, matches nothing, and goes on.
 * A commit that arrives later with an earlier `at` comes after: `at` orders the commits of one pixel, and those cannot be in the database
 * at the same time without the earlier one having been visible to the later one's transaction.
 */
import type mongoose from 'mongoose'
import { createPage, createPageBy } from '../page.ts'
import { countBlobPixels } from '../pixel-blob.ts'
import type { Backlog, Mark, Store, TileRef, UnpublishedCommit } from '../port.ts'
import { atMost, durable, inside, local, long, majority } from './command-options.ts'
import type { OutboxDocument } from './document-types.ts'
import { unpublishedOf } from './documents.ts'
import { isDuplicateKey, type MongoContext } from './mongo-context.ts'
import { unsequencedOnly } from './schemas.ts'
import { headKey, readHeads, type Tile } from './tile-head.ts'

const anyTile = (tiles: readonly Tile[]) => {
  const numbers = new Map<string, Set<number>>()
  for (const { canvas, tile } of tiles) numbers.set(canvas, (numbers.get(canvas) ?? new Set()).add(tile))
  return [...numbers].map(([canvas, tile]) => ({ canvas, tile: { $in: [...tile] } }))
}

/** Which of the waiting commits: those of `tiles` (null: all), without those of held tiles. */
interface Scope {
  readonly tiles: readonly TileRef[] | null
  readonly held: readonly Tile[]
}

/** Not as one `$and`: some planners then read the whole log. */
const waitingIn = <Waiting extends object>(waiting: Waiting, { tiles, held }: Scope) => ({
  ...waiting,
  ...(tiles && { $or: anyTile(tiles) }),
  ...(held.length > 0 && { $nor: anyTile(held) }),
})

const unsequencedIn = (scope: Scope) => waitingIn(unsequencedOnly, scope)

type Sequenced = Awaited<ReturnType<Store['sequence']>>

const none: Sequenced = { sequenced: 0, raced: false, fresh: [] }

export const mongoOutbox = (context: MongoContext) => {
  const { outbox, tails, remembered, deadLetters } = context.collections
  const { heldTiles } = context

  const readWaiting = async (limit: number, scope: Scope, options: mongoose.mongo.FindOptions): Promise<readonly OutboxDocument[]> => {
    const page = createPageBy<OutboxDocument>(({ pixels }) => countBlobPixels(pixels.buffer))
    for await (const document of outbox.find(unsequencedIn(scope), options).sort({ at: 1, _id: 1 }).limit(limit).batchSize(limit)) {
      if (!page.add(document)) break
    }
    return page.commits
  }

  /** What is to be numbered, and the heads of its tiles: in one snapshot. */
  const readWaitingAndHeads = (limit: number, scope: Scope) =>
    context.transaction(async (session) => {
      const waiting = await readWaiting(limit, scope, inside(session))
      const waitingTiles = new Map(waiting.map(({ canvas, tile }) => [headKey({ canvas, tile }), { canvas, tile }]))
      const heads: ReadonlyMap<string, number> = await readHeads(context.collections, [...waitingTiles.values()], session)
      return { waiting, heads }
    })

  /** The last query found something, or this process has saved something since: skips the question whether anything waits. */
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
      // After a race it is not known which of them were numbered here.
      if (modifiedCount < numbered.length) return { sequenced: modifiedCount, raced: true, fresh: [] }
      return { sequenced: modifiedCount, raced: false, fresh: numbered.flatMap((document) => unpublishedOf(document, 1) ?? []) }
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      const { result } = error as mongoose.mongo.MongoBulkWriteError
      return { sequenced: result.modifiedCount, raced: true, fresh: [] }
    }
  }

  return {
    /** Something was saved. */
    expectMore() {
      mayBeMore = true
    },

    async sequence({ limit, tiles = null }: { limit: number; tiles?: readonly TileRef[] | null }): Promise<Sequenced> {
      if (tiles?.length === 0) return none
      const scope = { tiles, held: heldTiles.list() }
      if (!mayBeMore && !(await outbox.findOne(unsequencedIn(scope), { ...majority, projection: { _id: 1 } }))) return none
      mayBeMore = false
      const { waiting, heads } = await readWaitingAndHeads(limit, scope)
      if (waiting.length === 0) return none
      mayBeMore = true
      return assignSeqs(waiting, heads)
    },

    async getUnpublished({ limit, tiles = null }: { limit: number; tiles?: readonly TileRef[] | null }): Promise<UnpublishedCommit[]> {
      if (tiles?.length === 0) return []
      const page = createPage<UnpublishedCommit>()
      const filter = waitingIn({ unpublished: true as const }, { tiles, held: heldTiles.list() })
      const blocked = new Set<string>()
      for await (const document of outbox.find(filter, majority).sort({ canvas: 1, tile: 1, seq: 1 }).batchSize(limit)) {
        const commit = unpublishedOf(document, document.attempts)
        if (!commit || blocked.has(headKey(commit))) continue
        if (commit.isUnreadable) blocked.add(headKey(commit))
        if (!page.add(commit) || page.commits.length === limit) break
      }
      return [...page.commits]
    },

    async markAsPublished(commits: readonly Mark[], nowMs: number) {
      if (commits.length === 0) return
      const raised = new Map<string, Mark>()
      for (const commit of commits) {
        const key = headKey(commit)
        if ((raised.get(key)?.seq ?? 0) < commit.seq) raised.set(key, commit)
      }
      // First, and durable: a head that a failover takes back while the mark stays would give its seq again once the commit has expired.
      await tails.bulkWrite(
        [...raised].map(([_id, { canvas, tile, seq }]) => ({
          updateOne: { filter: { _id }, update: { $max: { tail: seq }, $setOnInsert: { canvas, tile } }, upsert: true },
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

    /** The TTL index removes published commits by itself; this is for whoever wants it at once, and for the keys. */
    async trim({ publishedBeforeMs, keysBeforeMs }: { publishedBeforeMs: number; keysBeforeMs: number }) {
      await remembered.deleteMany({ at: { $lt: keysBeforeMs } }, long.durable)
      const { deletedCount } = await outbox.deleteMany({ publishedAt: { $lt: new Date(publishedBeforeMs) } }, long.durable)
      return { removed: deletedCount }
    },
  }
}
