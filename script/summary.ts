/**
 * Adds up what the test runners counted, and prints it as the last line of `script/test`. A runner that left no count has
 * failed, and under REQUIRE_SERVICES=1 a skipped test has, too.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const folder = process.argv[2] ?? ''
const total = { passed: 0, failed: 0, skipped: 0 }

const add = <Shape extends z.ZodType>(file: string, shape: Shape, count: (report: z.output<Shape>) => typeof total) => {
  const path = join(folder, file)
  const parsed = existsSync(path) ? shape.safeParse(JSON.parse(readFileSync(path, 'utf8'))) : null
  if (!parsed?.success) {
    process.stderr.write(`${file} holds no count: the runner did not finish.\n`)
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
})
const playwright = z.object({ stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }) })

for (const file of readdirSync(folder).filter((name) => name.endsWith('.step'))) add(file, step, (report) => report)
add('vitest.json', vitest, (report) => ({
  passed: report.numPassedTests,
  // A file that could not be loaded has no tests to fail.
  failed: Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0),
  skipped: report.numPendingTests + report.numTodoTests,
}))
add('playwright.json', playwright, ({ stats }) => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected,
  skipped: stats.skipped,
}))

process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
const required = process.env['REQUIRE_SERVICES'] === '1'
if (total.passed === 0 || total.failed > 0 || (required && total.skipped > 0)) process.exitCode = 1
