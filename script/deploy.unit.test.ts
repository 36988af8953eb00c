/** The files for a start without Docker name only what exists. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFlags, startEnvironment } from '../server/testing/as-started.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = read('deploy/Dockerfile')

test('every start command has the flags that the tests and the benchmarks use', () => {
  const flags = nodeFlags.join(' ')
  const environment = Object.entries(startEnvironment).map(([name, value]) => `${name}=${value}`)
  const { start } = (JSON.parse(read('package.json')) as { scripts: { start: string } }).scripts
  expect(start).toBe(`${environment.join(' ')} exec node ${flags} server/main.ts`)
  expect(read('script/server')).toContain(`export ${environment.join(' ')}\nexec "$(node -p 'process.execPath')" ${flags} server/main.ts`)
  expect(JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '')).toEqual(['node', ...nodeFlags, 'server/main.ts'])
})

test('the container installs from the lock file, which has a checksum for every package', () => {
  expect(dockerfile).toContain('npm ci ')
  expect(`${dockerfile}${read('script/lib.sh')}`).not.toMatch(/npm install/)
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity?: string; inBundle?: boolean }> }
  // A bundled package is part of another one, whose checksum covers it.
  const fetched = Object.entries(packages).filter(([path, { inBundle }]) => path !== '' && !inBundle)
  expect(fetched.length).toBeGreaterThan(300)
  for (const [path, { integrity }] of fetched) expect(integrity, path).toMatch(/^sha512-/)
})
