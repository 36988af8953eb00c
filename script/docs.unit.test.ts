/** The documents agree with the repository: links, file names, decision records. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, matchesGlob } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))
const documents = files.filter((path) => path.endsWith('.md'))
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

/** Files that Fresco, its tools or a host makes; the documents name them, and the repository does not hold them. */
const generated = ['public-url.json', 'manifest.json', 'faults.md', 'faults.json', 'rules.md']

/** Every directory that holds a file. */
const folders = new Set(files.flatMap((path) => path.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'))))

/** The texts in backticks that have the form of a file or folder of the repository. */
const namedFiles = (document: string) =>
  [...document.replaceAll(/^```.*?^```/gms, '').matchAll(/`([\w.@*[\]-]+(?:\/[\w.@*[\]-]+)*\/?)`/g)]
    .map((match) => match[1] ?? '')
    .filter(
      (name) =>
        /\w\.(tsx?|mjs|json|md|ya?ml|sh)$/.test(name) ||
        /^(app|components|lib|server|e2e|bench|chaos|docs|script|deploy|public)\//.test(name),
    )
    .filter((name) => !generated.includes(name))

/** LIMITS.md leaves out the folder of most places, as it says itself. */
const basesOf = (document: string) => (document === 'docs/LIMITS.md' ? ['server/', 'components/canvas/', ''] : [''])

/** Whether the repository holds a file or folder of this name. A name without a folder may be anywhere. */
const isInRepository = (name: string, bases: readonly string[]) => {
  if (!name.includes('/')) return files.some((path) => matchesGlob(basename(path), name))
  return bases.some((base) => {
    const path = `${base}${name}`.replace(/\/$/, '')
    if (path.includes('*')) return [...files, ...folders].some((each) => matchesGlob(each, path))
    return folders.has(path) || existsSync(join(root, path))
  })
}

test.each(documents)('every file that %s names exists', (path) => {
  const missing = namedFiles(read(path)).filter((name) => !isInRepository(name, basesOf(path)))
  expect(missing, path).toEqual([])
})

test('the check of file names finds a name that is missing', () => {
  const [real, ...others] = namedFiles(
    '`lib/decide.ts`, `lib/no-such-file.ts`, `*.no-such-test.ts`, `fresco_outbox_backlog`, `GET /api/me`',
  )
  expect(real && isInRepository(real, [''])).toBe(true)
  expect(others.map((name) => isInRepository(name, ['']))).toEqual([false, false])
})

/** Examples of misspelt settings. */
const misspelt = ['MONGODB_URL', 'REDIS_URI']

/** Everything that can define a code, an event, a metric, a setting or an alert. */
const source = files
  .filter((path) => /^(lib|server|components|deploy|chaos|bench|script)\//.test(path) && !/\.test\.ts$/.test(path))
  .map(read)
  .join('\n')

test.each(documents)('every code, log event, metric, setting and alert that %s names is in the source', (path) => {
  const names = [...read(path).matchAll(/`(?:[a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)+|Fresco[A-Z]\w+)`/g)].map(([name]) => name.slice(1, -1))
  // The log events of the store and the stream are made of the part's name and a suffix.
  const isDefined = (name: string) => source.includes(name) || source.includes(name.replace(/^(store|stream)_/, '_'))
  expect(
    names.filter((name) => !isDefined(name) && !misspelt.includes(name)),
    path,
  ).toEqual([])
})

test('there are at most 20 decision records', () => expect(records.length).toBeLessThanOrEqual(20))

test('a decision record has at most 40 lines', () => {
  expect(records.length).toBeGreaterThan(10)
  for (const path of records) expect(read(path).trimEnd().split('\n').length, path).toBeLessThanOrEqual(40)
})

test('every decision that code or documents name by its number is there', () => {
  const numbers = new Set(records.map((path) => Number(/\d{4}/.exec(path)?.[0])))
  for (const path of files.filter((each) => /\.(tsx?|mjs|md|ya?ml)$/.test(each))) {
    for (const [, number] of read(path).matchAll(/\bdecisions?[ /](\d+)\b/gi)) {
      expect([...numbers], `${path}: decision ${number}`).toContain(Number(number))
    }
  }
})
