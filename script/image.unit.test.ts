/** There is no Docker here. These tests read the Dockerfile; e2e/image.spec.ts runs what its last stage runs. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { version } from '../server/version.ts'
import { bytesOf, copiedPaths, imageFiles } from './image.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = read('deploy/Dockerfile')
const fromCheckout = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '))
const packageJson = JSON.parse(read('package.json')) as { scripts: object; dependencies: object }

/** Without the base. */
const maxBytes = 300_000_000

test('the files and scripts that the Dockerfile names are in the repository', () => {
  for (const path of fromCheckout.filter((each) => !each.endsWith('*'))) expect(existsSync(join(root, path)), path).toBe(true)
  for (const [, name = ''] of dockerfile.matchAll(/npm run (\S+)/g)) expect(packageJson.scripts, name).toHaveProperty(name)
})

test('the Dockerfile copies everything that the build needs, and its last stage everything that the server needs', () => {
  expect(fromCheckout).toEqual(
    expect.arrayContaining([
      'app',
      'components',
      'lib',
      'server',
      'next.config.mjs',
      'postcss.config.mjs',
      'tsconfig.json',
      'package.json',
    ]),
  )
  expect(copiedPaths()).toEqual(['node_modules', 'package.json', 'next.config.mjs', 'public', 'lib', 'server', '.next'])
})

test('the base is the Node of the tests, and the label is the version of Fresco', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> }
  expect(dockerfile).toContain(`FROM node:${packages['node_modules/node']?.version}-bookworm-slim AS base\n`)
  expect(dockerfile).toContain(`org.opencontainers.image.version="${version}"`)
})

test('the container does not run as root', () => {
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(dockerfile.indexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('\nRUN '))
})

test('the files of the container take less than 300 MB, and none of them is a test', () => {
  const files = imageFiles()
  expect(files.length).toBeGreaterThan(1_000)
  expect(bytesOf(files)).toBeLessThan(maxBytes)
  const own = files.filter((path) => !/^(node_modules|\.next)\//.test(path))
  expect(own.filter((path) => /\.test\.|\.fixture\.|\/testing\//.test(path))).toEqual([])
  expect(own).toContain('server/main.ts')
})

test('what the server imports is in the container', () => {
  const sources = imageFiles().filter((path) => /^(server|lib)\/.*\.ts$/.test(path))
  for (const path of sources) {
    for (const [, name = ''] of read(path).matchAll(/^(?!import type).*(?:from |import\()'([^']+)'/gm)) {
      if (name.startsWith('.'))
        expect(existsSync(join(root, path, '..', name)) && !/\.fixture|testing\//.test(name), `${path}: ${name}`).toBe(true)
      else if (!name.startsWith('node:')) expect(packageJson.dependencies, path).toHaveProperty([/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? ''])
    }
  }
})
