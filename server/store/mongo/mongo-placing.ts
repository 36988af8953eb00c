/**
 * Placing on MongoDB: one transaction reads what the requests need, decides, and writes pixels, painters, keys and the outbox. Before the commit
 * was sent nothing can be saved. After that only `settle-commit.ts` can find out the outcome.
 */
import type mongoose from 'mongoose'
import type { ClientSession } from 'mongoose'
import type { CanvasId, PainterId } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import type { ChargeState } from '../../../lib/charges.ts'
import { contains, positionOf, tileOf } from '../../../lib/geometry.ts'
import {
  firstCommitId,
  type GroupPlan,
  type GroupRequest,
  type IdempotencyRecord,
  isUndo,
  planGroup,
  type RequestOutcome,
} from '../../../lib/plan-group.ts'
import { undoKey } from '../../../lib/plan-undo.ts'
import { monotonicNow, within } from '../../clock.ts'
import type { Failpoints } from '../../failpoints.ts'
import { notSaved } from '../../refusals.ts'
import { type PlacementGroup, StoreError } from '../port.ts'
import { inside, long, majority, transactionOptions } from './command-options.ts'
import { placingMs } from './deadlines.ts'
import type { PainterDocument } from './document-types.ts'
import { unsequencedDocument } from './documents.ts'
import { canvasOf } from './mongo-canvases.ts'
import { isDuplicateKey, isTransient, type MongoContext } from './mongo-context.ts'
import { readUndoneHistories, readUndonePlacements } from './mongo-undo-reads.ts'
import { settleCommit } from './settle-commit.ts'

/** How long an answer waits until an unfinished transaction is aborted. Later, the server aborts it. */
const endingMs = 500
/** Most conflicts end after one or two more tries. */
const triesOfGroup = 4
const triesOfOne = 4
const contested: RequestOutcome = {
  kind: 'refused',
  refusal: {
    code: 'unavailable',
    detail: 'Somebody else is painting exactly there. Nothing was changed; try again in a moment.',
    retryAfterMs: 2_000,
  },
}

const down: RequestOutcome = { kind: 'refused', refusal: notSaved }

export const pixelKey = (canvas: string, tile: number, position: number) => `${canvas}/${tile}/${position}`

