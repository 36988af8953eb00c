/**
 * A tile's head: the larger of the durable document and the outbox. The outbox is ahead while commits are numbered and not yet
 * marked; the document is ahead when a quiet tile's last commit expired, whose number must not come again.
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

/** By `headKey`. */
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
