/**
 * A tile's tail: the larger of the durable document and the outbox. The outbox is ahead while commits are numbered and not yet
 * marked; the document is ahead when a quiet tile's last commit expired, whose number must not come again.
 */
import type { ClientSession } from 'mongoose'
import { asSeq, type Seq } from '../../../lib/brand.ts'
import type { Collections } from './schemas.ts'

export const readTail = async (
  { outbox, tails }: Pick<Collections, 'outbox' | 'tails'>,
  { canvas, tile }: { canvas: string; tile: number },
  session: ClientSession,
): Promise<Seq> => {
  const durable = (await tails.findOne({ _id: `${canvas}/${tile}` }, { session }))?.tail ?? 0
  const last = await outbox
    .find({ canvas, tile, seq: { $gt: durable } }, { session, projection: { seq: 1 } })
    .sort({ seq: -1 })
    .limit(1)
    .next()
  return asSeq(last?.seq ?? durable)
}
