/** What the documents name is there: links, decision records, files. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))
const records = documents.filter((path) => /^docs\/decisions\/\d{4}-/.test(path))

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchorsOf = (path: string) => new Set([...read(path).matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? '')))

test.each(documents)('every relative link of %s leads to a file and a heading', (path) => {
  for (const [, target = ''] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue
    const [file = '', anchor] = target.split('#')
    const linked = file === '' ? path : join(dirname(path), file)
    expect(existsSync(join(root, linked)), `${path}: ${target}`).toBe(true)
    if (anchor && linked.endsWith('.md')) expect([...anchorsOf(linked)], `${path}: ${target}`).toContain(anchor)
  }
})

test('a decision record has at most 40 lines', () => {
  expect(records.length).toBeGreaterThan(10)
  for (const path of records) expect(read(path).trimEnd().split('\n').length, path).toBeLessThanOrEqual(40)
})

test('every decision that code or documents name by its number is there', () => {
  const numbers = new Set(records.map((path) => Number(/\d{4}/.exec(path)?.[0])))
  const sources = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.md', '*.mjs'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
  for (const path of sources.filter((each) => existsSync(join(root, each)))) {
    for (const [, number] of read(path).matchAll(/\bdecision (\d+)\b/gi)) {
      expect([...numbers], `${path}: decision ${number}`).toContain(Number(number))
    }
  }
})
