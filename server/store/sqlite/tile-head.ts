/**
 * A tile's head: the larger of the durable row and the outbox. The outbox is ahead while commits are sequenced and not yet marked. The row is
 * ahead when the tile's last commit has expired, whose seq must not be assigned again.
 */
import type { DatabaseSync } from 'node:sqlite'
import { asSeq, type Seq } from '../../../lib/brand.ts'

export const createHeadReader = (database: DatabaseSync) => {
  const durable = database.prepare('SELECT tail FROM tails WHERE canvas = ? AND tile = ?')
  const last = database.prepare('SELECT seq FROM outbox WHERE canvas = ? AND tile = ? AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1')
  return ({ canvas, tile }: { canvas: string; tile: number }): Seq =>
    asSeq(Math.max(Number(durable.get(canvas, tile)?.['tail'] ?? 0), Number(last.get(canvas, tile)?.['seq'] ?? 0)))
}
