/**
 * The embedded store: SQLite, which is a part of Node, in a file. Fsync and checkpoints block the thread that runs them, so one worker thread
 * writes, and another one reads and runs checkpoints.
 */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FailpointSpec } from '../../failpoints.ts'
import { MemoryMembership } from '../memory/memory-membership.ts'
import type { Store } from '../port.ts'
import type { ProjectionStore } from '../projections-port.ts'
import type { TemplateStore } from '../templates-port.ts'
import type { WebhookStore } from '../webhooks-port.ts'
import { copyBeforeMigration, type Migration } from './copy-before-migration.ts'
import { lockFile } from './file-lock.ts'
import { partsByPosition } from './history-parts.ts'
import { rowOf, sequencedOf, unpublishedOf } from './rows.ts'
import { trimPart } from './sqlite-outbox.ts'
import type { SqliteReader } from './sqlite-reader.ts'
import type { SqliteWriter } from './sqlite-writer.ts'
import { type Remote, startThread, type ThreadOptions, type WorkerThread } from './worker-thread.ts'

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

interface Parts {
  readonly write: Remote<SqliteWriter>
  readonly read: Remote<SqliteReader>
}

type CommitMethod = 'sequence' | 'getUnpublished' | 'markAsPublished' | 'countAttempts' | 'readCommits'

/** The methods that take or return commits. The other thread has them as rows. */
const commitMethods = ({ write, read }: Parts): Pick<Store, CommitMethod> => ({
  async sequence(batch) {
    const fresh = (await write.sequence(batch)).map(unpublishedOf)
    return { sequenced: fresh.length, raced: false, fresh }
  },
  getUnpublished: async (batch) => (await write.getUnpublished(batch)).map(unpublishedOf),
  // These two need no pixels, and copying pixels to the other thread costs more than the update.
  markAsPublished: (commits, nowMs) =>
    write.markAsPublished(
      commits.map(({ id, canvas, tile, epoch, seq }) => ({ id, canvas, tile, epoch, seq })),
      nowMs,
    ),
  countAttempts: (commits) => write.countAttempts(commits.map(({ id, canvas, tile, attempts }) => ({ id, canvas, tile, attempts }))),
  async readCommits(wanted) {
    const page = await read.readCommits(wanted)
    if (page?.kind !== 'page') return page
    const { rows, ...rest } = page
    return { ...rest, commits: rows.map(sequencedOf) }
  },
})

const projectionsOf = ({ write, read }: Parts): Omit<ProjectionStore, 'countStanding'> => {
  const { readCursors, readHistory, readHistoryPage, readStats, readMinutes, readLeaders, readProfile, readSnapshot, listSnapshots } = read
  const { resetProjection: reset, saveSnapshot, deleteSnapshots } = write
  return {
    ...{ readMinutes, readLeaders, readProfile },
    ...{ readCursors, readHistory, readHistoryPage, readStats, readSnapshot, listSnapshots, reset, saveSnapshot, deleteSnapshots },
    async project({ commits, ...move }) {
      const parts = move.name === 'history' ? partsByPosition(commits, historyRowsAtOnce) : [commits]
      for (const [index, part] of parts.entries()) {
        const isLast = index === parts.length - 1
        if (!(await write.project({ ...move, rows: part.map(rowOf), isLast }))) return false
      }
      return true
    },
  }
}

const webhooksOf = ({ write, read }: Parts): WebhookStore => {
  const { createEndpoint, changeEndpoint, removeEndpoint, enqueue, follow, recordHealth, claim, settle, sendAgain } = write
  const { listEndpoints, getFollowed, getHealth, listDue, getDelivery, listDeliveries, countDeliveries } = read
  return {
    ...{ createEndpoint, changeEndpoint, removeEndpoint, enqueue, follow, recordHealth, claim, settle, sendAgain },
    ...{ listEndpoints, getFollowed, getHealth, listDue, getDelivery, listDeliveries, countDeliveries },
  }
}

const templatesOf = ({ write, read }: Parts): TemplateStore => {
  const { createTemplate, changeTemplate, removeTemplate, moveTemplateCounts, resetTemplateCounts, saveTemplateSamples } = write
  const { getTemplate, getTemplatePicture, listTemplates, readTileCounts, readTemplateCounts, readTemplateSamples } = read
  return {
    ...{ createTemplate, changeTemplate, removeTemplate, moveTemplateCounts, resetTemplateCounts, saveTemplateSamples },
    ...{ getTemplate, getTemplatePicture, listTemplates, readTileCounts, readTemplateCounts, readTemplateSamples },
  }
}

/** @throws when the file is in use by another server, was written by a newer Fresco, or cannot be opened. */
export const openSqliteStore = async ({ onFatal = () => undefined, ...options }: SqliteStoreOptions): Promise<Store> => {
  const threads: ThreadOptions = { ...options, onFatal }
  const { writer, reader, unlock } = await openThreads(options, threads)
  const parts: Parts = { write: writer.methods, read: reader.methods }
  const { write, read } = parts
  const membership = new MemoryMembership()

  /** Counting, and reading ages, reads every pixel, so it has its own thread, which starts with the first call. */
  let counter: Promise<WorkerThread<SqliteReader>> | undefined
  const startCounter = () =>
    startThread<SqliteReader>({ file: options.file, part: 'reader' }, threads).catch((error: unknown) => {
      counter = undefined
      throw error
    })
  let closing: Promise<void> | undefined

  const closeAll = async () => {
    await (await counter)?.close()
    await reader.close()
    await writer.close()
    unlock()
  }

  return {
    ...read,
    ...write,
    ...commitMethods(parts),
    kind: 'sqlite',
    async ping() {
      await Promise.all([read.ping(), write.ping()])
    },
    serverTime: async () => null,
    async readAges(options) {
      counter ??= startCounter()
      return (await counter).methods.readAges(options)
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
    projections: {
      ...projectionsOf(parts),
      async countStanding(options) {
        counter ??= startCounter()
        return (await counter).methods.countStanding(options)
      },
    },
    webhooks: webhooksOf(parts),
    templates: templatesOf(parts),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}
