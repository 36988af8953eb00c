/**
 * Backups of the MongoDB store: every collection as one transaction sees it (snapshot read concern), streamed to a file each, and back.
 *
 * MongoDB ends a transaction after `transactionLifetimeLimitSeconds`, a minute by default: a database that takes longer to read needs a larger one.
 *
 * Restoring cannot be one transaction. A mark in the database says that it has begun, and no Fresco opens the database until it is gone. The
 * canvases are taken away first and come back last: a server that was forgotten finds no canvas to paint on meanwhile.
 */
import { join } from 'node:path'
import mongoose, { type ClientSession, type Connection } from 'mongoose'
import type { Epoch } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { makeIndexes, openMongo, restoringMark, schemaVersion } from '../store/mongo/open-mongo.ts'
import { type Collections, collectionsOf, type Models } from '../store/mongo/schemas.ts'
import { type AnyDocument, readBson, writeBson } from './bson-file.ts'
import { BackupError, type BackupFile, type Manifest, makeEmptyFolder, measure, writeManifest } from './manifest.ts'

/** In the order of restoring. Signs of life are not kept. */
const kept = [
  'pixels',
  'painters',
  'remembered',
  'tails',
  'outbox',
  'deadLetters',
  'settings',
  'cursors',
  'history',
  'stats',
  'snapshots',
  'canvases',
] as const satisfies readonly Exclude<keyof Collections, 'heartbeats'>[]
type Kept = (typeof kept)[number]

interface Open {
  readonly connection: Connection
  readonly models: Models
  readonly collectionOf: (name: keyof Collections) => mongoose.mongo.Collection<AnyDocument>
}

const withMongo = async <Result>(
  options: { uri: string; retentionMs: number; restoring?: boolean },
  run: (open: Open) => Promise<Result>,
): Promise<Result> => {
  const { connection, models } = await openMongo({ ...options, readOnly: true })
  const collections = collectionsOf(models)
  try {
    return await run({ connection, models, collectionOf: (name) => collections[name] as unknown as ReturnType<Open['collectionOf']> })
  } finally {
    await connection.close()
  }
}

const fileOf = (name: Kept) => `${name.toLowerCase()}.bson.zst`

/** @throws {BackupError}, or with a sentence when MongoDB cannot be used. */
export const backupMongo = (options: {
  uri: string
  retentionMs: number
  folder: string
  now: () => number
  tell: (line: string) => void
}): Promise<Manifest> =>
  withMongo(options, async ({ connection, collectionOf }) => {
    const { folder, now, tell } = options
    await makeEmptyFolder(folder)
    const counts: Record<string, number> = {}
    const files: BackupFile[] = []
    const session = await connection.startSession()
    session.startTransaction({ readConcern: { level: 'snapshot' } })
    try {
      for (const name of kept) {
        tell(`Saving ${name}`)
        counts[name] = await writeBson(join(folder, fileOf(name)), rawDocuments(collectionOf(name), session))
      }
    } catch (cause) {
      throw isTooLate(cause)
        ? new BackupError(
            'MongoDB ended the transaction before everything was read. Raise its parameter transactionLifetimeLimitSeconds (60), empty the folder and try again.',
            { cause },
          )
        : cause
    } finally {
      await session.abortTransaction().catch(() => undefined)
      await session.endSession()
    }
    for (const name of kept) files.push(await measure(folder, fileOf(name)))
    const madeAt = new Date(now()).toISOString()
    const manifest: Manifest = { format: 1, store: 'mongo', schemaVersion, madeAt, counts, files }
    await writeManifest(folder, manifest)
    return manifest
  })

/** NoSuchTransaction, SnapshotTooOld, SnapshotUnavailable, TransactionExceededLifetimeLimitSeconds. */
const isTooLate = (error: unknown) => [251, 239, 246, 290].includes(Number((error as { code?: unknown } | null)?.code))

const rawDocuments = (collection: mongoose.mongo.Collection<AnyDocument>, session: ClientSession) =>
  collection.find({}, { session, raw: true }) as unknown as AsyncIterable<Uint8Array>

export interface RestoreMongoOptions {
  readonly uri: string
  readonly retentionMs: number
  readonly folder: string
  readonly manifest: Manifest
  readonly force: boolean
  readonly newEpoch: () => Epoch
  readonly tell: (line: string) => void
  /** Signs of life that do not move for so long are a dead process's. */
  readonly watchMs?: number
}

