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

/** Reads the outbox beyond the durable head, also when that is lost, so that an audit finds the damage. */
export const readHead = async ({ outbox, tails }: Where, ref: Log, session: ClientSession): Promise<Seq> => {
  const durable = await durableHeads(tails, [ref], session)
  return newestAbove(outbox, ref, durable.get(headKey(ref)) ?? noSeq, session)
}

/** Filters that together select what belongs to these tiles. */
export const anyTile = (tiles: readonly Tile[]) => {
  const numbers = new Map<string, Set<number>>()
  for (const { canvas, tile } of tiles) numbers.set(canvas, (numbers.get(canvas) ?? new Set()).add(tile))
  return [...numbers].map(([canvas, tile]) => ({ canvas, tile: { $in: [...tile] } }))
}

/** For the sequencer. The keys are those of `headKey`. */
export const readHeads = async ({ outbox, tails }: Where, refs: readonly Log[], session: ClientSession): Promise<Map<string, Seq>> => {
  if (refs.length === 0) return new Map()
  const heads = await durableHeads(tails, refs, session)
  const isKnown = (ref: Tile) => heads.has(headKey(ref))
  const [known, others] = [refs.filter(isKnown), refs.filter((ref) => !isKnown(ref))]
  // A commit is unpublished until its tile's durable head is raised, so no other one can be above a durable head.
  const options = { ...inside(session), projection: { _id: 0, canvas: 1, tile: 1, seq: 1 }, limit: maxTogether } as const
  const unpublished = known.length === 0 ? [] : await outbox.find({ unpublished: true, $or: anyTile(known) }, options).toArray()
  for (const commit of unpublished) raise(heads, commit, commit.seq)
  for (const ref of unpublished.length < maxTogether ? others : refs) {
    heads.set(headKey(ref), await newestAbove(outbox, ref, heads.get(headKey(ref)) ?? noSeq, session))
  }
  return heads
}

const raise = (heads: Map<string, Seq>, tile: Tile, seq: number | undefined) =>
  heads.set(headKey(tile), asSeq(Math.max(seq ?? 0, heads.get(headKey(tile)) ?? 0)))

const durableHeads = async (tails: Where['tails'], refs: readonly Log[], session: ClientSession): Promise<Map<string, Seq>> => {
  const heads = new Map<string, Seq>()
  const ids = refs.flatMap((ref) => [headKey(ref), durableHeadKey(ref)])
  for (const head of await tails.find({ _id: { $in: ids } }, inside(session)).toArray()) raise(heads, head, head.tail)
  return heads
}

const newestAbove = async (outbox: Where['outbox'], { canvas, tile }: Tile, seq: Seq, session: ClientSession): Promise<Seq> => {
  const options = { ...inside(session), projection: { seq: 1 }, sort: { seq: -1 }, limit: 1 } as const
  const newest = await outbox.find({ canvas, tile, seq: { $gt: seq } }, options).next()
  return asSeq(newest?.seq ?? seq)
}

export const headKey = ({ canvas, tile }: Tile) => `${canvas}/${tile}`

/**
 * The key of a durable head. It has the epoch, so that a suspended publisher of a board that was started over meanwhile raises no head of the new
 * epoch. Older versions wrote heads without one, under `headKey`. Those count in any epoch, and are removed when the board is erased.
 */
export const durableHeadKey = ({ canvas, tile, epoch }: Log) => `${canvas}/${tile}/${epoch}`
