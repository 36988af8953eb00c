/**
 * A tile's head is the larger of the durable head and the newest seq in the outbox. The outbox is ahead while sequenced commits are not marked
 * yet. The durable head is ahead after the tile's last commits have expired, whose seqs must not be assigned again.
 */
import type { ClientSession } from 'mongoose'
import { asSeq, noSeq, type Seq } from '../../../lib/brand.ts'
import { inside } from './command-options.ts'
import type { Collections } from './schemas.ts'

/** With more unpublished commits, each tile's newest one is read separately, so that an outage of the stream makes no read longer. */
const maxTogether = 1_000

type Where = Pick<Collections, 'outbox' | 'tails'>
export interface Tile {
  readonly canvas: string
  readonly tile: number
}
type Log = Tile & { readonly epoch: string }

export const readHead = async (collections: Where, ref: Log, session: ClientSession): Promise<Seq> =>
  (await readHeads(collections, [ref], session)).get(headKey(ref)) ?? noSeq

/** Filters that together select what belongs to these tiles. */
export const anyTile = (tiles: readonly Tile[]) => {
  const numbers = new Map<string, Set<number>>()
  for (const { canvas, tile } of tiles) numbers.set(canvas, (numbers.get(canvas) ?? new Set()).add(tile))
  return [...numbers].map(([canvas, tile]) => ({ canvas, tile: { $in: [...tile] } }))
}

/** The keys are those of `headKey`. */
export const readHeads = async ({ outbox, tails }: Where, refs: readonly Log[], session: ClientSession): Promise<Map<string, Seq>> => {
  if (refs.length === 0) return new Map()
  const heads = new Map(refs.map((ref) => [headKey(ref), noSeq]))
  const raise = (tile: Tile, seq: number | undefined) => heads.set(headKey(tile), asSeq(Math.max(seq ?? 0, heads.get(headKey(tile)) ?? 0)))
  const durable = await tails.find({ _id: { $in: refs.flatMap((ref) => [headKey(ref), durableHeadKey(ref)]) } }, inside(session)).toArray()
  for (const head of durable) raise(head, head.tail)
  const options = { ...inside(session), projection: { _id: 0, canvas: 1, tile: 1, seq: 1 } } as const
  // A commit is unpublished until its tile's durable head is raised, so no other one can be above the durable heads.
  const unpublished = await outbox.find({ unpublished: true, $or: anyTile(refs) }, { ...options, limit: maxTogether }).toArray()
  for (const commit of unpublished) raise(commit, commit.seq)
  if (unpublished.length < maxTogether) return heads
  for (const { canvas, tile } of refs) {
    const newest = await outbox.find({ unpublished: true, canvas, tile }, { ...options, sort: { seq: -1 }, limit: 1 }).next()
    if (newest) raise(newest, newest.seq)
  }
  return heads
}

export const headKey = ({ canvas, tile }: Tile) => `${canvas}/${tile}`

/**
 * The key of a durable head. It has the epoch, so that a suspended publisher of a board that was started over meanwhile raises no head of the new
 * epoch. Older versions wrote heads without one, under `headKey`. Those count in any epoch, and are removed when the board is erased.
 */
export const durableHeadKey = ({ canvas, tile, epoch }: Log) => `${canvas}/${tile}/${epoch}`
