/** `doctor`: the checks of `/admin/settings`, by the running server; without one, those that need no server. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { bySeverity, type CheckResult, type ChecksReport, countStatuses } from '../../lib/checks.ts'
import { findingText } from '../../lib/words/checks-words.ts'
import { operationsWords } from '../../lib/words/operations-words.ts'
import { sessionSecretFile } from '../accounts/secrets.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { runDoctor } from '../doctor/all-checks.ts'
import { createProbeNonces } from '../doctor/probe-nonces.ts'
import { parseArguments } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure } from './command.ts'
import { adminServer, configOf, requestJson } from './running-server.ts'

const help = `fresco doctor [--json] [--url URL]

Checks this installation from outside and inside: public address, certificate, proxy, sockets, clock, disk, memory, rights of files, secrets,
versions, database, indexes and Redis. A running server makes the checks. Without one, the command makes those that need none, and lists the
others as not checked. Nothing is changed. Exits 1 if there is a problem. SETUP_GUIDE.md explains each check.

  --json      one JSON object instead of lines
  --url URL   the server`

const resultSchema = z.object({
  check: z.string(),
  subject: z.string().nullable(),
  status: z.enum(['problem', 'warning', 'unknown', 'ok']),
  finding: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
})
const answerSchema = z.object({ report: z.object({ at: z.string(), tookMs: z.number(), results: z.array(resultSchema).max(1_000) }) })

/** @throws {CommandFailure} when no server answers, or it refuses. */
const askServer = async (context: CommandContext, url: string | undefined): Promise<ChecksReport> => {
  const server = await adminServer(context, url)
  const { report } = await requestJson(answerSchema, {
    url: new URL('/api/admin/checks', server.url),
    method: 'GET',
    headers: server.headers,
  })
  // A newer server may have codes that this version does not know. `findingText` shows them as they are.
  return report as ChecksReport
}

const secretOf = ({ sessionSecret, dataDir }: Config): string => {
  const file = join(dataDir, sessionSecretFile)
  return sessionSecret ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : 'none')
}

const checkHere = (config: Config): Promise<ChecksReport> => {
  const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const nonces = createProbeNonces({ sessionSecret: secretOf(config), now: systemClock.now, randomBytes })
  return runDoctor({ config, clock: systemClock, nonces, server: null })
}

const printResults = ({ print }: CommandContext, results: readonly CheckResult[]) => {
  const words = operationsWords
  for (const result of bySeverity(results)) {
    const { title, says, remedy } = findingText(words, result)
    print(`${words.t(`checks.statuses.${result.status}`).padEnd(13)}${title}: ${says}`)
    if (remedy !== null && result.status !== 'ok') print(`${' '.repeat(13)}${words.t('checks.cli.remedy', { text: remedy })}`)
  }
  const { problem, warning, unknown, ok } = countStatuses(results)
  print(words.t('checks.cli.sum', { all: results.length, problems: problem, warnings: warning, unknown, ok }))
}

const run = async (context: CommandContext) => {
  const { values } = parseArguments(context.args, { json: { type: 'boolean', default: false }, url: { type: 'string' } })
  const config = configOf(context)
  const report = await askServer(context, values.url).catch((error: unknown) => {
    if (!(error instanceof CommandFailure) || values.url !== undefined) throw error
    context.progress(error.message)
    return checkHere(config)
  })
  const { problem } = countStatuses(report.results)
  if (values.json) context.print(JSON.stringify({ ...report, ok: problem === 0 }))
  else printResults(context, report.results)
  if (problem > 0) throw new CommandFailure(problem === 1 ? 'There is a problem.' : `There are ${problem} problems.`)
}

export const doctorCommand: Command = { name: 'doctor', summary: 'checks the installation, and says what to do', help, run }
