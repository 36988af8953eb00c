import type { DatabaseSync } from 'node:sqlite'

export const createSettingWriter = (database: DatabaseSync) => {
  const save = database.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  return (name: string, value: string) => void save.run(name, value)
}
