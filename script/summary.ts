/**
 * Adds up what the test runners counted. Prints what failed, and the counts as the last line of `script/test`. A runner that left no
 * count has failed, and under REQUIRE_SERVICES=1 a skipped test has, too.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { z } from 'zod'

const folder = process.argv[2] ?? ''
const total = { passed: 0, failed: 0, skipped: 0 }
const failures: string[] = []

const add = <Shape extends z.ZodType>(file: string, shape: Shape, count: (report: z.output<Shape>) => typeof total) => {
  const path = join(folder, file)
  const parsed = existsSync(path) ? shape.safeParse(JSON.parse(readFileSync(path, 'utf8'))) : null
  if (!parsed?.success) {
    failures.push(`${file} holds no count: the runner did not finish.`)
    total.failed++
    return
  }
  const counted = count(parsed.data)
  total.passed += counted.passed
  total.failed += counted.failed
  total.skipped += counted.skipped
}

const step = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() })
const vitest = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) })),
    }),
  ),
})
const spec = z.object({
  title: z.string(),
  file: z.string(),
  tests: z.array(z.object({ projectName: z.string(), status: z.enum(['skipped', 'expected', 'unexpected', 'flaky']) })),
})
const suite = z.object({
  specs: z.array(spec),
  get suites() {
    return z.array(suite).optional()
  },
})
const playwright = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  suites: z.array(suite),
})

const firstLines = (text = '') => text.split('\n').slice(0, 4).join('\n    ')

const nameFailures = ({ testResults }: z.output<typeof vitest>) => {
  for (const { name, status, message, assertionResults } of testResults) {
    const file = relative(process.cwd(), name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    for (const test of failed) failures.push(`${file}: ${test.fullName}\n    ${firstLines(test.failureMessages[0])}`)
    if (status === 'failed' && failed.length === 0) failures.push(`${file}: ${firstLines(message)}`)
  }
}

const nameSpecs = (suites: readonly z.output<typeof suite>[]) => {
  for (const { specs, suites: inner = [] } of suites) {
    for (const { title, file, tests } of specs) {
      for (const { projectName, status } of tests) {
        if (status === 'unexpected') failures.push(`e2e/${file} [${projectName}]: ${title}`)
        if (status === 'flaky') process.stdout.write(`passed at the second try: e2e/${file} [${projectName}]: ${title}\n`)
      }
    }
    nameSpecs(inner)
  }
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.step'))) {
  add(file, step, (report) => {
    if (report.failed > 0) failures.push(file.slice(0, -'.step'.length))
    return report
  })
}
add('vitest.json', vitest, (report) => {
  nameFailures(report)
  return {
    passed: report.numPassedTests,
    // A file that could not be loaded has no tests to fail.
    failed: Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0),
    skipped: report.numPendingTests + report.numTodoTests,
  }
})
add('playwright.json', playwright, ({ stats, suites }) => {
  nameSpecs(suites)
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
})

for (const failure of failures) process.stdout.write(`failed: ${failure}\n`)
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
const required = process.env['REQUIRE_SERVICES'] === '1'
if (total.passed === 0 || total.failed > 0 || (required && total.skipped > 0)) process.exitCode = 1
