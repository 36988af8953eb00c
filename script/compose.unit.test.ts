/** There is no Docker here. The tests check that the compose files name only what exists, and that they limit what they start. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { version } from '../server/version.ts'

interface Service {
  readonly image: string
  readonly profiles?: readonly string[]
  readonly environment?: Readonly<Record<string, string | null>>
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly [key: string]: unknown
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>
}

const deploy = join(import.meta.dirname, '../deploy')
const readText = (name: string) => readFileSync(join(deploy, name), 'utf8')
const text = readText('compose.yaml')
const compose = parse(text, { merge: true }) as Compose
const single = parse(readText('compose.single.yaml'), { merge: true }) as Compose
const both = [...Object.entries(compose.services), ...Object.entries(single.services)]
const ofFresco = Object.entries(compose.services).filter(([, { image }]) => image.startsWith('fresco:'))
const example = readFileSync(join(deploy, '../.env.example'), 'utf8')
const settings = [...example.matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1] ?? '')

describe('deploy/compose.yaml', () => {
  test('starts two web processes, a publisher and a projector on MongoDB and Redis', () => {
    expect(ofFresco.map(([name, { environment }]) => [name, environment?.['ROLES']])).toEqual([
      ['web-1', 'web'],
      ['web-2', 'web'],
      ['publisher', 'publisher'],
      ['projector', 'projector'],
    ])
    expect(Object.entries(compose.services).flatMap(([name, { profiles }]) => (profiles ? [] : name))).toEqual([
      'mongodb',
      'redis',
      ...ofFresco.map(([name]) => name),
    ])
  })

  test('sets only variables that .env.example lists', () => {
    for (const [, { environment = {} }] of ofFresco) for (const name of Object.keys(environment)) expect(settings).toContain(name)
  })

  test('passes on every variable of .env.example, except those of a single process and of another Redis than its own', () => {
    const ofOneProcess = ['PORT', 'HOST', 'DATA_DIR', 'ENV_FILE', 'FAILPOINTS', 'ALLOW_FAILPOINTS']
    const ofOtherRedis = ['REDIS_CA_FILE', 'REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD']
    const left = [...ofOneProcess, ...ofOtherRedis]
    expect(settings).toContain('TRUST_PROXY')
    expect(settings).toContain('CANVAS_WIDTH')
    for (const [service, { environment = {} }] of ofFresco) {
      for (const name of settings.filter((each) => !left.includes(each))) expect(environment, service).toHaveProperty(name)
    }
  })

  test('requires the secrets, and says how to make them', () => {
    for (const name of ['ADMIN_TOKEN', 'SESSION_SECRET']) {
      expect(compose.services['web-1']?.environment?.[name]).toBe(
        `\${${name}:?Set ${name} to at least 32 characters, such as the output of: openssl rand -hex 32}`,
      )
    }
  })

  test('opens only the ports of Caddy to the network, by default', () => {
    const ports = Object.entries(compose.services).flatMap(([name, service]) => (name === 'caddy' ? [] : (service.ports ?? [])))
    expect(ports.length).toBeGreaterThan(4)
    for (const port of ports) expect(port).toMatch(/^(127\.0\.0\.1|\$\{LISTEN_ADDRESS:-127\.0\.0\.1\}):\d+:\d+$/)
    expect(compose.services['caddy']?.profiles).toEqual(['tls'])
  })

  test('lets only Fresco reach the databases, and Prometheus and Caddy reach Fresco', () => {
    const neighbours = (name: string) =>
      Object.entries(compose.services)
        .filter(
          ([other, { networks }]) => other !== name && networks?.some((network) => compose.services[name]?.networks?.includes(network)),
        )
        .map(([other]) => other)
    const fresco = ofFresco.map(([name]) => name)
    expect(neighbours('mongodb')).toEqual(['redis', ...fresco])
    expect(neighbours('redis')).toEqual(['mongodb', ...fresco])
    expect(neighbours('caddy')).toEqual(fresco)
    expect(neighbours('prometheus')).toEqual([...fresco, 'alertmanager', 'grafana'])
    expect(neighbours('grafana')).toEqual(['prometheus', 'alertmanager'])
    expect(compose.networks?.['databases']?.internal).toBe(true)
  })

  test('starts Grafana with a generated password', () => {
    expect(readText('compose.yaml')).toMatch(/ADMIN_PASSWORD__FILE: (\S+)\n[\s\S]*urandom/)
    expect(compose.services['grafana']?.volumes).toContain('grafana:/var/lib/grafana')
  })

  test('lets Prometheus scrape every process of Fresco', () => {
    const targets = `["${ofFresco.map(([name]) => `${name}:3000`).join('", "')}"]`
    expect(readText('monitoring/prometheus.yml')).toContain(`targets: ${targets}`)
  })
})

describe('both compose files', () => {
  test.each(both)('%s has a pinned version, a memory limit, log rotation and a restart', (_name, service) => {
    expect(service.image).toMatch(/^[a-z/]+:v?\d+\.\d+\.\d+$/)
    expect(service).toMatchObject({ mem_limit: expect.stringMatching(/^\d+[mg]$/), restart: 'unless-stopped' })
    expect(service).toHaveProperty('logging.options.max-size')
  })

  test.each(both.filter(([, { image }]) => image.startsWith('fresco:')))('%s has a read-only root, and time to stop', (_name, service) => {
    expect(service).toMatchObject({ image: `fresco:${version}`, read_only: true, tmpfs: ['/tmp'], stop_grace_period: '30s' })
  })

  test('mount only files that are in the repository, and volumes that are declared', () => {
    for (const { services, volumes } of [compose, single]) {
      const mounted = Object.values(services).flatMap((service) => (service.volumes ?? []).map((mount) => mount.split(':')[0] ?? ''))
      expect(mounted.length).toBeGreaterThan(1)
      for (const source of mounted) {
        if (source.startsWith('./')) expect(existsSync(join(deploy, source)), source).toBe(true)
        else expect(volumes).toHaveProperty(source)
      }
    }
  })
})
