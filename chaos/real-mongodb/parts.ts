/** The parts of a run. Each is a command of this project that uses the replica set as MONGODB_TEST_URI. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Part {
  readonly name: string
  readonly does: string
  readonly args: readonly string[]
}

const vitest = (...files: string[]) => ['node_modules/vitest/vitest.mjs', 'run', '--project', 'int', ...files]
const chaos = (...args: string[]) => ['chaos/main.ts', ...args, '--stack', 'services', '--direct', '--replica-set']
const oneFault = (only: string) => chaos('matrix', '--placements', '5000', '--only', only)

export const partsOf = ({ minutes }: { minutes: string }): readonly Part[] => [
  {
    name: 'contract',
    does: 'the contract of the store, the plan of each of its queries, and the checks of a start',
    args: vitest('server/store/mongo/mongo-store.int.test.ts', 'server/store/mongo/open-mongo.int.test.ts'),
  },
  { name: 'race', does: 'six processes place and sequence on the same pixels', args: vitest('server/store/mongo/race.int.test.ts') },
  { name: 'failover', does: 'the primary steps down five times under load (replSetStepDown)', args: oneFault('the primary steps down') },
  {
    name: 'partition',
    does: 'five times under load, no other member replicates (fsync with lock) and the primary steps down; then they are unlocked',
    args: oneFault('cut off from a majority'),
  },
  {
    name: 'chaos',
    does: `random faults of processes, Redis and the replica set for ${minutes} minutes`,
    args: chaos('--minutes', minutes),
  },
]

interface PartResult {
  readonly name: string
  readonly passed: boolean
  readonly seconds: number
  /** The file with its output. */
  readonly log: string
}

interface RunOptions {
  readonly uri: string
  readonly signal: AbortSignal
  readonly print: (line: string) => void
}

const runPart = async ({ name, args }: Part, folder: string, { uri, signal }: RunOptions): Promise<PartResult> => {
  const began = performance.now()
  const log = join(folder, `${name}.log`)
  const output = openSync(log, 'w')
  const env = { ...process.env, MONGODB_TEST_URI: uri }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', output, output] })
  const stop = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop)
  const [code] = (await once(child, 'close')) as [number | null]
  signal.removeEventListener('abort', stop)
  closeSync(output)
  return { name, passed: code === 0, seconds: (performance.now() - began) / 1_000, log }
}

const lineOf = ({ name, passed, seconds, log }: PartResult) =>
  `${passed ? 'PASS' : 'FAIL'}  ${name.padEnd(9)} ${seconds.toFixed(0).padStart(4)} s${passed ? '' : `  ${log}`}`

/** Prints a verdict with a line for each part. Returns whether all parts passed; after an abort, they did not. */
export const runParts = async (parts: readonly Part[], options: RunOptions): Promise<boolean> => {
  const { signal, print } = options
  const folder = mkdtempSync(join(tmpdir(), 'fresco-real-mongodb-'))
  const results: PartResult[] = []
  for (const part of parts) {
    if (signal.aborted) break
    print(`▸ ${part.name}: ${part.does}`)
    results.push(await runPart(part, folder, options))
  }
  const passed = !signal.aborted && results.every((result) => result.passed)
  for (const result of results) print(lineOf(result))
  print(passed ? 'PASS: Fresco works on this MongoDB.' : 'FAIL: the files above have the output.')
  if (passed) rmSync(folder, { recursive: true })
  return passed
}
