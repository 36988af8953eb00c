/**
 * The embedded store: SQLite, which is a part of Node, in a file. Fsync and checkpoints block the thread that runs them, so one worker thread
 * writes, and another one reads and runs checkpoints.
 */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FailpointSpec } from '../../failpoints.ts'
import { MemoryMembership } from '../memory/memory-membership.ts'
import type { Store } from '../port.ts'
import type { Projecting } from '../projections-port.ts'
import { copyBeforeMigration, type Migration } from './copy-before-migration.ts'
import { lockFile } from './file-lock.ts'
import { partsByPosition } from './history-parts.ts'
import { packCommits, unpackCommits, unpackRows } from './packed-commits.ts'
import { type UnpublishedRow, unpublishedOf } from './rows.ts'
import { trimPart } from './sqlite-outbox.ts'
import type { SqliteReader } from './sqlite-reader.ts'
import type { SqliteWriter } from './sqlite-writer.ts'
import { startThread, type ThreadOptions, type WorkerThread } from './worker-thread.ts'

export interface SqliteStoreOptions extends Partial<ThreadOptions> {
  readonly file: string
  readonly failpoints?: FailpointSpec
  /** Called before the file of an older Fresco is copied and migrated. */
  readonly onMigration?: (migration: Migration) => void
}

/** Rows of history in one transaction. Placements wait for it for some milliseconds. */
const historyRowsAtOnce = 500

const openThreads = async ({ file, failpoints = {}, onMigration = () => undefined }: SqliteStoreOptions, threads: ThreadOptions) => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unlock = lockFile(file)
  try {
    // SQLite gives its log the rights of the database. A file that exists keeps its rights.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
    copyBeforeMigration(file, onMigration)
    const writer = await startThread<SqliteWriter>({ file, part: 'writer', failpoints }, threads)
    const reader = await startThread<SqliteReader>({ file, part: 'reader', checkpoints: true }, threads)
    return { writer, reader, unlock }
  } catch (error) {
    unlock()
    throw error
  }
}

/** @throws when the file is in use by another server, was written by a newer Fresco, or cannot be opened. */
export const openSqliteStore = async (options: SqliteStoreOptions): Promise<Store> => {
  const { onFatal = () => undefined, ...rest } = options
  const threads: ThreadOptions = { ...rest, onFatal }
  const { writer, reader, unlock } = await openThreads(options, threads)
  const [write, read] = [writer.methods, reader.methods]
  const { readCursors, readHistory, readHistoryPage, readStats, readSnapshot, listSnapshots } = read
  const { resetProjection: reset, saveSnapshot, deleteSnapshots } = write
  const membership = new MemoryMembership()

  /** Counting reads every pixel, so it has a thread of its own, which starts with the first count. */
  let counter: Promise<WorkerThread<SqliteReader>> | undefined
  let closing: Promise<void> | undefined

  const project = async ({ commits, ...move }: Projecting) => {
    const parts = move.name === 'history' ? partsByPosition(commits, historyRowsAtOnce) : [commits]
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1
      if (!(await write.project({ ...move, packed: packCommits(part), isLast }))) return false
    }
    return true
  }

  const closeAll = async () => {
    await (await counter)?.close()
    await reader.close()
    await writer.close()
    unlock()
  }

  return {
    ...read,
    ...write,
    kind: 'sqlite',
    async ping() {
      await Promise.all([read.ping(), write.ping()])
    },
    async sequence(batch) {
      const packed = await write.sequence(batch)
      const fresh = packed ? unpackRows<UnpublishedRow>(packed).map(unpublishedOf) : []
      return { sequenced: fresh.length, raced: false, fresh }
    },
    getUnpublished: async (batch) => unpackRows<UnpublishedRow>(await write.getUnpublished(batch)).map(unpublishedOf),
    async markAsPublished(commits, nowMs) {
      // Marks do not need the pixels, and copying pixels to the other thread costs more than the update.
      const marks = commits.map(({ id, canvas, tile, seq }) => ({ id, canvas, tile, seq }))
      await write.markAsPublished(marks, nowMs)
    },
    async trim(limits) {
      for (let removed = 0; ; ) {
        const part = await write.trimPart(limits)
        removed += part
        if (part < trimPart) return { removed }
      }
    },
    // Only one process uses this file, so heartbeats need not be stored.
    beat: async (heartbeat) => membership.beat(heartbeat),
    endBeat: async (id) => membership.endBeat(id),
    readHeartbeats: async () => membership.readHeartbeats(),
    readReports: async () => membership.readReports(),
    async readCommits(wanted) {
      const page = await read.readCommits(wanted)
      if (page?.kind !== 'page') return page
      const { packed, ...rest } = page
      return { ...rest, commits: unpackCommits(packed) }
    },
    projections: {
      ...{ readCursors, readHistory, readHistoryPage, readStats, readSnapshot, listSnapshots },
      ...{ project, reset, saveSnapshot, deleteSnapshots },
      async countStanding(canvas) {
        counter ??= startThread<SqliteReader>({ file: options.file, part: 'reader' }, threads)
        return (await counter).methods.countStanding(canvas)
      },
    },
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}
