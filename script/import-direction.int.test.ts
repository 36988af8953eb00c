/**
 * The house's directions (app → components → lib ← server, app → server/handle the only bridge) are kept by the linter. Here is
 * the proof that it looks: violations are planted in a folder of their own beside a copy of the rules, and it has to find them.
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

const uses = (module: string) => `import * as planted from '${module}'\nexport const used = planted\n`

test.each([
  ['lib/planted.ts', '../server/config.ts'],
  ['lib/planted.ts', '../components/FullPageMessage.tsx'],
  ['lib/planted.ts', '../app/layout.tsx'],
  ['lib/planted.ts', '../bench/main.ts'],
  ['lib/words/planted.ts', '../../server/config.ts'],
  ['lib/planted.unit.test.ts', '../server/config.ts'],
  ['lib/planted.ts', 'node:fs'],
  ['lib/planted.ts', 'react'],
  ['lib/planted.ts', 'react/jsx-runtime'],
  ['lib/planted.ts', 'react-dom'],
  ['lib/planted.ts', 'next/headers'],
  ['server/planted.ts', '../components/FullPageMessage.tsx'],
  ['server/planted.ts', '../app/layout.tsx'],
  ['server/planted.ts', '../bench/framework/statistics.ts'],
  ['server/http/planted.ts', '../../app/api/pixels/route.ts'],
  ['server/planted.ts', 'react'],
  ['server/planted.ts', 'react-dom/server'],
  ['components/planted.tsx', '../server/config.ts'],
  ['components/planted.tsx', '../server/handle.ts'],
  ['components/planted.tsx', '../app/layout.tsx'],
  ['components/planted.tsx', 'node:fs'],
  ['components/canvas/engine/planted.ts', 'react'],
  ['components/canvas/engine/planted.ts', 'react-dom/client'],
  ['components/canvas/engine/planted.ts', 'node:fs'],
  ['components/canvas/engine/planted.ts', '../Dock.tsx'],
  ['components/canvas/engine/planted.ts', '../../../server/config.ts'],
  ['components/canvas/engine/planted.ts', '../../../app/layout.tsx'],
  ['components/canvas/session/planted.ts', 'react'],
  ['components/canvas/session/planted.ts', '../../../server/config.ts'],
  ['app/planted.tsx', '../server/container.ts'],
  ['app/planted.tsx', '../server/http/handle.ts'],
  ['app/api/pixels/planted.ts', '../../../server/http/router.ts'],
])('%s may not import %s', (path, module) => {
  expect(brokenRules(path, uses(module))).toContain('style/noRestrictedImports')
})

test.each([
  ['app/planted.tsx', '../server/handle.ts'],
  ['app/api/pixels/planted.ts', '../../../server/handle.ts'],
  ['app/planted.tsx', '../components/FullPageMessage.tsx'],
  ['app/planted.tsx', '../lib/codec.ts'],
  ['components/planted.tsx', '../lib/codec.ts'],
  ['components/planted.tsx', 'react'],
  ['components/canvas/engine/planted.ts', '../../../lib/codec.ts'],
  ['server/planted.ts', '../lib/codec.ts'],
  ['server/planted.ts', 'node:fs'],
  ['lib/planted.ts', './codec.ts'],
  ['lib/planted.unit.test.ts', 'node:fs'],
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
  expect(brokenRules('lib/planted.ts', code)).toContain('style/noRestrictedImports')
})

test('a module of Node cannot hide behind its old name', () => {
  expect(brokenRules('lib/planted.ts', uses('fs'))).toEqual(['style/useNodejsImportProtocol'])
})

test('only config.ts reads the environment', () => {
  const code = 'export const port = process.env.PORT\n'
  for (const path of ['server/planted.ts', 'server/cli/planted.ts', 'lib/planted.ts', 'components/planted.tsx', 'app/planted.tsx']) {
    expect(brokenRules(path, code), path).toEqual(['style/noProcessEnv'])
  }
  expect(brokenRules('server/config.ts', code)).toEqual([])
})

test('nothing writes to the console', () => {
  for (const path of ['server/planted.ts', 'lib/planted.ts', 'components/planted.tsx', 'app/planted.tsx']) {
    expect(brokenRules(path, "console.log('planted')\n"), path).toEqual(['suspicious/noConsole'])
  }
})
