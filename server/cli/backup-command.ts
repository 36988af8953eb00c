/** `backup` and `restore`: a consistent copy of the store, and back. */
import { join } from 'node:path'
import { readManifest, verifyFiles } from '../backup/manifest.ts'
import { backupMongo } from '../backup/mongo-backup.ts'
import { mongoFiles } from '../backup/mongo-collections.ts'
import { restoreMongo } from '../backup/mongo-restore.ts'
import { backupSqlite, restoreSqlite, sqliteFiles } from '../backup/sqlite-backup.ts'
import { newEpoch } from '../new-epoch.ts'
import { parseArguments } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { opened } from './open-store.ts'
import { configOf } from './running-server.ts'

const backupHelp = `fresco backup DIR

Saves everything in the store (boards, painters' charges, log, history, snapshots, numbers, settings) as it is at one moment into DIR, which
must be empty or not there yet. Servers may run meanwhile. DIR is a backup when it has a manifest.json; the checksums are in there.

The secrets in DATA_DIR (admin-token, session-secret) are not in it: without the session secret guests become other painters.`

const restoreHelp = `fresco restore DIR [--force]

Puts a backup into the store that the environment names, which must be of the same kind, and gives every canvas a new epoch, so that
nothing that browsers, bots or Redis know of what came after the backup is taken for new. Stop every server first.

  --force   replace the boards that are in the store already; they are gone then

The backup is verified before anything is changed: DIR must hold exactly the files that its manifest lists. Interrupted on SQLite: the store is as it was. On MongoDB: no server starts on it until
restore was run again.`

const folderOf = (context: CommandContext, options: { force?: boolean } = {}) => {
  const { values, positionals } = parseArguments(context.args, options.force ? { force: { type: 'boolean', default: false } } : {}, 1)
  const [folder] = positionals
  if (folder === undefined) throw new UsageError('Say one folder: DIR.')
  return { folder, force: (values as { force?: boolean }).force === true }
}

const backup = async (context: CommandContext) => {
  const { folder } = folderOf(context)
  const { mongodbUri, dataDir, outboxRetentionMs } = configOf(context)
  const { tell, print } = context
  const common = { folder, now: Date.now, tell }
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
  const { tell, print } = context
  tell(`Verifying ${folder}`)
  const manifest = await opened(readManifest(folder))
  if ((manifest.store === 'mongo') !== (mongodbUri !== null)) {
    const isFor = manifest.store === 'mongo' ? 'MongoDB, and MONGODB_URI is not set' : 'SQLite, and MONGODB_URI is set'
    throw new CommandFailure(`This backup is for ${isFor}.`)
  }
  await opened(verifyFiles(folder, manifest, mongodbUri ? mongoFiles : sqliteFiles))
  const common = { folder, manifest, force, newEpoch, tell }
  await opened(
    mongodbUri
      ? restoreMongo({ uri: mongodbUri, retentionMs: outboxRetentionMs, ...common })
      : restoreSqlite({ file: join(dataDir, 'fresco.db'), ...common }),
  )
  print(`Restored: ${manifest.counts['canvases']} canvases as of ${manifest.madeAt}. Servers can be started.`)
}

export const backupCommand: Command = { name: 'backup', summary: 'saves a consistent copy of the store', help: backupHelp, run: backup }
export const restoreCommand: Command = {
  name: 'restore',
  summary: 'puts a backup back, with servers stopped',
  help: restoreHelp,
  run: restore,
}
