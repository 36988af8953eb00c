/**
 * The embedded store: the SQLite that is built into Node, in a file, behind worker threads. fsync and checkpoints block the
 * thread that runs them, so the first runs in the writer's, beside the answering of requests, and the second in the reader's, beside both
 * (but for what is left of a log at its bound).
 */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FailpointSpec } from '../../failpoints.ts'
import type { AuditReading } from '../audit-port.ts'
import { MemoryMembership } from '../memory/memory-membership.ts'
import { type Store, StoreError } from '../port.ts'
import type { ProjectionStore } from '../projections-port.ts'
import { copyBeforeMigration, type Migration } from './copy-before-migration.ts'
import { lockFile } from './file-lock.ts'
import { partsByPosition } from './history-parts.ts'
import { packCommits, unpackCommits, unpackRows } from './packed-commits.ts'
import { unpublishedOf } from './rows.ts'
import type { SqliteReader } from './sqlite-reader.ts'
import { type SqliteWriter, trimPart } from './sqlite-writer.ts'
import type { Answer, Call, WorkerData } from './worker.ts'

export interface SqliteStoreOptions {
  readonly file: string
  readonly failpoints?: FailpointSpec
  /** For tests: how long each thread may take over a call. */
  readonly deadlineMs?: number
  /** A worker thread died: the process cannot go on. */
  readonly onFatal?: (error: Error) => void
  /** The file is of an older Fresco; it is copied and migrated now. */
  readonly onMigration?: (migration: Migration) => void
}

/** Of history in one transaction: some milliseconds, which placements wait for. */
const historyRowsAtOnce = 500

interface Waiting {
  readonly method: string
  readonly timer: NodeJS.Timeout
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** A call that a thread has not answered by then is given up: its disk hangs. Boards and statistics of a large canvas take seconds. */
const placingMs = 10_000
const callMs = 30_000

/** Calls to one worker thread. Answers come in the order of the calls. */
class WorkerCalls {
  readonly #worker: Worker
  readonly #deadlineMs: number | undefined
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #closed = false

  private constructor(worker: Worker, options: { deadlineMs: number | undefined; onFatal: (error: Error) => void }) {
    const { onFatal } = options
    this.#worker = worker
    this.#deadlineMs = options.deadlineMs
    worker.on('message', (answer: Answer) => this.#settle(answer))
    worker.on('error', (error) => {
      this.#abandon(error)
      onFatal(error)
    })
    worker.on('exit', () => {
      if (this.#closed) return
      const error = new Error('The thread of the SQLite store ended.')
      this.#abandon(error)
      onFatal(error)
    })
  }

  /** @throws when the file cannot be opened, with a sentence that says why. */
  static async start(data: WorkerData, onFatal: (error: Error) => void): Promise<WorkerCalls> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data, name: `sqlite-${data.part}` })
    const first = await new Promise<Answer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    if ('ready' in first && !first.ready) {
      await worker.terminate()
      throw new Error(`The database ${data.file} cannot be opened: ${first.message}`)
    }
    worker.removeAllListeners('error')
    return new WorkerCalls(worker, { deadlineMs: data.deadlineMs, onFatal })
  }

  call<Result>(method: string, ...args: unknown[]): Promise<Result> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'The store is closed.'))
    return this.#send(method, args) as Promise<Result>
  }

  async close() {
    if (this.#closed) return
    this.#closed = true
    await this.#send('close', [])
  }

  #send(method: string, args: unknown[]) {
    const id = this.#nextId++
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.#waiting.delete(id)
          reject(unanswered(method, 'The SQLite store does not answer.'))
        },
        this.#deadlineMs ?? (method === 'place' ? placingMs : callMs),
      )
      this.#waiting.set(id, { method, timer, resolve, reject })
      this.#worker.postMessage({ id, method, args } satisfies Call)
    })
  }

  #settle(answer: Answer) {
    if ('ready' in answer) return
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (!waiting) return
    clearTimeout(waiting.timer)
    if ('error' in answer) waiting.reject(new StoreError(answer.error.code, answer.error.message, { reason: answer.error.reason }))
    else waiting.resolve(answer.result)
  }

  #abandon(cause: Error) {
    this.#closed = true
    for (const { method, timer, reject } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(unanswered(method, 'The SQLite store stopped.', cause))
    }
    this.#waiting.clear()
  }
}

