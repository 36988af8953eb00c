/**
 * Restores a backup into MongoDB. This cannot be one transaction, so a mark stays in the database until the restore is complete. No Fresco
 * process opens a database with the mark. Canvases are deleted first and restored last, so that a server that still runs accepts no placements.
 */
import { join } from 'node:path'
import mongoose from 'mongoose'
import type { Act } from '../../lib/act.ts'
import type { Epoch } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { adminSessionEnd, adminSessionPrefix } from '../store/admin-sessions-port.ts'
import { backupsName, restoredBackups } from '../store/backups-port.ts'
import type { ActDocument } from '../store/mongo/document-types.ts'
import { makeIndexes } from '../store/mongo/make-indexes.ts'
import { restoringMark, schemaVersion } from '../store/mongo/open-mongo.ts'
import { type AnyDocument, readBson } from './bson-file.ts'
import { BackupError, type Manifest } from './manifest.ts'
import { fileOf, type Kept, kept, keptIn, notKept, withMongo } from './mongo-collections.ts'
import { insertActs, mongoRestoreAct } from './restored-acts.ts'

interface RestoreMongoOptions {
  /** `database`: another one than that of the URI. */
  readonly into: { readonly uri: string; readonly database?: string; readonly retentionMs: number }
  readonly folder: string
  readonly manifest: Manifest
  readonly force: boolean
  readonly newEpoch: () => Epoch
  /** The restore, for the record. */
  readonly act: Act
  readonly progress: (line: string) => void
}

/** The files must be verified. @throws {BackupError}, or with a message for the operator when MongoDB cannot be used. */
export const restoreMongo = (options: RestoreMongoOptions) =>
  withMongo({ ...options.into, restoring: true }, async (open) => {
    const { folder, manifest, force, newEpoch, act, progress } = options
    const { connection, models, collectionOf } = open
    if (manifest.schemaVersion > schemaVersion)
      throw new BackupError('A newer version of Fresco made this backup. Use that version to restore it.')
    const uncounted = keptIn(manifest).find((name) => manifest.counts[name] === undefined)
    if (uncounted) throw new BackupError(`The manifest has no count of ${uncounted}. Nothing was changed.`)
    const alive = await findAlive(collectionOf('heartbeats'))
    if (alive) throw new BackupError(`A Fresco process (${alive}) uses this database. Stop all processes first. Nothing was changed.`)
    const meta = connection.collection<{ _id: string }>('meta')
    const wasInterrupted = (await meta.findOne({ _id: restoringMark })) !== null
    if (!force && !wasInterrupted && (await collectionOf('canvases').findOne({})) !== null) {
      throw new BackupError(`The database "${connection.name}" already has a board. --force deletes it and restores the backup.`)
    }

    await meta.updateOne({ _id: restoringMark }, { $set: { backup: manifest.madeAt } }, { upsert: true, writeConcern: durable })
    const acts = models.Act.collection as unknown as mongoose.mongo.Collection<ActDocument>
    const record = mongoRestoreAct(acts, act)
    await record.begin()
    for (const name of [...kept, ...notKept].reverse()) if (name !== 'acts') await drop(collectionOf(name))
    await makeIndexes(models)
    const canvases = await renewedCanvases(join(folder, fileOf('canvases')), newEpoch)
    for (const name of keptIn(manifest)) {
      progress(`Restoring ${name}`)
      const documents = name === 'canvases' ? canvases.documents : renewed(readBson(join(folder, fileOf(name))), name, canvases.epochs)
      const count =
        name === 'acts' ? await insertActs(acts, readBson(join(folder, fileOf(name)))) : await insertAll(collectionOf(name), documents)
      if (count !== manifest.counts[name])
        throw new BackupError(`${count} of ${manifest.counts[name]} ${name} were restored. Run restore again.`)
    }
    // Admin sessions that ended after the backup must stay ended.
    await collectionOf('settings').deleteMany({ _id: { $gte: adminSessionPrefix, $lt: adminSessionEnd } } as object, {
      writeConcern: durable,
    })
    const backups = await collectionOf('settings').findOne({ _id: backupsName } as object)
    if (backups) {
      const value = restoredBackups(String(backups['value']))
      await collectionOf('settings').updateOne({ _id: backupsName } as object, { $set: { value } }, { writeConcern: durable })
    }
    await meta.updateOne({ _id: 'schema' }, { $set: { version: manifest.schemaVersion } } as object, {
      upsert: true,
      writeConcern: durable,
    })
    await record.end()
    await meta.deleteOne({ _id: restoringMark }, { writeConcern: durable })
  })

