/**
 * A tile's tail: the larger of the durable document and the outbox. The outbox is ahead while commits are numbered and not yet
 * marked; the document is ahead when a quiet tile's last commit expired, whose number must not come again.
 */
import type { ClientSession } from 'mongoose'
import { asSeq, noSeq, type Seq } from '../../../lib/brand.ts'
import type { Collections } from './schemas.ts'

type Where = Pick<Collections, 'outbox' | 'tails'>
export interface Tile {
  readonly canvas: string
  readonly tile: number
}

export const readTail = async (collections: Where, ref: Tile, session: ClientSession): Promise<Seq> =>
  (await readTails(collections, [ref], session)).get(tailKey(ref)) ?? noSeq

/** By `tailKey`. */
export const readTails = async ({ outbox, tails }: Where, refs: readonly Tile[], session: ClientSession): Promise<Map<string, Seq>> => {
  const ids = refs.map(tailKey)
  const documents = await tails.find({ _id: ids.length === 1 ? (ids[0] ?? '') : { $in: ids } }, { session }).toArray()
  const durable = new Map(documents.map(({ _id, tail }) => [_id, tail]))
  const found = new Map<string, Seq>()
  for (const { canvas, tile } of refs) {
    const key = tailKey({ canvas, tile })
    const after = durable.get(key) ?? 0
    const last = await outbox
      .find({ canvas, tile, seq: { $gt: after } }, { session, projection: { seq: 1 } })
      .sort({ seq: -1 })
      .limit(1)
      .next()
    found.set(key, asSeq(last?.seq ?? after))
  }
  return found
}

export const tailKey = ({ canvas, tile }: Tile) => `${canvas}/${tile}`
