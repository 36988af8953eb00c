/** Which addresses lead to Redis, over TLS and through Sentinels, and which are refused with what sentence. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { silentLogger } from '../../observability/log.ts'
import { freePort } from '../../testing/free-port.ts'
import { RedisStream, type RedisStreamOptions } from './redis-stream.ts'
import { hasRedisServer, TestRedis } from './test-redis.fixture.ts'
import { sentinelPassword, spawnSentinel, TestSentinel } from './test-sentinel.fixture.ts'

/** 'open', or the message with which the start is refused. */
const open = async (options: Omit<RedisStreamOptions, 'logger'>) => {
  try {
    const stream = await RedisStream.open({ ...options, logger: silentLogger })
    await stream.ping()
    await stream.close()
    return 'open'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe.skipIf(!hasRedisServer())('redis-server with Sentinels', () => {
  let sentinel: TestSentinel
  beforeAll(async () => {
    sentinel = await TestSentinel.start()
  }, 30_000)
  afterAll(() => sentinel.dispose())
  const sentinelAuth = { username: null, password: sentinelPassword }

  test('the primary is found with the passwords of the Sentinels and of the server', async () => {
    expect(await open({ url: sentinel.url, sentinelAuth })).toBe('open')
  })

  test.each([
    ['another name of the primary', (url: string) => url.replace('mymaster', 'other'), sentinelAuth, 'No such master with that name'],
    ['another password of the Sentinels', (url: string) => url, { username: null, password: 'wrong' }, 'WRONGPASS'],
    ['no password of the Sentinels', (url: string) => url, undefined, 'NOAUTH'],
    ['another password of the server', (url: string) => url.replace(':server-word', ':wrong'), sentinelAuth, 'WRONGPASS'],
  ])('%s is refused with a sentence that names the reason', async (_name, change, auth, reason) => {
    const message = await open({ url: change(sentinel.url), ...(auth && { sentinelAuth: auth }) })
    expect(message).toContain('Redis cannot be used (REDIS_URL): ')
    expect(message).toContain(reason)
    expect(message).not.toContain('-word')
  })

  test('the documented rights suffice for a user of the Sentinels, and it notices a failover', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/MONGODB_AND_REDIS.md'), 'utf8')
    const [, commands = '', channel = ''] = /Sentinels needs `([^`]+)` and the channel `([^`]+)`/.exec(page) ?? []
    await sentinel.addUser('watcher', ['-@all', ...commands.split(' '), channel])
    const auth = { username: 'watcher', password: sentinelPassword }
    expect(await open({ url: sentinel.url, sentinelAuth: auth })).toBe('open')
    const client = new Redis(Number(/:(\d+)\/mymaster/.exec(sentinel.url)?.[1]), { ...auth, retryStrategy: null, enableReadyCheck: false })
    expect(await client.subscribe('+switch-master')).toBe(1)
    client.disconnect()
  })

  test('a Sentinel that hangs is passed over, and nothing is written to the console', async () => {
    const thaw = await sentinel.freezeSentinel()
    expect(await open({ url: sentinel.url, sentinelAuth })).toBe('open')
    thaw()
  }, 20_000)

  test('the plain address of a Sentinel is refused with the address that it needs', async () => {
    const [host = ''] = sentinel.url.slice(sentinel.url.indexOf('@') + 1).split(',')
    expect(await open({ url: `redis://:${sentinelPassword}@${host}` })).toContain('it is a Sentinel')
  })

  test('a Sentinel that names a replica is refused with a sentence that says so', async () => {
    await sentinel.nameReplica()
    const message = await open({ url: sentinel.url, sentinelAuth })
    expect(message).toContain('the server that the Sentinels name is not the primary')
  }, 20_000)
})

/** A build without TLS says so. */
const hasTls = () => {
  const { stdout } = spawnSync('redis-server', ['--port', '0', '--tls-port', '1', '--tls-cert-file', '/none'], { encoding: 'utf8' })
  return spawnSync('openssl', ['version']).status === 0 && !/TLS support|Bad directive/.test(stdout)
}

describe.skipIf(!hasRedisServer() || !hasTls())('redis-server with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fresco-tls-'))
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const ca = () => readFileSync(certificate, 'utf8')
  let redis: TestRedis
  let port: number
  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, ...subject], {
      stdio: 'ignore',
    })
    port = await freePort()
    const tls = ['--tls-port', String(port), '--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
    redis = await TestRedis.start([...tls, '--tls-auth-clients', 'no', '--appendonly', 'no'])
  })
  afterAll(async () => {
    await redis.dispose()
    rmSync(folder, { recursive: true })
  })

  test('rediss:// with the own authority is open', async () => {
    expect(await open({ url: `rediss://127.0.0.1:${port}`, ca: ca() })).toBe('open')
    expect(await open({ url: `rediss://localhost:${port}`, ca: ca() })).toBe('open')
  })

  test('without the authority, and without TLS, the start is refused with a sentence', async () => {
    expect(await open({ url: `rediss://127.0.0.1:${port}` })).toMatch(/self-signed certificate.*REDIS_CA_FILE/)
    expect(await open({ url: `redis://127.0.0.1:${port}` })).toContain('Redis cannot be used (REDIS_URL)')
    expect(await open({ url: `rediss://127.0.0.1:${redis.port}`, ca: ca() })).toContain('Redis cannot be used (REDIS_URL)')
  }, 30_000)

  test('rediss-sentinel:// uses TLS to the Sentinels and to the server', async () => {
    const sentinelPort = await freePort()
    const files = `tls-cert-file ${certificate}\ntls-key-file ${key}\ntls-ca-cert-file ${certificate}\ntls-auth-clients no`
    const config = `port 0\ntls-port ${sentinelPort}\ntls-replication yes\n${files}\nsentinel monitor main 127.0.0.1 ${port} 1\n`
    const sentinel = spawnSentinel(folder, config)
    await vi.waitFor(
      async () => expect(await open({ url: `rediss-sentinel://127.0.0.1:${sentinelPort}/main`, ca: ca() })).toBe('open'),
      10_000,
    )
    expect(await open({ url: `redis-sentinel://127.0.0.1:${sentinelPort}/main` })).toContain('Redis cannot be used (REDIS_URL)')
    sentinel.kill('SIGKILL')
  }, 30_000)
})
