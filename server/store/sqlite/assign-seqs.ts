/** Assigns the next seqs of their tiles to commits, inside a transaction of the writer's thread. */
import type { DatabaseSync } from 'node:sqlite'
import { asSeq, type Seq } from '../../../lib/brand.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import type { OutboxRow } from './rows.ts'
import { createHeadReader } from './tile-head.ts'

/** `rows`: in the order of `(at, id)`. `attempts`: 1 when an attempt to publish follows. */
export const createSeqAssigner = (database: DatabaseSync) => {
  const headOf = createHeadReader(database)
  const setSeq = database.prepare('UPDATE outbox SET seq = ?, attempts = ? WHERE id = ? AND seq IS NULL')
  return <Row extends Pick<OutboxRow, 'id' | 'canvas' | 'tile'>>(rows: readonly Row[], attempts: 0 | 1) => {
    const heads = new Map<string, Seq>()
    return rows.map((row) => {
      const seq = asSeq((heads.get(tileKey(row)) ?? headOf(row)) + 1)
      setSeq.run(seq, attempts, row.id)
      heads.set(tileKey(row), seq)
      return { ...row, seq, attempts }
    })
  }
}
