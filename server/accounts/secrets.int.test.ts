import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { adminTokenFile, loadSecrets, noteSignIn, sessionSecretFile } from './secrets.ts'

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'fresco-secrets-'))
  folders.push(folder)
  return join(folder, 'data')
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

test('secrets are generated at the first start, for the owner only, and read at the next', () => {
  const dataDir = newFolder()
  const made = loadSecrets({ dataDir, adminToken: null, sessionSecret: null })
  expect(made.awaitsOperator).toBe(true)
  expect(made.adminToken.length).toBeGreaterThanOrEqual(32)
  expect(made.sessionSecret).not.toBe(made.adminToken)
  for (const name of [adminTokenFile, sessionSecretFile]) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(dataDir, adminTokenFile), 'utf8')).toBe(`${made.adminToken}\n`)
  expect(loadSecrets({ dataDir, adminToken: null, sessionSecret: null })).toEqual(made)
})

test('secrets of the environment are used, and nothing is written', () => {
  const dataDir = newFolder()
  expect(loadSecrets({ dataDir, adminToken: 'a', sessionSecret: 'b' })).toEqual({
    adminToken: 'a',
    sessionSecret: 'b',
    awaitsOperator: false,
  })
  expect(() => statSync(dataDir)).toThrow('ENOENT')
})

test('each start awaits an operator until one has signed in or ADMIN_TOKEN is set', () => {
  const dataDir = newFolder()
  const load = (adminToken: string | null = null) => loadSecrets({ dataDir, adminToken, sessionSecret: null })
  load()
  expect(load('a'.repeat(32)).awaitsOperator).toBe(false)
  expect(load().awaitsOperator).toBe(true)
  noteSignIn({ dataDir })
  noteSignIn({ dataDir })
  expect(load().awaitsOperator).toBe(false)
})

test('a secret that cannot be written leaves no empty file, and the next start still awaits an operator', () => {
  const dataDir = newFolder()
  const script = `import { loadSecrets } from ${JSON.stringify(join(import.meta.dirname, 'secrets.ts'))}
    loadSecrets({ dataDir: ${JSON.stringify(dataDir)}, adminToken: null, sessionSecret: null })`
  // No file may grow, as on a full disk.
  const { stderr } = spawnSync('bash', ['-c', 'ulimit -f 0; exec "$0" --input-type=module -e "$1"', process.execPath, script])
  expect(String(stderr)).toContain('cannot be written (EFBIG)')
  expect(readdirSync(dataDir)).not.toContain(adminTokenFile)
  expect(loadSecrets({ dataDir, adminToken: null, sessionSecret: null }).awaitsOperator).toBe(true)
})

test('an empty file is refused as a secret', () => {
  const dataDir = newFolder()
  loadSecrets({ dataDir, adminToken: null, sessionSecret: null })
  writeFileSync(join(dataDir, adminTokenFile), '')
  expect(() => loadSecrets({ dataDir, adminToken: null, sessionSecret: null })).toThrow('at least 32 characters')
})
