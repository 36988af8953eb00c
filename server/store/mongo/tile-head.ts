/**
 * A tile's head is the larger of the durable head and the newest seq in the outbox. The outbox is ahead while sequenced commits are not marked
 * yet. The durable head is ahead after the tile's last commits have expired, whose seqs must not be assigned again.
 */
import type { ClientSession } from 'mongoose'
import { asSeq, noSeq, type Seq } from '../../../lib/brand.ts'
import { inside } from './command-options.ts'
import type { Collections } from './schemas.ts'

type Where = Pick<Collections, 'outbox' | 'tails'>
export interface Tile {
  readonly canvas: string
  readonly tile: number
}

export const readHead = async (collections: Where, ref: Tile, session: ClientSession): Promise<Seq> =>
  (await readHeads(collections, [ref], session)).get(headKey(ref)) ?? noSeq

/** The keys are those of `headKey`. */
export const readHeads = async ({ outbox, tails }: Where, refs: readonly Tile[], session: ClientSession): Promise<Map<string, Seq>> => {
  const ids = refs.map(headKey)
  const documents = await tails.find({ _id: ids.length === 1 ? (ids[0] ?? '') : { $in: ids } }, inside(session)).toArray()
  const durable = new Map(documents.map(({ _id, tail }) => [_id, tail]))
  const found = new Map<string, Seq>()
  for (const { canvas, tile } of refs) {
    const key = headKey({ canvas, tile })
    const after = durable.get(key) ?? 0
    const last = await outbox
      .find({ canvas, tile, seq: { $gt: after } }, { ...inside(session), projection: { seq: 1 } })
      .sort({ seq: -1 })
      .limit(1)
      .next()
    found.set(key, asSeq(last?.seq ?? after))
  }
  return found
}

export const headKey = ({ canvas, tile }: Tile) => `${canvas}/${tile}`