/** Nobody can tell whether a placement that was under way is saved, or will be; everything else can be tried again. */
const unanswered = (method: string, message: string, cause?: Error) =>
  new StoreError(method === 'place' ? 'outcome_unknown' : 'unavailable', message, { cause })

/** @throws when the file is in use by another server, was written by a newer Fresco, or cannot be opened. */
export const openSqliteStore = async ({
  file,
  failpoints = {},
  onFatal = () => undefined,
  onMigration = () => undefined,
  ...deadline
}: SqliteStoreOptions): Promise<Store> => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const unlock = lockFile(file)
  // For the owner only, and so SQLite makes its log. A file that is there keeps the rights that it was given.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  let writer: WorkerCalls
  let reader: WorkerCalls
  try {
    copyBeforeMigration(file, onMigration)
    writer = await WorkerCalls.start({ file, part: 'writer', failpoints, ...deadline }, onFatal)
    reader = await WorkerCalls.start({ file, part: 'reader', checkpoints: true, failpoints: {}, ...deadline }, onFatal)
  } catch (error) {
    unlock()
    throw error
  }

  // Looks at every pixel, and must not keep boards waiting: a thread of its own, once somebody asks.
  let counter: Promise<WorkerCalls> | undefined
  const counting = () => {
    counter ??= WorkerCalls.start({ file, part: 'reader', failpoints: {} }, onFatal)
    return counter
  }

  const closeAll = async () => {
    await (await counter)?.close()
    await reader.close()
    await writer.close()
    unlock()
  }
  let closing: Promise<void> | undefined
  const membership = new MemoryMembership()

  type Method<Part> = keyof Part & string
  const write =
    <Name extends Method<SqliteWriter>>(method: Name) =>
    (...args: Parameters<SqliteWriter[Name]>) =>
      writer.call<ReturnType<SqliteWriter[Name]>>(method, ...args)
  const read =
    <Name extends Method<SqliteReader>>(method: Name) =>
    (...args: Parameters<SqliteReader[Name]>) =>
      reader.call<ReturnType<SqliteReader[Name]>>(method, ...args)

  return {
    kind: 'sqlite',
    async ping() {
      await Promise.all([reader.call('ping'), writer.call('ping')])
    },
    checkWritable: write('checkWritable'),
    ensureCanvas: write('ensureCanvas'),
    listCanvases: read('listCanvases'),
    getCanvas: read('getCanvas'),
    updateCanvas: write('updateCanvas'),
    place: write('place'),
    latestChargeMs: read('latestChargeMs'),
    getCharges: read('getCharges'),
    getPixel: read('getPixel'),
    readUnsequencedPixels: read('readUnsequencedPixels'),
    getReceipt: read('getReceipt'),
    async sequence(options) {
      const packed = await write('sequence')(options)
      const fresh = (packed ? unpackRows(packed) : []).map((row) => unpublishedOf(row, 1))
      return { sequenced: fresh.length, raced: false, fresh }
    },
    async getUnpublished(options) {
      const { attempts, ...packed } = await write('getUnpublished')(options)
      return unpackRows(packed).map((row, index) => unpublishedOf(row, attempts[index] ?? 0))
    },
    async markAsPublished(commits, nowMs) {
      // Pixels are not needed there, and copying them to the other thread would cost more than the update.
      const marks = commits.map(({ id, canvas, tile, seq }) => ({ id, canvas, tile, seq }))
      await writer.call('markAsPublished', marks, nowMs)
    },
    countAttempts: write('countAttempts'),
    noteFailure: write('noteFailure'),
    moveToDeadLetters: write('moveToDeadLetters'),
    listStuck: read('listStuck'),
    resetAttempts: write('resetAttempts'),
    listDeadLetters: read('listDeadLetters'),
    retryDeadLetter: write('retryDeadLetter'),
    discardDeadLetter: write('discardDeadLetter'),
    isPublishingPaused: read('isPublishingPaused'),
    pausePublishing: write('pausePublishing'),
    saveAdminSession: write('saveAdminSession'),
    removeAdminSession: write('removeAdminSession'),
    removeAllAdminSessions: write('removeAllAdminSessions'),
    readAdminSessions: read('readAdminSessions'),
    backlog: read('backlog'),
    async trim(options) {
      let removed = 0
      for (;;) {
        const part = await writer.call<number>('trimPart', options)
        removed += part
        if (part < trimPart) return { removed }
      }
    },
    // One process has this file, so its heartbeat need not be stored.
    beat: async (heartbeat) => membership.beat(heartbeat),
    endBeat: async (id) => membership.endBeat(id),
    readHeartbeats: async () => membership.readHeartbeats(),
    readReports: async () => membership.readReports(),
    savePoint: write('savePoint'),
    readPoints: read('readPoints'),
    readBoard: read('readBoard'),
    async readCommits(options) {
      const page = await read('readCommits')(options)
      if (page?.kind !== 'page') return page
      const { packed, ...rest } = page
      return { ...rest, commits: unpackCommits(packed) }
    },
    readHeads: read('readHeads'),
    projections: {
      readCursors: read('readCursors'),
      async project({ commits, ...options }) {
        const parts = options.name === 'history' ? partsByPosition(commits, historyRowsAtOnce) : [commits]
        for (const [index, part] of parts.entries()) {
          const isLast = index === parts.length - 1
          if (!(await write('project')({ ...options, packed: packCommits(part), isLast }))) return false
        }
        return true
      },
      reset: write('resetProjection'),
      readHistory: read('readHistory'),
      readHistoryPage: read('readHistoryPage'),
      readStats: read('readStats'),
      countStanding: async (canvas) => (await counting()).call('countStanding', canvas),
      saveSnapshot: write('saveSnapshot'),
      readSnapshot: read('readSnapshot'),
      listSnapshots: read('listSnapshots'),
      deleteSnapshots: write('deleteSnapshots'),
    },
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}

