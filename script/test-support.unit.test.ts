/** Support code of tests has a name that says so, and no production file imports it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
  cwd: root,
  encoding: 'utf8',
})
const files = listed.split('\n').filter((path) => path !== '' && existsSync(join(root, path)))

const isProduct = (path: string) => /^(app|components|lib|server)\//.test(path)
const isSupport = (path: string) => /\.test\.tsx?$|\.fixture\.tsx?$|contract\.ts$|\/testing\//.test(path)
/** Where Node.js and Next.js start: programs, worker threads and pages. */
const isEntry = (path: string) =>
  /^app\/|^server\/(cli\/)?main\.ts$|worker(-process)?\.ts$|watcher-process\.ts$/.test(path) && !isSupport(path)
/** The in-memory store is an adapter, because the simulation runs on it. */
const isOfSimulation = (path: string) => path.startsWith('server/store/memory/')

/** The files that a file imports, also for types only and by `new URL(…)`. */
const importsOf = (path: string): string[] => {
  const text = readFileSync(join(root, path), 'utf8')
  const { module, program } = parseSync(path, text)
  expect(program.body.length, path).toBeGreaterThan(0)
  const dynamic = [...text.matchAll(/(?:import\(|new URL\()\s*'([^']+)'/g)].map((match) => match[1] ?? '')
  const exported = module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []))
  return [...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exported, ...dynamic]
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(root, join(root, dirname(path), name)))
    .flatMap((target) => [target, `${target}.ts`, `${target}.tsx`].find((each) => files.includes(each)) ?? [])
}
const imports = new Map(files.map((path) => [path, importsOf(path)]))

const reachableFrom = (entries: readonly string[]): Set<string> => {
  const reached = new Set<string>()
  const next = [...entries]
  for (let path = next.pop(); path !== undefined; path = next.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    next.push(...(imports.get(path) ?? []))
  }
  return reached
}

test('no production file imports support code of tests', () => {
  const production = files.filter((path) => isProduct(path) && !isSupport(path))
  expect(production.length).toBeGreaterThan(200)
  const wrong = production.flatMap((path) =>
    (imports.get(path) ?? []).filter((target) => isSupport(target) || !isProduct(target)).map((target) => `${path} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('a file that only tests use is named *.fixture.ts or *contract.ts, or is in a testing folder', () => {
  const used = reachableFrom(files.filter(isEntry))
  const unused = files.filter((path) => isProduct(path) && !isSupport(path) && !isOfSimulation(path) && !used.has(path))
  expect(unused).toEqual([])
})
