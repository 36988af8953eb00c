/** `backup` makes a consistent copy of the store, and `restore` puts it back. */
import { dirname, join, resolve } from 'node:path'
import { commandLineAct } from '../acts/command-line.ts'
import { readManifest, verifyFiles } from '../backup/manifest.ts'
import { backupMongo } from '../backup/mongo-backup.ts'
import { mongoFiles } from '../backup/mongo-collections.ts'
import { restoreMongo } from '../backup/mongo-restore.ts'
import { backupSqlite, restoreSqlite, sqliteFiles } from '../backup/sqlite-backup.ts'
import { verifyBackup } from '../backup/verify-backup.ts'
import { newEpoch } from '../new-epoch.ts'
import { onlyArgument, parseArguments } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure } from './command.ts'
import { opened } from './open-store.ts'
import { configOf } from './running-server.ts'

const backupHelp = `fresco backup DIR
fresco backup verify DIR [--scratch FOLDER]

Copies the whole store (boards, charges, log, history, snapshots, statistics, settings) as of one moment into DIR. DIR must be empty or not
exist. Servers may run meanwhile. The backup is complete when DIR has a manifest.json, which has the checksums.

verify compares a backup with its checksums, restores it into a scratch folder beside DIR (or in --scratch), and audits what was restored. A backup
of MongoDB is restored into a scratch database on the server of MONGODB_URI. Both are removed afterwards. A folder named verify is ./verify.

A backup has no secrets of DATA_DIR (admin-token, session-secret). Without the session secret, guests become other painters.`

const restoreHelp = `fresco restore DIR [--force]

Puts a backup into the store of the environment, which must be of the same kind. Stop every server first. Every canvas gets a new epoch, so
that browsers, bots and Redis do not mix it with commits from after the backup.

  --force   replace the boards in the store, which are lost then

The backup is verified before anything is changed: DIR must have exactly the files of its manifest. After an interruption, a SQLite store is
unchanged. On MongoDB, no server starts until restore is run again.`

const folderOf = (context: CommandContext, options: { force?: boolean } = {}) => {
  const { values, positionals } = parseArguments(context.args, options.force ? { force: { type: 'boolean', default: false } } : {}, 1)
  return { folder: onlyArgument('DIR', positionals), force: (values as { force?: boolean }).force === true }
}

const verify = async (context: CommandContext) => {
  const { values, positionals } = parseArguments(context.args, { scratch: { type: 'string' } }, 1)
  const folder = resolve(onlyArgument('DIR', positionals))
  const { mongodbUri, outboxRetentionMs: retentionMs } = configOf(context)
  const { progress, print } = context
  const scratchParent = values.scratch ?? dirname(folder)
  const { manifest, report } = await opened(verifyBackup({ folder, scratchParent, mongodbUri, owner: null, retentionMs, progress }))
  const { canvases, commits, pixels } = report
  print(`${folder}: the backup of ${manifest.madeAt} is good. ${canvases} canvases, ${pixels} pixels and ${commits} commits agree.`)
}

const backup = async (context: CommandContext) => {
  const [first, ...args] = context.args
  if (first === 'verify') return verify({ ...context, args })
  const { folder } = folderOf(context)
  const { mongodbUri, dataDir, outboxRetentionMs } = configOf(context)
  const { progress, print } = context
  const common = { folder, now: Date.now, progress }
  const { counts, files } = await opened(
    mongodbUri
      ? backupMongo({ uri: mongodbUri, retentionMs: outboxRetentionMs, ...common })
      : backupSqlite({ file: join(dataDir, 'fresco.db'), ...common }),
  )
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  print(`${folder}: ${counts['canvases']} canvases, ${counts['pixels']} pixels, ${counts['outbox']} commits, ${bytes} bytes`)
}

const restore = async (context: CommandContext) => {
  const { folder, force } = folderOf(context, { force: true })
  const { mongodbUri, dataDir, outboxRetentionMs } = configOf(context)
  const { progress, print } = context
  progress(`Verifying ${folder}`)
  const manifest = await opened(readManifest(folder))
  if ((manifest.store === 'mongo') !== (mongodbUri !== null)) {
    const isFor = manifest.store === 'mongo' ? 'MongoDB, and MONGODB_URI is not set' : 'SQLite, and MONGODB_URI is set'
    throw new CommandFailure(`This backup is for ${isFor}.`)
  }
  await opened(verifyFiles(folder, manifest, mongodbUri ? mongoFiles(manifest) : sqliteFiles))
  const act = commandLineAct({ action: 'backup.restore', details: { madeAt: manifest.madeAt, force } })
  const common = { folder, manifest, force, newEpoch, act, progress }
  await opened(
    mongodbUri
      ? restoreMongo({ into: { uri: mongodbUri, retentionMs: outboxRetentionMs }, ...common })
      : restoreSqlite({ file: join(dataDir, 'fresco.db'), ...common }),
  )
  print(`Restored: ${manifest.counts['canvases']} canvases as of ${manifest.madeAt}. You can start the servers.`)
}

export const backupCommand: Command = {
  name: 'backup',
  summary: 'makes a consistent copy of the store, and verifies one',
  help: backupHelp,
  run: backup,
}
export const restoreCommand: Command = {
  name: 'restore',
  summary: 'puts a backup back while servers are stopped',
  help: restoreHelp,
  run: restore,
}
