/**
 * Saves the MongoDB store: reads every collection in one transaction (snapshot read concern), and streams each to a file.
 *
 * MongoDB ends a transaction after `transactionLifetimeLimitSeconds`, by default 60. A larger database needs a larger value.
 */
import { join } from 'node:path'
import type mongoose from 'mongoose'
import type { ClientSession } from 'mongoose'
import { schemaVersion } from '../store/mongo/open-mongo.ts'
import { type AnyDocument, writeBson } from './bson-file.ts'
import { BackupError, type BackupFile, intoEmptyFolder, type Manifest, measure, writeManifest } from './manifest.ts'
import { fileOf, kept, withMongo } from './mongo-collections.ts'

/** @throws {BackupError}, or with a message for the operator when MongoDB cannot be used. */
export const backupMongo = (options: {
  uri: string
  retentionMs: number
  folder: string
  now: () => number
  progress: (line: string) => void
}): Promise<Manifest> =>
  withMongo(options, async ({ connection, collectionOf }) => {
    const { folder, now, progress } = options
    return intoEmptyFolder(folder, async () => {
      const counts: Record<string, number> = {}
      const files: BackupFile[] = []
      const session = await connection.startSession()
      session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', j: true } })
      try {
        for (const name of kept) {
          progress(`Saving ${name}`)
          counts[name] = await writeBson(join(folder, fileOf(name)), rawDocuments(collectionOf(name), session))
        }
        // Only the commit makes certain that a failover cannot take back what was read.
        await session.commitTransaction()
      } catch (cause) {
        throw isTooLate(cause)
          ? new BackupError(
              'MongoDB ended the transaction before everything was read. Raise its parameter transactionLifetimeLimitSeconds (60) and try again.',
              { cause },
            )
          : cause
      } finally {
        await session.endSession()
      }
      for (const name of kept) files.push(await measure(folder, fileOf(name)))
      const madeAt = new Date(now()).toISOString()
      const manifest: Manifest = { format: 1, store: 'mongo', schemaVersion, madeAt, counts, files }
      await writeManifest(folder, manifest)
      return manifest
    })
  })

/** NoSuchTransaction, SnapshotTooOld, SnapshotUnavailable, TransactionExceededLifetimeLimitSeconds. */
const isTooLate = (error: unknown) => [251, 239, 246, 290].includes(Number((error as { code?: unknown } | null)?.code))

const rawDocuments = (collection: mongoose.mongo.Collection<AnyDocument>, session: ClientSession) =>
  collection.find({}, { session, raw: true }) as unknown as AsyncIterable<Uint8Array>
