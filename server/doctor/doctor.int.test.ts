/** The checks of a running server, on both stacks, through a proxy that works and through broken ones. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Redis } from 'ioredis'
import mongoose from 'mongoose'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { CheckCode, CheckResult, ChecksReport } from '../../lib/checks.ts'
import { adminToken, closeAll, closers, startServer } from '../started-server.fixture.ts'
import { hasTestMongo, TestMongo } from '../store/mongo/test-mongo.fixture.ts'
import { hasRedisServer, TestRedis } from '../stream/redis/test-redis.fixture.ts'
import { nonceHeader } from './probe-nonces.ts'
import { PublicProxy } from './public-proxy.fixture.ts'

vi.mock('../pages.ts', () => ({
  createPages: () => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined }),
}))
afterEach(closeAll)

const strong = { ADMIN_TOKEN: adminToken, SESSION_SECRET: randomBytes(32).toString('hex') }
const portOf = (url: string) => Number(new URL(url).port)

const setUp = async (environment: Record<string, string> = {}) => {
  const proxy = await PublicProxy.start()
  closers.push(() => proxy.close())
  const url = await startServer({ ...strong, PUBLIC_URL: proxy.url, TRUST_PROXY: '1', ...environment })
  proxy.targets = [portOf(url)]
  return { proxy, url }
}

const get = (url: string, query = '', token = adminToken) =>
  fetch(`${url}/api/admin/checks${query}`, { headers: { authorization: `Bearer ${token}` } })

const reportOf = async (url: string): Promise<ChecksReport> => ((await (await get(url)).json()) as { report: ChecksReport }).report

/** The findings by check, of those that are not well. No server of these tests has scheduled backups. */
const unwell = ({ results }: ChecksReport) =>
  Object.fromEntries(
    results.flatMap(({ check, status, finding }) => (status === 'ok' || finding === 'backups_off' ? [] : [[check, finding]])),
  )
const resultOf = ({ results }: ChecksReport, code: CheckCode): CheckResult | undefined => results.find(({ check }) => check === code)

/** These depend on the MongoDB of the test, and polling changes between the processes. */
const ofStandIn = ['polling', 'replica_set', 'transactions']
/** These depend on the machine that runs the test. */
const withoutMachine = ({ data_disk: _, memory: __, open_files: ___, secrets: ____, ...rest }: Record<string, string>) => rest

test('behind a proxy that works, all checks are well, and the report is kept for some seconds', async () => {
  const { proxy } = await setUp()
  expect(await (await get(proxy.url, '?last=true')).json()).toEqual({ report: null })
  const [report, same] = await Promise.all([reportOf(proxy.url), reportOf(proxy.url)])
  expect(withoutMachine(unwell(report))).toEqual({})
  expect(report.results.filter(({ subject }) => subject === proxy.url).map(({ check }) => check)).toEqual([
    'reachable',
    'certificate',
    'websocket',
    'forwarding',
    'origin',
    'polling',
    'metrics_closed',
  ])
  expect(same.at).toBe(report.at)
  expect(await (await get(proxy.url, '?last=true')).json()).toEqual({ report })
  const warnings = (await (
    await fetch(`${proxy.url}/api/admin/overview`, { headers: { authorization: `Bearer ${adminToken}` } })
  ).json()) as {
    warnings: unknown[]
  }
  expect(warnings.warnings).toEqual([])
})

test.each<[string, Parameters<typeof Object.assign>[0], Record<string, string>, Record<string, string>]>([
  ['drops the upgrade', { noUpgrade: true }, {}, { websocket: 'websocket_refused' }],
  ['adds no address', { noAddress: true }, {}, { forwarding: 'forwarding_differs' }],
  ['adds an address that is not counted', {}, { TRUST_PROXY: '0' }, { forwarding: 'forwarding_ignored' }],
  ['drops the origin', { noOrigin: true }, {}, { origin: 'origin_open' }],
  ['opens the metrics', { metricsToken: adminToken }, {}, { metrics_closed: 'metrics_open' }],
])('a proxy that %s is found', async (_, faults, environment, findings) => {
  const { proxy, url } = await setUp(environment)
  proxy.faults = faults
  expect(withoutMachine(unwell(await reportOf(url)))).toEqual(findings)
})

const unreachable = (finding: string) => ({
  reachable: finding,
  websocket: 'url_unreachable',
  forwarding: 'url_unreachable',
  origin: 'url_unreachable',
  polling: 'url_unreachable',
  metrics_closed: 'url_unreachable',
})

