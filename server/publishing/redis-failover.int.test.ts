/** Failovers of Redis, with Sentinels and behind a fixed address. No entry is missing or doubled, and publishing continues. */
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { silentLogger } from '../observability/log.ts'
import { decodeEntry } from '../stream/redis/entry.ts'
import { redisNames } from '../stream/redis/keys.ts'
import { RedisStream } from '../stream/redis/redis-stream.ts'
import { hasRedisServer, TestRedis } from '../stream/redis/test-redis.fixture.ts'
import { sentinelPassword, TestSentinel } from '../stream/redis/test-sentinel.fixture.ts'
import { TcpProxy } from '../testing/tcp-proxy.ts'
import { Delivery } from './delivery.fixture.ts'

const names = redisNames({ url: 'redis://localhost' })
/** A Sentinel that a busy machine held for two seconds does nothing for 30 s. */
const patience = { timeout: 90_000, interval: 50 }

const start = async (options: { url: string; sentinelAuth?: { username: null; password: string } }) => {
  const watch = { failed: vi.fn(), worked: vi.fn() }
  const stream = await RedisStream.open({ ...options, logger: silentLogger, watch })
  const delivery = await Delivery.open(stream)
  await delivery.startAll()
  onTestFinished(async () => {
    await delivery.stop()
    await stream.close()
  })
  return { stream, delivery, watch }
}

const startWithSentinels = async () => {
  const sentinel = await TestSentinel.start()
  onTestFinished(() => sentinel.dispose())
  const { delivery } = await start({ url: sentinel.url, sentinelAuth: { username: null, password: sentinelPassword } })
  const isDelivered = () => vi.waitFor(delivery.expectDelivered, patience)
  const seqsOn = async (server: TestRedis) => {
    const client = sentinel.connectTo(server)
    const entries = await client.xrangeBuffer(names.stream, '-', '+')
    client.disconnect()
    return entries.map(([, fields]) => Number(decodeEntry(fields)?.seq))
  }
  await delivery.place(20)
  await isDelivered()
  // Sentinels on a busy machine may already have promoted the replica.
  const [one, other] = sentinel.servers
  const isOne = (await sentinel.primaryPort()) === one.port
  const [first, second] = isOne ? [one, other] : [other, one]
  return { sentinel, delivery, isDelivered, seqsOn, first, second }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

describe.skipIf(!hasRedisServer())('redis-server', () => {
  test.each([
    ['stops', (server: TestRedis) => server.kill(), (server: TestRedis) => server.boot()],
    ['hangs', (server: TestRedis) => server.freeze(), (server: TestRedis) => server.thaw()],
  ] as const)(
    'A2 A3 publishing continues after the primary %s and Sentinels promote the replica, and after it is back',
    async (_how, stop, resume) => {
      const { sentinel, delivery, isDelivered, seqsOn, first, second } = await startWithSentinels()
      expect(await sentinel.primaryPort()).toBe(first.port)
      await sentinel.killSentinel()
      await stop(first)
      await delivery.place(20)
      await vi.waitFor(async () => expect(await sentinel.primaryPort()).toBe(second.port), patience)
      await delivery.place(20)
      await isDelivered()
      await vi.waitFor(async () => expect(await seqsOn(second)).toEqual(upTo(60)), patience)
      await resume(first)
      await delivery.place(20)
      await isDelivered()
      await vi.waitFor(async () => expect(await seqsOn(second)).toEqual(upTo(80)), patience)
    },
    240_000,
  )

  test('A2 A3 publishing continues when Sentinels promote the replica while the primary runs', async () => {
    const { sentinel, delivery, isDelivered, seqsOn, second } = await startWithSentinels()
    await vi.waitFor(() => sentinel.failOver(), patience)
    for (let i = 0; i < 20; i++) await delivery.place(2)
    await vi.waitFor(async () => expect(await sentinel.primaryPort()).toBe(second.port), patience)
    await delivery.place(10)
    await isDelivered()
    // Entries that the old primary accepted after the promotion are lost. A later commit of the tile appends them again.
    await vi.waitFor(async () => {
      await delivery.place(1)
      await isDelivered()
      expect((await seqsOn(second)).at(-1)).toBe(delivery.placed)
    }, patience)
    const seqs = await seqsOn(second)
    expect(new Set(seqs).size).toBe(seqs.length)
  }, 240_000)

  test('behind a fixed address, a primary that becomes a replica is noticed without placements, and the new primary is used', async () => {
    const old = await TestRedis.start(['--appendonly', 'no'])
    const promoted = await TestRedis.start(['--appendonly', 'no', '--replicaof', `127.0.0.1 ${old.port}`])
    await promoted.untilReplicated()
    const proxy = await TcpProxy.start(old.port)
    onTestFinished(async () => {
      await proxy.close()
      await old.dispose()
      await promoted.dispose()
    })
    const { delivery, watch } = await start({ url: `redis://127.0.0.1:${proxy.port}` })
    await delivery.place(5)
    await vi.waitFor(delivery.expectDelivered, patience)
    expect(watch.failed).not.toHaveBeenCalled()
    // As with a managed service, the roles change, open connections stay, and new ones lead to the new primary.
    const [demotedClient, client] = [new Redis(old.url), new Redis(promoted.url)]
    onTestFinished(() => {
      demotedClient.disconnect()
      client.disconnect()
    })
    expect(await demotedClient.wait(1, 10_000)).toBe(1)
    await client.replicaof('NO', 'ONE')
    proxy.target = promoted.port
    await demotedClient.replicaof('127.0.0.1', promoted.port)
    await vi.waitFor(
      () => expect(watch.failed.mock.calls.flat()).toContainEqual(expect.objectContaining({ reason: 'read_only' })),
      patience,
    )
    watch.worked.mockClear()
    await vi.waitFor(() => expect(watch.worked).toHaveBeenCalled(), patience)
    await delivery.place(5)
    await vi.waitFor(delivery.expectDelivered, patience)
    const seqs = async () => (await client.xrangeBuffer(names.stream, '-', '+')).map(([, fields]) => Number(decodeEntry(fields)?.seq))
    await vi.waitFor(async () => expect(await seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), patience)
  }, 240_000)
})
