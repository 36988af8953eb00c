/** The reads of the audit on MongoDB. */
import { asTile, type CanvasId, type TileNumber } from '../../../lib/brand.ts'
import { type AuditReading, createScanPage } from '../audit-port.ts'
import { tryDecodeContent } from '../entry-content.ts'
import { long } from './command-options.ts'
import { metaOf } from './documents.ts'
import type { MongoContext } from './mongo-context.ts'
import { cursorsOf } from './mongo-projections.ts'
import { unsequencedOnly } from './schemas.ts'

export const mongoAudit = (context: MongoContext): AuditReading => {
  const { outbox, pixels, tails, history, snapshots, cursors, stats, profiles } = context.collections

  return {
    async listTiles(canvas: CanvasId): Promise<TileNumber[]> {
      // The log itself is too large for this. A tile without a head has commits that are not published yet.
      const all = await Promise.all([
        ...[pixels, tails, history, snapshots, cursors].map((each) => each.distinct('tile', { canvas }, long.majority)),
        outbox.distinct('tile', { ...unsequencedOnly, canvas }, long.majority),
        outbox.distinct('tile', { canvas, unpublished: true }, long.majority),
      ])
      return [...new Set(all.flat().map((tile) => asTile(Number(tile))))].sort((a, b) => a - b)
    },

    async scanLog({ canvas, tile, after, limit }) {
      const page = createScanPage(limit)
      for await (const document of outbox
        .find({ canvas, tile, seq: { $gt: after } }, { ...long.majority, batchSize: limit })
        .sort({ seq: 1 })) {
        const meta = metaOf(document)
        const published = document.publishedAt !== undefined
        if (meta && !page.add({ ...meta, ...(tryDecodeContent(document.kind, document.pixels.buffer) ?? { pixels: null }), published }))
          break
      }
      return page.commits
    },

    sumStats: (canvas: CanvasId) =>
      context.transaction(async (session) => {
        const followed = await cursors.find({ name: 'stats', canvas }, long.inside(session)).toArray()
        const sums = await stats
          .aggregate<{ _id: string; placed: number }>(
            [{ $match: { canvas } }, { $group: { _id: '$kind', placed: { $sum: '$placed' } } }],
            long.inside(session),
          )
          .toArray()
        const sumOf = (kind: string) => sums.find(({ _id }) => _id === kind)?.placed ?? 0
        const cells = sumOf('block') + sumOf('cell')
        return { cursors: cursorsOf(followed), painters: sumOf('painter'), minutes: sumOf('minute'), cells }
      }),

    sumProfiles: (canvas: CanvasId) =>
      context.transaction(async (session) => {
        const followed = await cursors.find({ name: 'profiles', canvas }, long.inside(session)).toArray()
        const days = await profiles
          .aggregate<{ _id: number; placed: number; placedThatDay: number }>(
            [
              { $match: { canvas } },
              { $group: { _id: '$day', placed: { $sum: '$placed' }, placedThatDay: { $sum: '$placedThatDay' } } },
              { $sort: { _id: -1 } },
            ],
            long.inside(session),
          )
          .toArray()
        const newestDay = days[0] ? { day: days[0]._id, placed: days[0].placedThatDay } : null
        return { cursors: cursorsOf(followed), placed: days.reduce((sum, { placed }) => sum + placed, 0), newestDay }
      }),
  }
}
