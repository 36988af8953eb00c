/**
 * The program that runs one round of the scheduled backups, as a child of the server: a disk that is slow, full or gone then affects neither the
 * memory nor the event loop of the server. Prints JSON lines: `{ bytes }` while it writes, and at the end the result.
 *
 *     node server/backup/round-main.ts REQUEST PARENT_PID
 */
import { writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { processConfig } from '../config.ts'
import type { RoundResult } from './round.ts'
import { type RoundRequest, runRound } from './round.ts'
import type { WatchData } from './round-watch.ts'

const request = JSON.parse(process.argv[2] ?? '') as RoundRequest
const finish = (result: RoundResult) => {
  writeSync(1, `${JSON.stringify({ result })}\n`)
  process.exit(0)
}
const fail = (detail: string) => finish({ entries: null, made: null, verified: null, removed: [], problem: { code: 'failed', detail } })

const read = processConfig()
if (!read.ok) fail(`Invalid environment variables: ${read.mistakes.join('; ')}`)
else if (!read.config.backups) fail('BACKUP_DIR is not set.')
else {
  const { config } = read
  const { backups } = read.config
  const watchData: WatchData = { parent: Number(process.argv[3]), dir: backups?.dir ?? '', floorBytes: request.floorBytes }
  const watch = new Worker(new URL('./round-watch.ts', import.meta.url), { workerData: watchData })
  watch.unref()
  if (backups) finish(await runRound(request, { config, backups, onFolder: (folder) => watch.postMessage(folder) }))
}
