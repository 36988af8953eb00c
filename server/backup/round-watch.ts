/**
 * A thread that watches a round, because copying a SQLite database blocks the main thread. It ends the round when the server has ended or the disk
 * gets full, and reports how much is written.
 */
import { readdirSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { RoundResult } from './round.ts'

export interface WatchData {
  /** The process id of the server. */
  readonly parent: number
  readonly dir: string
  readonly floorBytes: number
}

const everyMs = 500
const { parent, dir, floorBytes } = workerData as WatchData

const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)

const end = () => process.kill(process.pid, 'SIGKILL')
const print = (line: unknown) => writeSync(1, `${JSON.stringify(line)}\n`)

const stopWhenFull = () => {
  const { bavail, bsize } = statfsSync(dir)
  // The round has checked for twice of what it needs, so something else fills the disk, or the database has grown much.
  if (bavail * bsize >= floorBytes / 2) return
  const problem = { code: 'disk_full', detail: `The disk of ${dir} was almost full, so Fresco stopped.` } as const
  const result: RoundResult = { entries: null, made: null, verified: null, removed: [], problem }
  print({ result })
  end()
}

const check = (folder: string) => {
  // A process whose parent ends gets another one.
  if (process.ppid !== parent) end()
  try {
    print({ bytes: sizeOf(folder) })
    stopWhenFull()
  } catch {
    // The main thread reports errors of the folder.
  }
}

parentPort?.once('message', (folder: string) => setInterval(() => check(folder), everyMs))
setInterval(() => {
  if (process.ppid !== parent) end()
}, everyMs)
