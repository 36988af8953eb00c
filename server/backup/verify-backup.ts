/** Verifies a backup: its checksums, a restore into a scratch folder or database, and an audit of what was restored. */
import { join } from 'node:path'
import mongoose from 'mongoose'
import { commandLineAct } from '../acts/command-line.ts'
import { type AuditReport, audit } from '../audit/audit.ts'
import type { Finding } from '../audit/finding.ts'
import { newEpoch } from '../new-epoch.ts'
import { silentLogger } from '../observability/log.ts'
import { openMongoStore } from '../store/mongo/mongo-store.ts'
import { openSqliteReading } from '../store/sqlite/sqlite-reading.ts'
import { BackupFailure } from './backup-problem.ts'
import { BackupError, type Manifest, readManifest, verifyFiles } from './manifest.ts'
import { mongoFiles } from './mongo-collections.ts'
import { restoreMongo } from './mongo-restore.ts'
import { makeScratch } from './scratch-folder.ts'
import { restoreSqlite, sqliteFiles } from './sqlite-backup.ts'

export interface VerifyOptions {
  readonly folder: string
  /** Where the scratch folder is made. */
  readonly scratchParent: string
  /** For a backup of MongoDB. The scratch database is made there. */
  readonly mongodbUri: string | null
  /** In the name of the scratch. One with the same owner is the rest of a killed verification. Null: nobody's, and removed after a day. */
  readonly owner: string | null
  readonly retentionMs: number
  readonly progress: (line: string) => void
  /** For a look at the scratch folder from outside. */
  readonly onScratch?: (folder: string) => void
}

export interface Verification {
  readonly manifest: Manifest
  readonly report: AuditReport
}

/** @throws {BackupFailure} `damaged` when the backup is not as its manifest says, or the audit of the restored data finds a fault. */
export const verifyBackup = async (options: VerifyOptions): Promise<Verification> => {
  const { folder, mongodbUri, progress } = options
  progress(`Comparing ${folder} with its checksums`)
  const manifest = await asDamage(readManifest(folder))
  await asDamage(verifyFiles(folder, manifest, manifest.store === 'mongo' ? mongoFiles(manifest) : sqliteFiles))
  if (manifest.store === 'sqlite') return verifySqlite(options, manifest)
  if (mongodbUri) return verifyMongo({ ...options, uri: mongodbUri }, manifest)
  throw new BackupError('This backup is for MongoDB. Set MONGODB_URI: it is restored into a scratch database there.')
}

const asDamage = <Value>(reading: Promise<Value>): Promise<Value> =>
  reading.catch((error: unknown) => {
    if (error instanceof BackupError)
      throw new BackupFailure('damaged', error.message.replace(' Nothing was changed.', ''), { cause: error })
    throw error
  })

const verifySqlite = async ({ folder, scratchParent, owner, progress, onScratch, ...options }: VerifyOptions, manifest: Manifest) => {
  const scratch = await makeScratch(scratchParent, owner)
  try {
    onScratch?.(scratch.folder)
    const file = join(scratch.folder, 'fresco.db')
    await restoreSqlite({ file, folder, manifest, force: false, newEpoch, act: scratchAct(), progress })
    const store = await openSqliteReading(file)
    return await auditRestored(store, manifest, { ...options, progress }).finally(() => store.close())
  } finally {
    await scratch.remove()
  }
}

/** A restore records an act. This one is removed with the scratch. */
const scratchAct = () => commandLineAct({ action: 'backup.verify' })

const databasePrefix = 'fresco-verify-'
const leftoverMs = 24 * 3_600_000
/** Nothing in the scratch database may expire. */
const neverMs = 10 * 365 * 24 * 3_600_000

const verifyMongo = async ({ uri, owner, folder, progress, ...options }: VerifyOptions & { uri: string }, manifest: Manifest) => {
  const database = `${databasePrefix}${owner ?? 'manual'}-${Date.now().toString(36)}`
  const connection = await mongoose.createConnection(uri, { dbName: database }).asPromise()
  const client = connection.getClient()
  try {
    await dropLeftovers(client, owner)
    const common = { uri, database, retentionMs: neverMs }
    await restoreMongo({ into: common, folder, manifest, force: false, newEpoch, act: scratchAct(), progress })
    const store = await openMongoStore({ ...common, logger: silentLogger, now: Date.now, random: Math.random, readOnly: true })
    return await auditRestored(store, manifest, { ...options, progress }).finally(() => store.close())
  } finally {
    await client
      .db(database)
      .dropDatabase()
      .catch(() => undefined)
    await connection.close()
  }
}

const dropLeftovers = async (client: mongoose.mongo.MongoClient, owner: string | null) => {
  const { databases } = await client
    .db('admin')
    .admin()
    .listDatabases({ nameOnly: true, authorizedDatabases: true })
    .catch(() => ({ databases: [] }))
  for (const { name } of databases) {
    const [, by, time] = /^fresco-verify-([a-z0-9]+)-([0-9a-z]+)$/.exec(name) ?? []
    if (by === undefined || time === undefined) continue
    if (by === owner || Date.now() - Number.parseInt(time, 36) > leftoverMs) await client.db(name).dropDatabase()
  }
}

/** Depends on the state of the publishers when the backup was made, and is no fault of the backup. */
const ofDelivery: ReadonlySet<Finding['kind']> = new Set(['not_published', 'stuck'])

const auditRestored = async (
  store: Parameters<typeof audit>[0]['store'],
  manifest: Manifest,
  { retentionMs, progress }: Pick<VerifyOptions, 'retentionMs' | 'progress'>,
): Promise<Verification> => {
  progress('Auditing what was restored')
  const found: Finding[] = []
  let count = 0
  const onFinding = (finding: Finding) => {
    if (ofDelivery.has(finding.kind)) return
    count++
    if (found.length === 0) found.push(finding)
  }
  const report = await audit({ store, stream: null, retentionMs, now: () => Date.parse(manifest.madeAt), onFinding })
  const [first] = found
  if (!first) return { manifest, report }
  const { kind, canvas, detail } = first
  throw new BackupFailure('damaged', `${count} things in the backup disagree. The first: ${kind} on the board "${canvas}", ${detail}.`)
}
