/**
 * A statement whose rows have the type that the caller names. This is safe because the tables are STRICT, and because each statement names its
 * columns after the fields of the type.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

export interface Query<Row> {
  get(...values: SQLInputValue[]): Row | undefined
  all(...values: (SQLInputValue | Record<string, SQLInputValue>)[]): Row[]
  iterate(...values: SQLInputValue[]): Iterable<Row>
}

export const query = <Row>(database: DatabaseSync, sql: string) => database.prepare(sql) as unknown as Query<Row>
