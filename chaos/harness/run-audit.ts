/** Runs `fresco audit` as an operator does: in its own process, with direct connections. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { Cluster } from './cluster.ts'

/** `failed`: the audit ended without a verdict. */
export type AuditVerdict = 'clean' | 'findings' | 'failed'

/** The output is written to `file` unless the verdict is clean. */
export const runAudit = async (cluster: Cluster, file: string): Promise<AuditVerdict> => {
  const child = spawn(process.execPath, ['server/cli/main.ts', 'audit', '--json'], {
    env: { ...process.env, ...cluster.directEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString()
    })
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code === 0) return 'clean'
  writeFileSync(file, output)
  return output.includes('"ok":false') ? 'findings' : 'failed'
}
