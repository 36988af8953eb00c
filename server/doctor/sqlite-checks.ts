/** Checks of the embedded database, also while a server uses it: its schema, and whether its tables and indexes are as this Fresco makes them. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Finding } from '../../lib/checks.ts'
import { migrate, schemaVersion } from '../store/sqlite/schema.ts'
import { type Check, ok, problem, reasonOf, unknown, warning } from './check.ts'

interface Schema {
  readonly version: number
  /** The statement that made each table and index. */
  readonly parts: ReadonlyMap<string, string>
}

const readSchema = (database: DatabaseSync): Schema => {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  const rows = database.prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'").all()
  const parts = rows.map(({ type, name, sql }) => [`${type} ${name}`, String(sql).replaceAll(/\s+/g, ' ')] as const)
  return { version, parts: new Map(parts) }
}

const reading = <Value>(file: string, read: (database: DatabaseSync) => Value): Value => {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1_000 })
  try {
    return read(database)
  } finally {
    database.close()
  }
}

const declared = (): Schema => {
  const database = new DatabaseSync(':memory:')
  try {
    migrate(database)
    return readSchema(database)
  } finally {
    database.close()
  }
}

const checkDatabase = (schema: Schema): Finding => {
  const params = { name: 'SQLite', version: process.versions.sqlite ?? '', schema: schema.version }
  if (schema.version > schemaVersion) return problem('database_unusable', { reason: `schema ${schema.version} is of a newer Fresco` })
  return schema.version < schemaVersion ? warning('schema_older', { schema: schema.version, own: schemaVersion }) : ok('database', params)
}

const checkIndexes = ({ version, parts }: Schema): Finding => {
  const wanted = declared()
  if (version !== wanted.version) return warning('schema_older', { schema: version, own: wanted.version })
  const missing = [...wanted.parts.keys()].filter((name) => !parts.has(name))
  if (missing.length > 0) return problem('indexes_missing', { names: missing.join(', ') })
  const other = [...wanted.parts].filter(([name, sql]) => parts.get(name) !== sql).map(([name]) => name)
  if (other.length > 0) return problem('indexes_differ', { names: other.join(', ') })
  return ok('indexes', { count: [...parts.keys()].filter((name) => name.startsWith('index ')).length })
}

export const sqliteChecks = (file: string): Check[] => {
  const behind = (check: (schema: Schema) => Finding) => async (): Promise<Finding> => {
    if (!existsSync(file)) return unknown('no_database')
    try {
      return check(reading(file, readSchema))
    } catch (error) {
      return problem('database_unusable', { reason: reasonOf(error) })
    }
  }
  return [
    { code: 'database', check: behind(checkDatabase) },
    { code: 'indexes', check: behind(checkIndexes) },
  ]
}