const drop = (collection: mongoose.mongo.Collection<AnyDocument>) =>
  collection.drop().catch((error: unknown) => {
    const isMissing = (error as { code?: unknown } | null)?.code === 26
    if (!isMissing) throw error
  })

const durable = { w: 'majority' as const, j: true }

/** A process whose heartbeat does not change for so long has ended. */
const watchMs = 3_000

/** The id of a process whose heartbeat changes. */
const findAlive = async (heartbeats: mongoose.mongo.Collection<AnyDocument>): Promise<string | null> => {
  const read = async () => new Map((await heartbeats.find().toArray()).map(({ _id, beats }) => [String(_id), beats]))
  const before = await read()
  if (before.size === 0) return null
  await new Promise((resolve) => setTimeout(resolve, watchMs))
  return [...(await read())].find(([id, beats]) => before.get(id) !== beats)?.[0] ?? null
}

const renewedCanvases = async (path: string, newEpoch: () => Epoch) => {
  const documents: AnyDocument[] = []
  /** New epochs by canvas and old epoch. */
  const epochs = new Map<string, Epoch>()
  for await (const document of readBson(path)) {
    const canvas = JSON.parse(String(document['body'])) as Canvas
    const epoch = newEpoch()
    epochs.set(`${canvas.id}/${canvas.epoch}`, epoch)
    documents.push({ ...document, body: JSON.stringify({ ...canvas, epoch, rev: canvas.rev + 1 }) })
  }
  return { documents, epochs }
}

/** The keys that have the epoch. */
const keys: Partial<Record<Kept, (log: string, seq: unknown) => string>> = {
  snapshots: (log, seq) => `${log}/${seq}`,
  tails: (log) => log,
}

/** Replaces the epoch in a document, also in its key. */
async function* renewed(
  documents: AsyncIterable<AnyDocument>,
  name: Kept,
  epochs: ReadonlyMap<string, Epoch>,
): AsyncGenerator<AnyDocument> {
  for await (const document of documents) {
    const { canvas, tile, seq } = document
    const epoch = epochs.get(`${canvas}/${document['epoch']}`)
    const _id = keys[name]?.(`${canvas}/${tile}/${epoch}`, seq)
    if (epoch) yield { ...document, epoch, ...(_id && { _id }) }
    else yield name === 'templateProgress' ? renewedProgress(document, epochs) : document
  }
}

/** The counts of a template name the epoch that they are of (`basisOf`). */
const renewedProgress = (document: AnyDocument, epochs: ReadonlyMap<string, Epoch>): AnyDocument => {
  const { canvas, tiles, samples, ...rest } = document
  const renew = (basis: string) => {
    const [epoch, ...others] = basis.split('/')
    return [epochs.get(`${canvas}/${epoch}`) ?? epoch, ...others].join('/')
  }
  const withBasis = <Of extends { basis: string }>(of: Of): Of => ({ ...of, basis: renew(of.basis) })
  const counts = Object.entries((tiles ?? {}) as Record<string, { basis: string }>).map(
    ([tile, count]) => [tile, withBasis(count)] as const,
  )
  const renewedSamples = (JSON.parse(String(samples ?? '[]')) as { basis: string }[]).map(withBasis)
  return { ...rest, canvas, tiles: Object.fromEntries(counts), samples: JSON.stringify(renewedSamples) }
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
