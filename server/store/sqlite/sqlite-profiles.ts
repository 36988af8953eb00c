/** Painters' profiles and the order of painters in SQLite. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, PainterId } from '../../../lib/brand.ts'
import { mergeProfiles, type Profile } from '../../../lib/profile.ts'
import type { Leaders, Place, ProfileRead, ProjectionStore } from '../projections-port.ts'
import { query } from './query.ts'

type Args<Method extends keyof ProjectionStore> = Parameters<ProjectionStore[Method]>[0]

const parse = (row: { body: string } | undefined): Profile | null => (row ? (JSON.parse(row.body) as Profile) : null)
const bodyOf = (database: DatabaseSync) => query<{ body: string }>(database, 'SELECT body FROM profiles WHERE canvas = ? AND painter = ?')

/** For the writer's thread. */
export const createProfileWriter = (database: DatabaseSync) => {
  const body = bodyOf(database)
  const save = database.prepare(
    `INSERT INTO profiles (canvas, painter, day, placed_that_day, placed, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET day = excluded.day, placed_that_day = excluded.placed_that_day, placed = excluded.placed, body = excluded.body`,
  )
  const forget = database.prepare('DELETE FROM profiles WHERE canvas = ?')
  return {
    add(canvas: CanvasId, added: ReadonlyMap<PainterId, Profile>) {
      for (const [painter, profile] of added) {
        const before = parse(body.get(canvas, painter))
        const merged = before ? mergeProfiles(before, profile) : profile
        save.run(canvas, painter, merged.day, merged.placedThatDay, merged.placed, JSON.stringify(merged))
      }
    },
    forget: (canvas: CanvasId) => forget.run(canvas),
  }
}

/** For the reader's thread. */
export const createSqliteProfileReader = (database: DatabaseSync) => {
  const body = bodyOf(database)
  const all = reading(database, { table: 'stats_painters', placed: 'placed', condition: "canvas = ? AND painter <> ''" })
  const ofDay = reading(database, { table: 'profiles', placed: 'placed_that_day', condition: 'canvas = ? AND day = ?' })
  const ofPainter = query<{ placed: number }>(database, 'SELECT placed FROM stats_painters WHERE canvas = ? AND painter = ?')

  const placeOf = (sql: ReturnType<typeof reading>, key: readonly (string | number)[], placed: number): Place => {
    const found = sql.ahead.get(...key, placed)
    return { placed, ahead: found?.ahead ?? 0, next: found?.next ?? null }
  }
  return {
    readLeaders({ canvas, day, limit }: Args<'readLeaders'>): Leaders {
      const [sql, key] = day === null ? [all, [canvas]] : [ofDay, [canvas, day]]
      const sums = sql.sums.get(...key)
      return { painters: sql.painters.all(...key, limit), placed: sums?.placed ?? 0, painterCount: sums?.painters ?? 0 }
    },
    readProfile({ canvas, painter, day }: Args<'readProfile'>): ProfileRead {
      const profile = parse(body.get(canvas, painter))
      return {
        profile,
        all: placeOf(all, [canvas], ofPainter.get(canvas, painter)?.placed ?? 0),
        day: placeOf(ofDay, [canvas, day], profile?.day === day ? profile.placedThatDay : 0),
      }
    },
  }
}

const reading = (database: DatabaseSync, { table, placed, condition }: { table: string; placed: string; condition: string }) => ({
  painters: query<Leaders['painters'][number]>(
    database,
    `SELECT painter AS "by", ${placed} AS placed FROM ${table} WHERE ${condition} AND ${placed} > 0 ORDER BY ${placed} DESC, painter LIMIT ?`,
  ),
  sums: query<{ placed: number | null; painters: number }>(
    database,
    `SELECT sum(${placed}) AS placed, count(*) AS painters FROM ${table} WHERE ${condition} AND ${placed} > 0`,
  ),
  ahead: query<{ ahead: number; next: number | null }>(
    database,
    `SELECT count(*) AS ahead, min(${placed}) AS next FROM ${table} WHERE ${condition} AND ${placed} > ?`,
  ),
})