export const mongoPlacing = (
  context: MongoContext,
  options: { failpoints: Failpoints; onCharges: ((latestMs: number) => void) | null },
) => {
  const { failpoints, onCharges } = options
  const { canvases, painters, pixels, remembered, outbox } = context.collections

  /** The idempotency records of these requests. */
  const readRecords = async (requests: readonly GroupRequest[], session: ClientSession) => {
    const ids = new Set<string>()
    for (const request of requests) {
      const { painter } = request
      if (isUndo(request)) for (const id of request.undo) ids.add(`${painter.id}/${undoKey(id)}`)
      else if (request.idempotency) ids.add(`${painter.id}/${request.idempotency.key}`)
    }
    const documents = await readById(remembered, { ids, projection: { value: 1 } }, session)
    return new Map([...documents].map(([id, { value }]) => [id, JSON.parse(value) as IdempotencyRecord]))
  }

  const plan = async (group: PlacementGroup, session: ClientSession): Promise<GroupPlan> => {
    const { requests } = group
    const placements = await readUndonePlacements(context.collections, requests, session)
    const placedOn = [...placements.values()].map(({ canvas }) => canvas)
    const repeated = await readRecords(requests, session)
    const recordedOn = [...repeated.values()].flatMap(({ canvas }) => canvas ?? [])
    const canvasIds = [...new Set([...requests.flatMap((request) => (isUndo(request) ? [] : request.canvas)), ...placedOn, ...recordedOn])]
    const canvasDocuments = await canvases.find({ _id: { $in: canvasIds } }, inside(session)).toArray()
    const canvasById = new Map<string, Canvas>(
      canvasDocuments.flatMap((document) => [[document._id, canvasOf(document) as Canvas] as const]),
    )

    const pixelIds = new Set<string>()
    const painterIds = new Set<string>()
    for (const { canvas, tile, position } of placements.values()) pixelIds.add(pixelKey(canvas, tile, position))
    for (const request of requests) {
      if (isUndo(request)) {
        painterIds.add(request.painter.id)
        continue
      }
      const { canvas: id, painter, pixels: wanted, byOperator } = request
      const canvas = canvasById.get(id)
      if (!canvas) continue
      if (canvas.cooldownMs > 0 && !byOperator) painterIds.add(painter.id)
      for (const point of wanted) {
        if (contains(canvas, point)) pixelIds.add(pixelKey(id, tileOf(canvas.tileSize, point), positionOf(canvas.tileSize, point)))
      }
    }
    const pixelById = await readById(pixels, { ids: pixelIds, projection: { color: 1, at: 1 } }, session)
    const painterById = await readById(painters, { ids: painterIds, projection: { charges: 1 } }, session)
    const canvasWith = (id: CanvasId) => canvasById.get(id) ?? null
    const { history } = await readUndoneHistories(context.collections, { placements: placements.values(), canvasOf: canvasWith, session })

    // The charge clock of another process may be ahead.
    const latestMs = latestOf(painterById.values())
    if (latestMs !== null) onCharges?.(latestMs)
    return planGroup(group.id, requests, {
      nowMs: group.nowMs,
      chargesNowMs: group.chargesNowMs ?? group.nowMs,
      canvas: canvasWith,
      placement: (id) => placements.get(id) ?? null,
      history,
      charges: (painter, canvas) => chargesOf(painterById.get(painter)?.charges, canvas),
      pixel(canvas, tile, position) {
        const pixel = pixelById.get(pixelKey(canvas, tile, position))
        return pixel ? { color: pixel.color, atMs: pixel.at } : null
      },
      idempotencyRecord: (painter, key) => repeated.get(`${painter}/${key}`) ?? null,
    })
  }

  const save = async (planned: GroupPlan, keysAtMs: number, session: ClientSession) => {
    await pixels.bulkWrite(
      planned.pixels.map(({ canvas, tile, position, color, by, atMs, cause }) => ({
        replaceOne: {
          filter: { _id: pixelKey(canvas, tile, position) },
          replacement: { canvas, tile, position, color, by, at: atMs, cause },
          upsert: true,
        },
      })),
      { ...inside(session), ordered: false },
    )
    if (planned.charges.length > 0) {
      await painters.bulkWrite(
        planned.charges.map(({ painter, canvas, state }) => ({
          updateOne: {
            filter: { _id: painter },
            update: { $set: { [`charges.${canvas}`]: storedCharges(state) } },
            upsert: true,
          },
        })),
        { ...inside(session), ordered: false },
      )
    }
    if (planned.idempotencyRecords.length > 0) {
      const replaced = planned.idempotencyRecords.filter(({ replaces }) => replaces).map(({ painter, key }) => `${painter}/${key}`)
      if (replaced.length > 0) await remembered.deleteMany({ _id: { $in: replaced } }, inside(session))
      await remembered.insertMany(
        planned.idempotencyRecords.map(({ painter, key, value }) => ({
          _id: `${painter}/${key}`,
          at: keysAtMs,
          value: JSON.stringify(value),
        })),
        inside(session),
      )
    }
    await outbox.insertMany(planned.commits.map(unsequencedDocument), inside(session))
  }

  const isThere = (groupId: string): Promise<boolean | null> =>
    outbox.findOne({ _id: firstCommitId(groupId) }, majority).then(
      (found) => found !== null,
      () => null,
    )

  /** Null after a conflict: the group can be tried again. */
  const attempt = async (group: PlacementGroup, giveUpAtMs: number): Promise<RequestOutcome[] | null> => {
    const session = await context.startSession()
    session.startTransaction(transactionOptions)
    const prepare = async () => {
      const planned = await plan(group, session)
      if (planned.commits.length > 0) await save(planned, group.chargesNowMs ?? group.nowMs, session)
      return planned
    }
    const preparing = prepare()
    try {
      const planned = await within(giveUpAtMs - monotonicNow(), preparing, tooLate)
      const saves = planned.commits.length > 0
      if (!saves && !planned.outcomes.some(isPlaced)) return [...planned.outcomes]
      await failpoints.hit('placement.before-commit')
      const { pause } = context
      if (!(await settleCommit({ session, giveUpAtMs, saves, pause, isThere: () => isThere(group.id) }))) return null
      await failpoints.hit('placement.after-commit')
      return [...planned.outcomes]
    } catch (error) {
      // Another transaction inserted the same pixel, painter or key first.
      if (isTransient(error) || isDuplicateKey(error)) return null
      throw error
    } finally {
      await end(session, preparing)
    }
  }

  /**
   * Ends the session, which aborts an uncommitted transaction. Waits until no command of the transaction runs: the rest of the commands would be
   * carried out outside of a transaction. An answer does not wait for a server that hangs.
   */
  const end = async (session: ClientSession, preparing: Promise<unknown>) => {
    const ended = preparing.catch(() => undefined).then(() => session.endSession())
    await within(endingMs, ended, tooLate).catch(() => undefined)
  }

  /**
   * Tries the group a few times, then its halves, so that only the requests that conflict wait. A killed process can leave a transaction open, which
   * holds its pixels for up to a minute (`transactionLifetimeLimitSeconds`). The other pixels must not wait for it.
   */
  const settle = async (group: PlacementGroup, giveUpAtMs: number, tries: number): Promise<RequestOutcome[]> => {
    for (let attempts = 1; attempts <= tries && monotonicNow() <= giveUpAtMs; attempts++) {
      const outcomes = await attempt(group, giveUpAtMs)
      if (outcomes) return outcomes
      await context.pause(attempts)
    }
    const { requests } = group
    if (requests.length === 1 || monotonicNow() > giveUpAtMs) return requests.map(() => contested)
    const half = Math.ceil(requests.length / 2)
    const parts = [requests.slice(0, half), requests.slice(half)]
    const outcomes: RequestOutcome[] = []
    for (const [index, part] of parts.entries()) {
      const id = `${group.id}${index}`
      try {
        outcomes.push(...(await settle({ ...group, id, requests: part }, giveUpAtMs, part.length === 1 ? triesOfOne : 1)))
      } catch (error) {
        // The other part may be saved, so only this part is refused. If this part may be saved, no request of the group gets an answer.
        if (error instanceof StoreError && error.code === 'outcome_unknown') throw error
        outcomes.push(...part.map(() => down))
      }
    }
    return outcomes
  }

  return {
    place: (group: PlacementGroup): Promise<RequestOutcome[]> => settle(group, monotonicNow() + placingMs, triesOfGroup),

    async latestChargeMs(): Promise<number | null> {
      const each = { $objectToArray: '$charges' }
      const stages = [
        { $project: { charges: each } },
        { $unwind: '$charges' },
        { $group: { _id: null, latest: { $max: '$charges.v.since' } } },
      ]
      const [found] = await painters.aggregate<{ latest: number }>(stages, long.majority).toArray()
      return found?.latest ?? null
    },

    async getCharges(painter: PainterId, canvas: CanvasId): Promise<ChargeState | null> {
      const document = await painters.findOne({ _id: painter }, majority)
      return chargesOf(document?.charges, canvas)
    },
  }
}

