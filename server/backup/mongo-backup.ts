/** Saves the MongoDB store: reads every collection as of one moment, and streams each to a file. */
import { join } from 'node:path'
import { schemaVersion } from '../store/mongo/open-mongo.ts'
import { writeBson } from './bson-file.ts'
import { type BackupFile, intoEmptyFolder, type Manifest, measure, writeManifest } from './manifest.ts'
import { fileOf, kept, withMongo } from './mongo-collections.ts'
import { explained, readPages, startReading } from './mongo-pages.ts'

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
      const reading = await startReading(connection)
      const { session, isTransaction } = reading
      if (isTransaction)
        progress('This MongoDB keeps no snapshots. One transaction reads everything, within transactionLifetimeLimitSeconds.')
      try {
        for (const name of kept) {
          progress(`Saving ${name}`)
          counts[name] = await writeBson(join(folder, fileOf(name)), readPages(collectionOf(name), reading))
        }
        // Only the commit makes certain that a failover cannot take back what was read.
        if (isTransaction) await session.commitTransaction()
      } catch (error) {
        throw explained(error)
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
