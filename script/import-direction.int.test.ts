/** The house's directions (app → components → lib ← server, app → server/handle) are kept by the linter. Here is the proof that it looks. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const planted: string[] = []
afterEach(() => {
  for (const file of planted.splice(0)) rmSync(file)
})

const lint = (path: string, code: string) => {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, code)
  planted.push(file)
  const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', file], { cwd: root, encoding: 'utf8' })
  return stdout + stderr
}

const uses = (path: string) => `import * as planted from '${path}'\nexport const used = planted\n`

test.each([
  ['lib/planted.ts', '../server/config.ts'],
  ['lib/planted.ts', '../components/FullPageMessage.tsx'],
  ['lib/planted.ts', 'node:fs'],
  ['lib/planted.ts', 'react'],
  ['server/planted.ts', '../components/FullPageMessage.tsx'],
  ['server/planted.ts', 'react'],
  ['components/planted.ts', '../server/config.ts'],
  ['components/planted.ts', 'node:fs'],
  ['components/canvas/engine/planted.ts', 'react'],
  ['app/planted.ts', '../server/container.ts'],
])('%s may not import %s', (path, imported) => {
  expect(lint(path, uses(imported))).toContain('noRestrictedImports')
})

test.each([
  ['app/planted.ts', '../server/handle.ts'],
  ['app/planted.ts', '../components/FullPageMessage.tsx'],
  ['components/planted.ts', '../lib/codec.ts'],
  ['server/planted.ts', '../lib/codec.ts'],
])('%s may import %s', (path, imported) => {
  expect(lint(path, uses(imported))).not.toContain('noRestrictedImports')
})

test('only config.ts reads the environment', () => {
  expect(lint('server/planted.ts', 'export const port = process.env.PORT\n')).toContain('noProcessEnv')
})
