/** Reads the database directly, without the servers. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import mongoose from 'mongoose'
import type { Cluster, Services } from './cluster.ts'

interface Row {
  readonly [field: string]: unknown
}

/** `table` has the same columns on both stores. */
const readAll = async (cluster: Cluster, table: string): Promise<Row[]> => {
  if (!cluster.services) {
    const file = new DatabaseSync(join(cluster.directEnv['DATA_DIR'] ?? '', 'fresco.db'), { readOnly: true })
    try {
      return file.prepare(`SELECT * FROM ${table}`).all()
    } finally {
      file.close()
    }
  }
  const { mongo, database } = cluster.services
  const connection = await mongoose.createConnection(mongo.uri(database)).asPromise()
  try {
    return await connection.collection(table).find().toArray()
  } finally {
    await connection.close()
  }
}

/** As docs/UPGRADING.md describes, for a way back. */
export const setSchemaVersion = async ({ mongo, database }: Services, version: number) => {
  const connection = await mongoose.createConnection(mongo.uri(database)).asPromise()
  await connection.collection<{ _id: string }>('meta').updateOne({ _id: 'schema' }, { $set: { version } })
  await connection.close()
}

export const readPixels = async (cluster: Cluster): Promise<{ tile: number; position: number; color: number }[]> =>
  (await readAll(cluster, 'pixels')).map(({ tile, position, color }) => ({
    tile: Number(tile),
    position: Number(position),
    color: Number(color),
  }))

const projections = ['history', 'stats', 'profiles']

/** The projections that have not reached a tile's head, as sentences. */
export const readLaggards = async (cluster: Cluster, heads: ReadonlyMap<number, number>): Promise<string[]> => {
  const cursors = new Map((await readAll(cluster, 'cursors')).map(({ name, tile, seq }) => [`${name} tile ${tile}`, Number(seq)]))
  return projections.flatMap((name) =>
    [...heads].flatMap(([tile, head]) => {
      const seq = cursors.get(`${name} tile ${tile}`) ?? 0
      return seq < head ? [`${name} of tile ${tile} is at ${seq} of ${head}`] : []
    }),
  )
}