/** What was verified is restored. @throws {BackupError}, or with a sentence when MongoDB cannot be used. */
export const restoreMongo = (options: RestoreMongoOptions) =>
  withMongo({ ...options, restoring: true }, async (open) => {
    const { folder, manifest, force, newEpoch, tell, watchMs = 3_000 } = options
    const { connection, models, collectionOf } = open
    if (manifest.schemaVersion > schemaVersion) throw new BackupError('This backup was made by a newer Fresco: restore it with that one.')
    const alive = await findAlive(collectionOf('heartbeats'), watchMs)
    if (alive) throw new BackupError(`A Fresco (${alive}) runs on this database. Stop all of its processes first. Nothing was changed.`)
    const meta = connection.collection<{ _id: string }>('meta')
    const wasInterrupted = (await meta.findOne({ _id: restoringMark })) !== null
    if (!force && !wasInterrupted && (await collectionOf('canvases').findOne({})) !== null) {
      throw new BackupError(`There is a board in the database "${connection.name}" already. With --force it is replaced, and gone.`)
    }

    await meta.updateOne({ _id: restoringMark }, { $set: { backup: manifest.madeAt } }, { upsert: true, writeConcern: durable })
    for (const name of [...kept, 'heartbeats' as const].reverse()) await drop(collectionOf(name))
    await makeIndexes(models)
    const canvases = await renewedCanvases(join(folder, fileOf('canvases')), newEpoch)
    for (const name of kept) {
      tell(`Restoring ${name}`)
      const documents = name === 'canvases' ? canvases.documents : renewed(readBson(join(folder, fileOf(name))), name, canvases.epochs)
      const count = await insertAll(collectionOf(name), documents)
      if (count !== manifest.counts[name])
        throw new BackupError(`${count} of ${manifest.counts[name]} ${name} were restored. Run restore again.`)
    }
    await meta.updateOne({ _id: 'schema' }, { $set: { version: manifest.schemaVersion } } as object, {
      upsert: true,
      writeConcern: durable,
    })
    await meta.deleteOne({ _id: restoringMark }, { writeConcern: durable })
  })

const drop = (collection: mongoose.mongo.Collection<AnyDocument>) =>
  collection.drop().catch((error: unknown) => {
    const isMissing = (error as { code?: unknown } | null)?.code === 26
    if (!isMissing) throw error
  })

const durable = { w: 'majority' as const, j: true }

/** The id of a process whose counter moves. */
const findAlive = async (heartbeats: mongoose.mongo.Collection<AnyDocument>, watchMs: number): Promise<string | null> => {
  const read = async () => new Map((await heartbeats.find().toArray()).map(({ _id, beats }) => [String(_id), beats]))
  const before = await read()
  if (before.size === 0) return null
  await new Promise((resolve) => setTimeout(resolve, watchMs))
  return [...(await read())].find(([id, beats]) => before.get(id) !== beats)?.[0] ?? null
}

const renewedCanvases = async (path: string, newEpoch: () => Epoch) => {
  const documents: AnyDocument[] = []
  /** By canvas and former epoch. */
  const epochs = new Map<string, Epoch>()
  for await (const document of readBson(path)) {
    const canvas = JSON.parse(String(document['body'])) as Canvas
    const epoch = newEpoch()
    epochs.set(`${canvas.id}/${canvas.epoch}`, epoch)
    documents.push({ ...document, body: JSON.stringify({ ...canvas, epoch, rev: canvas.rev + 1 }) })
  }
  return { documents, epochs }
}

/** Whatever carries a canvas's epoch gets its new one, also where that is part of the key. */
async function* renewed(
  documents: AsyncIterable<AnyDocument>,
  name: Kept,
  epochs: ReadonlyMap<string, Epoch>,
): AsyncGenerator<AnyDocument> {
  for await (const document of documents) {
    const { canvas, tile, seq } = document
    const epoch = epochs.get(`${canvas}/${document['epoch']}`)
    if (!epoch) yield document
    else yield name === 'snapshots' ? { ...document, epoch, _id: `${canvas}/${tile}/${epoch}/${seq}` } : { ...document, epoch }
  }
}

const batchDocuments = 1_000
/** A snapshot can be a megabyte. */
const batchBytes = 4_000_000

const insertAll = async (
  collection: mongoose.mongo.Collection<AnyDocument>,
  documents: AsyncIterable<AnyDocument> | Iterable<AnyDocument>,
): Promise<number> => {
  let count = 0
  let bytes = 0
  let batch: AnyDocument[] = []
  const insert = async () => {
    if (batch.length > 0) await collection.insertMany(batch, { ordered: false, writeConcern: durable })
    count += batch.length
    bytes = 0
    batch = []
  }
  for await (const document of documents) {
    batch.push(document)
    bytes += mongoose.mongo.BSON.calculateObjectSize(document)
    if (batch.length >= batchDocuments || bytes >= batchBytes) await insert()
  }
  await insert()
  return count
}