test('an address that leads to another installation is found, and nothing else is sent to it', async () => {
  const { proxy, url } = await setUp()
  const other = await startServer({ SESSION_SECRET: randomBytes(32).toString('hex') })
  proxy.targets = [portOf(other)]
  expect(withoutMachine(unwell(await reportOf(url)))).toEqual(unreachable('other_installation'))
})

test('a copy with the same secrets and other boards is another installation', async () => {
  const { proxy, url } = await setUp()
  proxy.targets = [portOf(await startServer({ ...strong, PUBLIC_URL: proxy.url }))]
  expect(resultOf(await reportOf(url), 'reachable')?.finding).toBe('other_installation')
})

test('A6 an address that hangs, or sends without an end, is given up within seconds', async () => {
  const hanging = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  const endless = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n')
    const send = () => socket.destroyed || socket.write('x'.repeat(65_536), send)
    send()
  }).listen(0, '127.0.0.1')
  closers.push(
    () => void hanging.close(),
    () => void endless.close(),
  )
  await Promise.all([hanging, endless].map((server) => server.listening || once(server, 'listening')))
  const urls = [hanging, endless].map((server) => `http://127.0.0.1:${(server.address() as { port: number }).port}`)
  const url = await startServer({ ...strong, PUBLIC_URL: [...urls, 'http://127.0.0.1:1', 'https://no-such-name.invalid'].join() })
  const report = await reportOf(url)
  expect(report.tookMs).toBeLessThan(7_000)
  const found = report.results.filter(({ check }) => check === 'reachable').map(({ subject, finding }) => [subject, finding])
  expect(Object.fromEntries(found)).toEqual({
    [urls[0] as string]: 'silent',
    [urls[1] as string]: 'not_fresco',
    'http://127.0.0.1:1': 'refused',
    'https://no-such-name.invalid': 'dns',
  })
}, 20_000)

test('the checks are for admins, and the probe gives nothing to strangers', async () => {
  const url = await startServer(strong)
  expect((await fetch(`${url}/api/admin/checks`)).status).toBe(401)
  expect((await get(url, '', 'wrong')).status).toBe(401)
  const [missing, forged] = await Promise.all([
    fetch(`${url}/api/nothing`, { method: 'POST' }),
    fetch(`${url}/api/probe`, {
      method: 'POST',
      headers: { [nonceHeader]: `${Date.now().toString(36)}.${'a'.repeat(22)}.${'a'.repeat(43)}` },
    }),
  ])
  const [one, other] = (await Promise.all([missing.json(), forged.json()])) as object[]
  expect([forged.status, { ...other, requestId: null }]).toEqual([404, { ...one, requestId: null }])
})

describe.skipIf(!hasTestMongo() || !hasRedisServer())('MongoDB and Redis', () => {
  test('two processes are well, polling that changes between them is found, and so are a changed index and foreign keys', async () => {
    const mongo = await TestMongo.start()
    const redis = await TestRedis.start(['--appendonly', 'no'])
    closers.push(
      () => mongo.dispose(),
      () => redis.dispose(),
    )
    const proxy = await PublicProxy.start()
    closers.push(() => proxy.close())
    const uri = mongo.uri('doctor')
    const environment = { ...strong, MONGODB_URI: uri, REDIS_URL: redis.url, PUBLIC_URL: proxy.url, TRUST_PROXY: '1' }
    const [one, other] = [await startServer(environment), await startServer(environment)]
    proxy.targets = [portOf(one), portOf(other)]
    await vi.waitFor(async () => expect(resultOf(await reportOf(one), 'polling')?.finding).toBe('polling_lost'))
    const found = await reportOf(one)
    expect(['replica_set', 'transactions', 'redis_persistence'].filter((code) => !resultOf(found, code as CheckCode))).toEqual([])
    expect(Object.keys(withoutMachine(unwell(found))).filter((code) => !ofStandIn.includes(code))).toEqual([])

    const client = await new mongoose.mongo.MongoClient(uri).connect()
    await client.db().collection('pixels').dropIndex('tile')
    await client.close()
    const admin = new Redis(redis.url)
    await admin.hset('fresco:tails:main', 'epoch', 'another0')
    await admin.call('ACL', 'SETUSER', 'default', '-xtrim')
    admin.disconnect()
    expect(unwell(await reportOf(other))).toMatchObject({
      indexes: 'indexes_missing',
      redis_shared: 'redis_foreign',
      redis_rights: 'redis_rights_missing',
    })
  }, 60_000)
})
