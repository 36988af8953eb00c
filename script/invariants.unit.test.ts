/** Keeps docs/INVARIANTS.md, the test titles that cite an invariant, and the mutations in step. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mutations } from '../chaos/mutations/mutations.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Invariant {
  readonly id: string
  readonly text: string
  readonly tests: readonly string[]
  readonly mutationNames: readonly string[]
}

const part = (text: string, name: string) => new RegExp(`\\*\\*${name}\\.\\*\\* ([^]*?)(?:\\n\\n|$)`).exec(text)?.[1] ?? ''

const readInvariants = (): readonly Invariant[] =>
  read('docs/INVARIANTS.md')
    .split(/^## /m)
    .slice(1)
    .map((text) => ({
      id: /^A\d+/.exec(text)?.[0] ?? '',
      text,
      tests: [...part(text, 'Tests').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
      mutationNames: [
        ...part(text, 'Mutations')
          .replaceAll('\n', ' ')
          .matchAll(/"([^"]+)"/g),
      ].map((match) => match[1] ?? ''),
    }))

/** The ids at the beginning of each test title in a file. */
const citedIn = (path: string): Set<string> => {
  const titles = read(path).matchAll(/\b(?:test|it|describe)(?:\.\w+(?:\([^)]*\))?)*\(\s*['"`]((?:A\d+ )+)/g)
  return new Set([...titles].flatMap((match) => (match[1] ?? '').trim().split(' ')))
}

const testFiles = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.test.ts', '*.spec.ts', '*contract.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)))

const invariants = readInvariants()
const upcoming = new Set(['A8'])

describe('docs/INVARIANTS.md', () => {
  test('defines A1 to A8 in order, each with a statement and how it is kept', () => {
    expect(invariants.map(({ id }) => id)).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8'])
    for (const { text } of invariants) {
      expect(part(text, 'Statement').length).toBeGreaterThan(20)
      expect(part(text, 'How it is kept').length).toBeGreaterThan(20)
    }
  })

  test('defines every id that a test title cites', () => {
    const defined = new Set(invariants.map(({ id }) => id))
    const undefinedIds = testFiles().flatMap((path) => [...citedIn(path)].filter((id) => !defined.has(id)).map((id) => `${path}: ${id}`))
    expect(undefinedIds).toEqual([])
  })

  test.each(invariants.filter(({ id }) => !upcoming.has(id)))('lists test files of $id that cite it', ({ id, tests }) => {
    expect(tests.length).toBeGreaterThan(0)
    for (const path of tests) {
      expect(existsSync(join(root, path)), path).toBe(true)
      expect([...citedIn(path)], path).toContain(id)
    }
  })

  test.each(invariants)('lists exactly the mutations that break $id', ({ id, mutationNames }) => {
    const breaking = mutations.filter(({ breaks }) => breaks === id).map(({ name }) => name)
    expect([...mutationNames].sort()).toEqual(breaking.sort())
  })
})
