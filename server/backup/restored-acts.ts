/** The record of acts in a restore: the acts of the backup, those of the database that it replaces, and the restore itself (A8). */
import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type mongoose from 'mongoose'
import type { Act } from '../../lib/act.ts'
import type { ActDocument } from '../store/mongo/document-types.ts'
import { documentOf } from '../store/mongo/mongo-acts.ts'
import { createSqliteActs } from '../store/sqlite/sqlite-acts.ts'

/** Adds the acts of the database `from` to a draft that replaces it. Call it outside of a transaction. False when they cannot be read. */
export const addActs = (draft: DatabaseSync, from: string): boolean => {
  if (!existsSync(from)) return true
  try {
    draft.prepare('ATTACH ? AS present').run(from)
    const columns = 'id, at, kind, action, target, outcome, code, body'
    const hasActs = draft.prepare("SELECT 1 FROM present.sqlite_schema WHERE name = 'acts'").get() !== undefined
    if (hasActs) draft.exec(`INSERT OR REPLACE INTO main.acts (${columns}) SELECT ${columns} FROM present.acts`)
    draft.exec('DETACH present')
    return true
  } catch {
    return false
  }
}

export const saveRestore = (draft: DatabaseSync, act: Act) => createSqliteActs(draft, (run) => run()).saveAct({ ...act, outcome: 'done' })

const durable = { w: 'majority' as const, j: true }
type ActCollection = mongoose.mongo.Collection<ActDocument>

/** Adds acts of a backup to those that are there, which stay as they are. Returns how many the backup has. */
export const insertActs = async (acts: ActCollection, documents: AsyncIterable<unknown>): Promise<number> => {
  let count = 0
  for await (const document of documents) {
    const { _id, ...fields } = document as ActDocument
    await acts.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true, writeConcern: durable })
    count++
  }
  return count
}

export const mongoRestoreAct = (acts: ActCollection, act: Act) => {
  const { _id, ...fields } = documentOf(act)
  return {
    begin: () => acts.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true, writeConcern: durable }),
    end: () => acts.updateOne({ _id }, { $set: { outcome: 'done' } }, { writeConcern: durable }),
  }
}
