/**
 * Makes known mistakes, one at a time, in a copy of the project, and shows which tests fail for each. Exits with 1 if no test
 * fails for a mistake: a test is then missing.
 *
 *     npm run mutations [-- NAME…]      only those whose name contains one of these words
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { applyEdit, type Mutation } from './mutation.ts'
import { mutations } from './mutations.ts'

const root = join(import.meta.dirname, '../..')
const names = process.argv.slice(2)
const chosen = mutations.filter(({ name }) => names.length === 0 || names.some((word) => name.includes(word)))

const reportSchema = z.object({
  numTotalTests: z.number(),
  testResults: z.array(
    z.object({ message: z.string(), assertionResults: z.array(z.object({ status: z.string(), fullName: z.string(), title: z.string() })) }),
  ),
})

/** The tests of one mutation take a minute at most. */
const testsTimeoutMs = 600_000

const copyProject = () => {
  const copy = mkdtempSync(join(tmpdir(), 'fresco-mutations-'))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root }).toString()
  for (const file of files.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

const runTests = async (copy: string, tests: readonly string[]) => {
  const output = join(copy, 'mutation-report.json')
  rmSync(output, { force: true })
  const signal = AbortSignal.timeout(testsTimeoutMs)
  const vitest = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...tests, '--reporter=json', `--outputFile=${output}`], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  })
  vitest.on('error', () => undefined)
  let errorOutput = ''
  vitest.stderr.on('data', (data) => {
    errorOutput += String(data)
  })
  await once(vitest, 'exit')
  try {
    const report = reportSchema.parse(JSON.parse(readFileSync(output, 'utf8')))
    const results = report.testResults.flatMap(({ assertionResults }) => assertionResults)
    return { total: report.numTotalTests, red: results.filter(({ status }) => status === 'failed').map(({ title }) => title) }
  } catch (cause) {
    throw new Error(`the tests did not finish: ${errorOutput}`, { cause })
  }
}

const runMutation = async (copy: string, { edits, tests }: Mutation) => {
  const originals = new Map(edits.map(({ file }) => [file, readFileSync(join(copy, file), 'utf8')]))
  try {
    for (const edit of edits) writeFileSync(join(copy, edit.file), applyEdit(readFileSync(join(copy, edit.file), 'utf8'), edit))
    return await runTests(copy, tests)
  } finally {
    for (const [file, text] of originals) writeFileSync(join(copy, file), text)
  }
}

const print = (line: string) => process.stdout.write(`${line}\n`)

if (chosen.length === 0) {
  process.stderr.write(`There is no such mutation. There are:\n${mutations.map(({ name }) => `  ${name}\n`).join('')}`)
  process.exit(2)
}
const copy = copyProject()
try {
  const healthy = await runTests(copy, [...new Set(chosen.flatMap(({ tests }) => tests))])
  if (healthy.red.length > 0) throw new Error(`without a mutation, these tests fail: ${healthy.red.join(', ')}`)
  print(`Without a mutation, all ${healthy.total} tests pass.\n`)
  print('| mutation | breaks | failed tests | the first of them |')
  print('|---|---|---|---|')
  const green: string[] = []
  for (const mutation of chosen) {
    const { red } = await runMutation(copy, mutation)
    if (red.length === 0) green.push(mutation.name)
    print(`| ${mutation.name} | ${mutation.breaks} | ${red.length} | ${red[0] ?? '**none: a test is missing**'} |`)
  }
  print(`\nThe tests detect ${chosen.length - green.length} of ${chosen.length}.`)
  if (green.length > 0) process.exitCode = 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}
