/** Starts the program of a round, and reads its result. The server itself never touches the folder of the backups, which may hang. */
import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { RoundRequest, RoundResult } from './round.ts'

export interface StartOptions {
  /** Ends the round. */
  readonly signal: AbortSignal
  readonly onBytes: (bytes: number) => void
}

/** Null when the signal ended the round. Never rejects. */
export type StartRound = (request: RoundRequest, options: StartOptions) => Promise<RoundResult | null>

const program = fileURLToPath(new URL('./round-main.ts', import.meta.url))
/** Painting goes first. */
const priority = 10
/** A disk that hangs can keep a killed process from ending. */
const endMs = 2_000
const maxErrorLength = 500

/** `env`: by default that of this process. `maxMs`: a round that takes longer is ended. */
export const createRoundStarter =
  ({ env, maxMs = 12 * 3_600_000 }: { env?: NodeJS.ProcessEnv; maxMs?: number } = {}): StartRound =>
  (request, { signal, onBytes }) =>
    new Promise((resolve) => {
      const args = [program, JSON.stringify(request), String(process.pid)]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(env && { env }) })
      let result: RoundResult | null = null
      let errors = ''
      const end = (detail: string | null) => {
        clearTimeout(limit)
        signal.removeEventListener('abort', stop)
        if (detail === null) resolve(null)
        else resolve(result ?? failed(detail))
      }
      const kill = (detail: string | null) => {
        child.kill('SIGKILL')
        setTimeout(() => end(detail), endMs).unref()
      }
      const stop = () => kill(null)
      const limit = setTimeout(() => kill(`It took longer than ${maxMs / 60_000} minutes.`), maxMs)
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
      child.once('spawn', () => lowerPriority(child.pid))
      child.once('error', ({ message }) => end(`The program could not be started: ${message}.`))
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors = `${errors}${text}`.slice(-maxErrorLength)
      })
      createInterface({ input: child.stdout }).on('line', (line) => {
        const read = parse(line)
        if (read?.bytes !== undefined) onBytes(read.bytes)
        if (read?.result) result = read.result
      })
      child.once('close', (code, killedBy) => {
        if (signal.aborted) return end(null)
        end(`The program ended early (${killedBy ?? `exit code ${code}`}). ${errors.trim()}`.trim())
      })
    })

const failed = (detail: string): RoundResult => ({
  entries: null,
  made: null,
  verified: null,
  removed: [],
  problem: { code: 'interrupted', detail },
})

const lowerPriority = (pid: number | undefined) => {
  try {
    if (pid) setPriority(pid, priority)
  } catch {
    // It has ended already.
  }
}

const parse = (line: string): { bytes?: number; result?: RoundResult } | null => {
  try {
    return JSON.parse(line) as { bytes?: number; result?: RoundResult }
  } catch {
    return null
  }
}