/** What an audit or a backup reads beside a server that may be using the file. */
export type SqliteReading = Pick<Store, 'listCanvases' | 'readHeads' | 'readBoard' | 'backlog' | 'listStuck' | 'close'> &
  AuditReading & {
    readonly projections: Pick<ProjectionStore, 'readCursors' | 'readHistory' | 'readHistoryPage' | 'readSnapshot' | 'listSnapshots'>
  }

/** Changes nothing. @throws when there is no such file. */
export const openSqliteReader = async (file: string): Promise<SqliteReading> => {
  if (!existsSync(file)) throw new Error(`There is no database ${file}. DATA_DIR must be the server's folder.`)
  const reader = await WorkerCalls.start({ file, part: 'reader', failpoints: {} }, () => undefined)
  const read =
    <Name extends keyof SqliteReader & string>(method: Name) =>
    (...args: Parameters<SqliteReader[Name]>) =>
      reader.call<ReturnType<SqliteReader[Name]>>(method, ...args)
  return {
    listCanvases: read('listCanvases'),
    readHeads: read('readHeads'),
    readBoard: read('readBoard'),
    backlog: read('backlog'),
    listStuck: read('listStuck'),
    listTiles: read('listTiles'),
    scanLog: read('scanLog'),
    sumStats: read('sumStats'),
    projections: {
      readCursors: read('readCursors'),
      readHistory: read('readHistory'),
      readHistoryPage: read('readHistoryPage'),
      readSnapshot: read('readSnapshot'),
      listSnapshots: read('listSnapshots'),
    },
    close: () => reader.close(),
  }
}
