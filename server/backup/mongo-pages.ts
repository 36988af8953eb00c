/** Reads collections as of one moment, page by page. Each page is one command, so a failed page is read again and nothing else is. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import mongoose, { type ClientSession, type Connection } from 'mongoose'
import { durable, inside, long, transactionOptions } from '../store/mongo/command-options.ts'
import type { AnyDocument } from './bson-file.ts'
import { BackupError } from './manifest.ts'

/** MongoDB also ends a page at 16 MB. */
const pageDocuments = 10_000
/** An election takes up to 12 s. */
const maxTries = 20
const retryPauseMs = 1_000

/** Overrides the read concern of the URI, because `atClusterTime` needs `snapshot`. */
const readConcern = { level: 'snapshot' as const }

const codeOf = (error: unknown) => Number((error as { code?: unknown } | null)?.code)

/**
 * A server can accept a snapshot session and return newer data all the same. It then returns a probe that is written after the first read.
 */
const keepsSnapshot = async (connection: Connection, session: ClientSession): Promise<boolean> => {
  const meta = connection.collection<{ _id: string }>('meta')
  const probe = { _id: `backup-probe/${randomUUID()}` }
  const find = () => meta.findOne(probe, { readConcern, ...inside(session) })
  // The first read of a session chooses its moment.
  await find()
  try {
    await meta.insertOne({ ...probe }, durable)
    return (await find()) === null
  } finally {
    await meta.deleteOne(probe, durable)
  }
}

const unauthorized = 13

export interface Reading {
  readonly session: ClientSession
  readonly isTransaction: boolean
}

/** All reads of the session have the data of one moment: of a snapshot if the server keeps snapshots, else of a transaction. */
export const startReading = async (connection: Connection): Promise<Reading> => {
  const session = await connection.startSession({ snapshot: true })
  const isKept = await keepsSnapshot(connection, session).catch((error: unknown) => {
    if (codeOf(error) === unauthorized) return false
    throw error
  })
  if (isKept) return { session, isTransaction: false }
  await session.endSession()
  const transaction = await connection.startSession()
  transaction.startTransaction(transactionOptions)
  return { session: transaction, isTransaction: true }
}

/** SnapshotTooOld, SnapshotUnavailable. */
const lostSnapshot = [239, 246]
/** NoSuchTransaction, TransactionExceededLifetimeLimitSeconds. */
const endedTransaction = [251, 290]

/** The error with a remedy, if there is one. */
export const explained = (cause: unknown) => {
  const [problem, remedy] = lostSnapshot.includes(codeOf(cause))
    ? ['MongoDB no longer keeps the moment that the backup reads', 'minSnapshotHistoryWindowInSeconds (300) above the time of a backup']
    : ['MongoDB ended the transaction before everything was read', 'transactionLifetimeLimitSeconds (60)']
  const isKnown = [...lostSnapshot, ...endedTransaction].includes(codeOf(cause))
  return isKnown ? new BackupError(`${problem}. Raise its parameter ${remedy} and try again.`, { cause }) : cause
}

type Collection = mongoose.mongo.Collection<AnyDocument>

/** A failed page is read again in the same snapshot. A failure ends a transaction. */
const readPage = async (collection: Collection, { session, isTransaction }: Reading, filter: AnyDocument): Promise<Uint8Array[]> => {
  const options = { raw: true, sort: { _id: 1 }, limit: pageDocuments, batchSize: pageDocuments, singleBatch: true, readConcern } as const
  for (let tries = 1; ; tries++) {
    try {
      return (await collection.find(filter, { ...options, ...long.inside(session) }).toArray()) as unknown as Uint8Array[]
    } catch (error) {
      if (isTransaction || lostSnapshot.includes(codeOf(error)) || tries >= maxTries) throw error
      await wait(retryPauseMs)
    }
  }
}

/** The encoded documents. A page ends before its limit when it is full, so only an empty page is the end. */
export async function* readPages(collection: Collection, reading: Reading): AsyncGenerator<Uint8Array> {
  let filter: AnyDocument = {}
  for (;;) {
    const page = await readPage(collection, reading, filter)
    const last = page.at(-1)
    if (!last) return
    yield* page
    filter = { _id: { $gt: mongoose.mongo.BSON.deserialize(last)['_id'] } }
  }
}