/** Also when it was placed before, by an earlier request with the same key. */
const isPlaced = (outcome: RequestOutcome) =>
  outcome.kind === 'undone' ? outcome.results.some(({ ok }) => ok) : outcome.kind === 'done' && outcome.placed > 0

const tooLate = () => new StoreError('unavailable', 'MongoDB does not answer.')

/** The latest time in the charges of these painters. */
const latestOf = (documents: Iterable<Pick<PainterDocument, 'charges'>>): number | null => {
  const times = [...documents].flatMap(({ charges }) => Object.values(charges).map(({ since }) => since))
  return times.length === 0 ? null : Math.max(...times)
}

const storedCharges = ({ count, sinceMs, undone }: ChargeState): PainterDocument['charges'][string] => ({
  count,
  since: sinceMs,
  ...(undone && { undone: undone.count, undoneSince: undone.sinceMs }),
})

const chargesOf = (charges: PainterDocument['charges'] | undefined, canvas: CanvasId): ChargeState | null => {
  const state = charges?.[canvas]
  if (!state) return null
  const { count, since, undone, undoneSince } = state
  const counted = undone !== undefined && undoneSince !== undefined
  return { count, sinceMs: since, ...(counted && { undone: { count: undone, sinceMs: undoneSince } }) }
}

const readById = async <Document extends { _id: string }>(
  collection: mongoose.mongo.Collection<Document>,
  { ids, projection }: { ids: ReadonlySet<string>; projection: Partial<Record<keyof Document, 1>> },
  session: ClientSession,
) => {
  if (ids.size === 0) return new Map<string, mongoose.mongo.WithId<Document>>()
  const filter = { _id: { $in: [...ids] } } as unknown as mongoose.mongo.Filter<Document>
  const documents = await collection.find(filter, { ...inside(session), projection }).toArray()
  return new Map(documents.map((document) => [String(document._id), document]))
}
