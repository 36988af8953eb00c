/**
 * The linter enforces the import directions (app → components → lib ← server; app → server/handle is the only bridge).
 * These tests write violations into a temporary folder beside a copy of the rules and expect the linter to report them.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const house = mkdtempSync(join(tmpdir(), 'fresco-house-'))
copyFileSync(join(root, 'biome.json'), join(house, 'biome.json'))
afterAll(() => rmSync(house, { recursive: true }))

/** The rules that the linter finds broken in this code, if it stood at this path. */
const brokenRules = (path: string, code: string): string[] => {
  const file = join(house, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, code)
  const command = ['lint', '--vcs-enabled=false', '--reporter=json', file]
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/biome'), command, { cwd: house, encoding: 'utf8' })
  rmSync(file)
  const report = JSON.parse(stdout) as { summary: { changed: number; unchanged: number }; diagnostics: { category: string }[] }
  expect(report.summary.changed + report.summary.unchanged, 'files looked at').toBe(1)
  return report.diagnostics.map((diagnostic) => diagnostic.category.replace(/^lint\//, ''))
}

const uses = (module: string) => `import * as example from '${module}'\nexport const used = example\n`

test.each([
  ['lib/example.ts', '../server/config.ts'],
  ['lib/example.ts', '../components/FullPageMessage.tsx'],
  ['lib/example.ts', '../app/layout.tsx'],
  ['lib/example.ts', '../bench/main.ts'],
  ['lib/words/example.ts', '../../server/config.ts'],
  ['lib/example.unit.test.ts', '../server/config.ts'],
  ['lib/example.ts', 'node:fs'],
  ['lib/example.ts', 'react'],
  ['lib/example.ts', 'react/jsx-runtime'],
  ['lib/example.ts', 'react-dom'],
  ['lib/example.ts', 'next/headers'],
  ['server/example.ts', '../components/FullPageMessage.tsx'],
  ['server/example.ts', '../app/layout.tsx'],
  ['server/example.ts', '../bench/framework/statistics.ts'],
  ['server/http/example.ts', '../../app/api/pixels/route.ts'],
  ['server/example.ts', 'react'],
  ['server/example.ts', 'react-dom/server'],
  ['server/placement/example.ts', '../http/problem.ts'],
  ['server/placement/example.ts', '../realtime/gateway.ts'],
  ['server/accounts/example.ts', '../http/exchange.ts'],
  ['server/limits/example.ts', '../http/problem.ts'],
  ['server/publishing/example.ts', '../realtime/gateway.ts'],
  ['server/broadcasting/example.ts', '../realtime/gateway.ts'],
  ['server/projecting/example.ts', '../http/api.ts'],
  ['server/observability/example.ts', '../http/health.ts'],
  ['server/store/example.ts', '../http/problem.ts'],
  ['server/store/sqlite/example.ts', '../../http/problem.ts'],
  ['server/stream/redis/example.ts', '../../realtime/gateway-socket.ts'],
  ['server/audit/example.ts', '../http/api.ts'],
  ['server/backup/example.ts', '../http/api.ts'],
  ['server/pictures/example.ts', '../http/api.ts'],
  ['server/placement/example.ts', '../../components/FullPageMessage.tsx'],
  ['server/placement/example.ts', 'react'],
  ['components/example.tsx', '../server/config.ts'],
  ['components/example.tsx', '../server/handle.ts'],
  ['components/example.tsx', '../app/layout.tsx'],
  ['components/example.tsx', 'node:fs'],
  ['components/canvas/engine/example.ts', 'react'],
  ['components/canvas/engine/example.ts', 'react-dom/client'],
  ['components/canvas/engine/example.ts', 'node:fs'],
  ['components/canvas/engine/example.ts', '../Dock.tsx'],
  ['components/canvas/engine/example.ts', '../../../server/config.ts'],
  ['components/canvas/engine/example.ts', '../../../app/layout.tsx'],
  ['components/canvas/session/example.ts', 'react'],
  ['components/canvas/session/example.ts', '../../../server/config.ts'],
  ['app/example.tsx', '../server/container.ts'],
  ['app/example.tsx', '../server/http/handle.ts'],
  ['app/api/pixels/example.ts', '../../../server/http/router.ts'],
])('%s may not import %s', (path, module) => {
  expect(brokenRules(path, uses(module))).toContain('style/noRestrictedImports')
})

test.each([
  ['app/example.tsx', '../server/handle.ts'],
  ['app/api/pixels/example.ts', '../../../server/handle.ts'],
  ['app/example.tsx', '../components/FullPageMessage.tsx'],
  ['app/example.tsx', '../lib/codec.ts'],
  ['components/example.tsx', '../lib/codec.ts'],
  ['components/example.tsx', 'react'],
  ['components/canvas/engine/example.ts', '../../../lib/codec.ts'],
  ['server/example.ts', '../lib/codec.ts'],
  ['server/example.ts', 'node:fs'],
  ['server/placement/example.ts', '../store/port.ts'],
  ['server/http/example.ts', '../placement/port.ts'],
  ['server/realtime/example.ts', '../http/problem.ts'],
  ['server/placement/example.unit.test.ts', '../http/problem.ts'],
  ['lib/example.ts', './codec.ts'],
  ['lib/example.unit.test.ts', 'node:fs'],
])('%s may import %s', (path, module) => {
  expect(brokenRules(path, uses(module))).toEqual([])
})

test.each([
  ['a type', "import type { Config } from '../server/config.ts'\nexport type Used = Config\n"],
  ['a re-export', "export { readConfig } from '../server/config.ts'\n"],
  ['a re-export of everything', "export * as config from '../server/config.ts'\n"],
  ['an import for its effect', "import '../server/config.ts'\n"],
  ['an import at run time', "export const used = await import('../server/config.ts')\n"],
])('%s is an import too', (_, code) => {
  expect(brokenRules('lib/example.ts', code)).toContain('style/noRestrictedImports')
})

test('a module of Node cannot hide behind its old name', () => {
  expect(brokenRules('lib/example.ts', uses('fs'))).toEqual(['style/useNodejsImportProtocol'])
})

test('only config.ts reads the environment', () => {
  const code = 'export const port = process.env.PORT\n'
  for (const path of ['server/example.ts', 'server/cli/example.ts', 'lib/example.ts', 'components/example.tsx', 'app/example.tsx']) {
    expect(brokenRules(path, code), path).toEqual(['style/noProcessEnv'])
  }
  expect(brokenRules('server/config.ts', code)).toEqual([])
})

test('nothing writes to the console', () => {
  for (const path of ['server/example.ts', 'lib/example.ts', 'components/example.tsx', 'app/example.tsx']) {
    expect(brokenRules(path, "console.log('example')\n"), path).toEqual(['suspicious/noConsole'])
  }
})
