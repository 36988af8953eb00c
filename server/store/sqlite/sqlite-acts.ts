/** The record of acts in SQLite: the table `acts`. */
import type { DatabaseSync } from 'node:sqlite'
import { type Act, actLimits, kindOf } from '../../../lib/act.ts'
import { type ActBody, type ActEnd, type ActQuery, bodyOf, keptSince } from '../acts-port.ts'
import { query } from './query.ts'
import type { Transaction } from './transactions.ts'

type ActRow = Omit<Act, keyof ActBody> & { body: string }

/** For the reader's thread. */
export const createSqliteActReader = (database: DatabaseSync) => {
  const list = query<ActRow>(
    database,
    `SELECT id, at AS atMs, action, target, outcome, code, body FROM acts
     WHERE (:before IS NULL OR id < :before) AND (:kind IS NULL OR kind = :kind) AND (:target IS NULL OR target = :target)
     ORDER BY id DESC LIMIT :limit`,
  )
  return {
    readActs: ({ before, limit, kind = null, target = null }: ActQuery): Act[] =>
      list.all({ before, limit, kind, target }).map(({ body, ...act }) => ({ ...act, ...(JSON.parse(body) as ActBody) })),
  }
}

/** For the writer's thread, and for a restore. */
export const createSqliteActs = (database: DatabaseSync, transaction: Transaction) => {
  const save = database.prepare(
    'INSERT OR IGNORE INTO acts (id, at, kind, action, target, outcome, code, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const end = database.prepare('UPDATE acts SET outcome = ?, code = ? WHERE id = ? AND outcome IS NULL')
  const removeOld = database.prepare('DELETE FROM acts WHERE at < ?')
  const removeMany = database.prepare('DELETE FROM acts WHERE id <= (SELECT id FROM acts ORDER BY id DESC LIMIT 1 OFFSET ?)')
  return {
    saveAct: (act: Act) =>
      transaction(() => {
        save.run(act.id, act.atMs, kindOf(act), act.action, act.target, act.outcome, act.code, bodyOf(act))
        removeOld.run(keptSince(act))
        removeMany.run(actLimits.maxActs)
      }),
    endAct: ({ id, outcome, code }: ActEnd) => transaction(() => void end.run(outcome, code, id)),
  }
}
