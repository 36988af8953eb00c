/** The tests cannot run the container files. They check that these files name only what exists. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { healthyOverview } from '../lib/overview.fixture.ts'
import { createMetrics } from '../server/observability/metrics.ts'
import { nodeFlags, startEnvironment } from '../server/testing/as-started.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = read('deploy/Dockerfile')
const compose = read('deploy/compose.yaml')
const copied = [...dockerfile.matchAll(/^COPY --chown=node:node (.+) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '))
/** The lines of one service. */
const service = (name: string) => new RegExp(`^  ${name}:\n((?: {4}.*\n|\n)+)`, 'm').exec(compose)?.[1] ?? ''
const networksOf = (text: string) => /^ +networks: \[(.*)\]$/m.exec(text)?.[1]?.split(', ') ?? []

test('the files and scripts that the Dockerfile names are in the repository', () => {
  expect(copied.length).toBeGreaterThan(5)
  for (const path of copied.filter((each) => !each.endsWith('*'))) expect(existsSync(join(root, path)), path).toBe(true)
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts
  for (const [, name = ''] of dockerfile.matchAll(/npm run (\S+)/g)) expect(scripts, name).toHaveProperty(name)
  expect(dockerfile).toContain('"server/main.ts"')
})

test('every start command has the flags that the tests and the benchmarks use', () => {
  const flags = nodeFlags.join(' ')
  const environment = Object.entries(startEnvironment).map(([name, value]) => `${name}=${value}`)
  const { start } = (JSON.parse(read('package.json')) as { scripts: { start: string } }).scripts
  expect(start).toBe(`${environment.join(' ')} exec node ${flags} server/main.ts`)
  expect(read('script/server')).toContain(`export ${environment.join(' ')}\nexec "$(node -p 'process.execPath')" ${flags} server/main.ts`)
  expect(JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '')).toEqual(['node_modules/.bin/node', ...nodeFlags, 'server/main.ts'])
})

test('the Dockerfile copies everything that the build needs', () => {
  for (const path of ['app', 'components', 'lib', 'server', 'next.config.mjs', 'postcss.config.mjs', 'tsconfig.json', 'package.json']) {
    expect(copied, path).toContain(path)
  }
})

test('compose sets only variables that .env.example lists', () => {
  const block = compose.slice(compose.indexOf('x-environment'), compose.indexOf('services:'))
  const names = [
    ...`${block}\n${[...compose.matchAll(/<<: \*environment, (\w+):/g)].map((match) => `  ${match[1]}:`).join('\n')}`.matchAll(
      /^ {2}([A-Z_]+):/gm,
    ),
  ].map((match) => match[1] ?? '')
  expect(names).toContain('MONGODB_URI')
  expect(names).toContain('ROLES')
  for (const name of names) expect(read('.env.example'), name).toContain(`#${name}=`)
})

test('compose passes on every variable of .env.example, except those of a single process and of another Redis than its own', () => {
  const ofOneProcess = ['PORT', 'HOST', 'DATA_DIR', 'ENV_FILE', 'FAILPOINTS', 'ALLOW_FAILPOINTS']
  const ofOtherRedis = ['REDIS_CA_FILE', 'REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD']
  const left = [...ofOneProcess, ...ofOtherRedis]
  const names = [...read('.env.example').matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1] ?? '')
  expect(names).toContain('TRUST_PROXY')
  expect(names).toContain('CANVAS_WIDTH')
  for (const name of names.filter((each) => !left.includes(each))) expect(compose, name).toMatch(new RegExp(`\\b${name}: `))
})

test('compose opens ports to this machine only, by default', () => {
  const ports = [...compose.matchAll(/ports: \["(.*)"\]/g)].map((match) => match[1] ?? '')
  expect(ports).toHaveLength(5)
  for (const port of ports) expect(port).toMatch(/^(127\.0\.0\.1|\$\{LISTEN_ADDRESS:-127\.0\.0\.1\}):\d+:\d+$/)
})

test('in compose only Fresco shares a network with the databases', () => {
  const fresco = networksOf(compose.slice(compose.indexOf('x-fresco'), compose.indexOf('x-environment')))
  const reaches = (one: readonly string[], other: readonly string[]) => one.some((network) => other.includes(network))
  const [mongodb, redis, prometheus, alertmanager, grafana] = ['mongodb', 'redis', 'prometheus', 'alertmanager', 'grafana'].map((name) =>
    networksOf(service(name)),
  )
  for (const database of [mongodb, redis]) {
    expect(database).toHaveLength(1)
    expect(reaches(database ?? [], fresco)).toBe(true)
    for (const monitor of [prometheus, alertmanager, grafana]) expect(reaches(database ?? [], monitor ?? database ?? [])).toBe(false)
  }
  expect(reaches(grafana ?? [], prometheus ?? [])).toBe(true)
  expect(reaches(prometheus ?? [], alertmanager ?? [])).toBe(true)
  expect(reaches(prometheus ?? [], fresco)).toBe(true)
  expect(reaches(alertmanager ?? [], fresco)).toBe(false)
  expect(reaches(grafana ?? [], fresco)).toBe(false)
})

test('Grafana starts with a generated password', () => {
  expect(service('grafana')).toMatch(/ADMIN_PASSWORD__FILE: (\S+)\n[\s\S]*urandom/)
  expect(service('grafana')).toContain('- grafana:/var/lib/grafana')
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

test('compose is indented by spaces in twos, and every anchor is defined', () => {
  for (const line of compose.split('\n')) expect(line.match(/^ */)?.[0].length ?? 0, line).toSatisfy((indent: number) => indent % 2 === 0)
  expect(compose).not.toContain('\t')
  for (const [, anchor = ''] of compose.matchAll(/\*(\w+)/g)) expect(compose).toContain(`&${anchor}`)
})

/** The names of the samples and metrics in the answer of a process to Prometheus. */
const scrapedNames = async (): Promise<ReadonlySet<string>> => {
  const { registry } = createMetrics({
    sockets: () => 0,
    queued: () => 0,
    tilesInMemory: () => 0,
    unexpectedErrors: () => new Map(),
    shared: async () => healthyOverview,
  })
  return new Set((await registry.metrics()).match(/\bfresco_[a-z_]+/g))
}

test('alerts and dashboard use only metrics that Fresco has', async () => {
  const scraped = await scrapedNames()
  for (const path of ['deploy/monitoring/alerts.yml', 'deploy/monitoring/grafana-dashboard.json']) {
    const names = new Set(read(path).match(/\bfresco_[a-z_]+/g))
    expect(names.size, path).toBeGreaterThan(5)
    for (const name of names)
      expect(scraped.has(name) || scraped.has(name.replace(/_(bucket|count|sum)$/, '')), `${path}: ${name}`).toBe(true)
  }
  for (const alert of ['PixelsAreWaiting', 'DeadLetters', 'WorkerLost', 'GroupLags']) {
    expect(read('deploy/monitoring/alerts.yml')).toContain(`alert: Fresco${alert}`)
  }
})

test('the files that compose mounts are in the repository', () => {
  const mounted = [...compose.matchAll(/- (\.\/[^:]+):/g)].map((match) => match[1] ?? '')
  expect(mounted.length).toBeGreaterThan(3)
  for (const path of mounted) expect(existsSync(join(root, 'deploy', path)), path).toBe(true)
})
