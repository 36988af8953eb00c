/** Rows of the table `settings`. */
import type { DatabaseSync } from 'node:sqlite'
import { query } from './query.ts'

export const createSettingReader = (database: DatabaseSync) => {
  const setting = query<{ value: string }>(database, 'SELECT value FROM settings WHERE name = ?')
  return (name: string) => setting.get(name)?.value
}

export const createSettingWriter = (database: DatabaseSync) => {
  const save = database.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  return (name: string, value: string) => void save.run(name, value)
}
