import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import { silentLogger } from '../../observability/log.ts'
import { describeStream, streamCommit } from '../contract.ts'
import type { Signal } from '../port.ts'
import { openStreamHeads } from './heads.ts'
import { redisNames } from './keys.ts'
import { RedisStream } from './redis-stream.ts'
import { hasRedisServer, TestRedis } from './test-redis.fixture.ts'

const names = redisNames({ url: 'redis://localhost' })

const isThere = hasRedisServer()
if (!isThere && process.env['REQUIRE_SERVICES'] === '1') throw new Error('redis-server is not installed')

const main = asCanvasId('main')
const epoch = asEpoch('epoch001')
const { signal } = new AbortController()

describe.skipIf(!isThere)('redis-server', () => {
  let redis: TestRedis
  let admin: Redis
  beforeAll(async () => {
    redis = await TestRedis.start()
    admin = new Redis(redis.url)
    admin.on('error', () => undefined)
  })
  afterAll(async () => {
    admin.disconnect()
    await redis.dispose()
  })
  beforeEach(async () => {
    await vi.waitFor(() => admin.flushall(), { timeout: 10_000 })
  })

  const open = () => RedisStream.open({ url: redis.url, logger: silentLogger })

  describeStream('the stream on Redis', async () => {
    const stream = await open()
    return { stream, dispose: () => stream.close() }
  })

  test('two installations on one Redis, with a database or a prefix each, receive no signals and no entries of each other', async () => {
    const streams = await Promise.all(
      [{ url: redis.url }, { url: `${redis.url}/1` }, { url: redis.url, prefix: 'blue:' }].map((options) =>
        RedisStream.open({ ...options, logger: silentLogger }),
      ),
    )
    const heard = streams.map((stream) => {
      const signals: Signal[] = []
      stream.onSignal((each) => signals.push(each))
      return signals
    })
    const [first, ...others] = streams as [RedisStream, RedisStream, RedisStream]
    const readers = await Promise.all(streams.map((each) => each.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })))
    await first.adopt(main, epoch)
    await first.append([streamCommit(1)])
    first.signal({ kind: 'wake' })
    await vi.waitFor(() => expect(heard[0]).toEqual([{ kind: 'wake' }]))
    for (const other of others) {
      other.signal({ kind: 'publishing' })
      expect(await other.heads(main)).toEqual(new Map())
    }
    // What each hears of itself comes after what the first one sent.
    await vi.waitFor(() => expect(heard.slice(1)).toEqual([[{ kind: 'publishing' }], [{ kind: 'publishing' }]]))
    expect(heard[0]).toEqual([{ kind: 'wake' }])
    const counts = await Promise.all(readers.map(async (reader) => (await reader.read({ maxCount: 10, blockMs: 50, signal })).length))
    expect(counts).toEqual([1, 0, 0])
    for (const stream of streams) await stream.close()
  })

  test.each([
    ['out_of_memory', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
    ['no_replicas', ['CONFIG', 'SET', 'min-replicas-to-write', '1'], ['CONFIG', 'SET', 'min-replicas-to-write', '0']],
    ['read_only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
  ] as const)(
    'a Redis that answers and takes no writes is reported with the reason %s, until it takes writes again',
    async (reason, begin, end) => {
      const watch = { failed: vi.fn(), worked: vi.fn() }
      const stream = await RedisStream.open({ url: redis.url, logger: silentLogger, watch })
      await stream.adopt(main, epoch)
      await stream.seed({ canvas: main, tile: asTile(0), epoch, head: asSeq(0) })
      await admin.call(begin[0], begin.slice(1))
      try {
        await expect(stream.append([streamCommit(1)])).rejects.toMatchObject({ code: 'unavailable', reason })
        expect(watch.failed.mock.lastCall).toMatchObject([{ reason }])
      } finally {
        await admin.call(end[0], end.slice(1))
      }
      watch.worked.mockClear()
      await vi.waitFor(async () => expect(await stream.append([streamCommit(1)])).toEqual([{ kind: 'appended' }]), { timeout: 10_000 })
      expect(watch.worked).toHaveBeenCalled()
      await stream.close()
    },
  )

  test('after FLUSHALL a reader creates its group again and receives every later entry', async () => {
    const stream = await open()
    await stream.adopt(main, epoch)
    const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'end' })
    await stream.append([streamCommit(1)])
    expect(await reader.read({ maxCount: 10, blockMs: 500, signal })).toHaveLength(1)
    await admin.flushall()
    expect(await stream.append([streamCommit(2)])).toEqual([{ kind: 'other_epoch', epoch: null }])
    await stream.adopt(main, epoch)
    await stream.append([streamCommit(1), streamCommit(2)])
    const seen: number[] = []
    await vi.waitFor(async () => {
      seen.push(...(await reader.read({ maxCount: 10, blockMs: 100, signal })).map(({ commit }) => commit.seq))
      expect(seen).toEqual([1, 2])
    })
    await stream.close()
  })

  test('acknowledgements in quick succession are sent together, and none is left when the reader closes', async () => {
    const stream = await open()
    await stream.adopt(main, epoch)
    const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'end' })
    const pending = async () => ((await admin.xpending(names.stream, 'g')) as [number])[0]
    await admin.config('RESETSTAT')
    const acknowledge = async (seq: number) => {
      await stream.append([streamCommit(seq)])
      const delivered = await reader.read({ maxCount: 10, blockMs: 500, signal })
      await reader.ack(delivered.map(({ id }) => id))
    }
    for (let seq = 1; seq <= 10; seq++) await acknowledge(seq)
    await vi.waitFor(async () => expect(await pending()).toBe(0))
    const sent = Number(/cmdstat_xack:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1])
    expect(sent).toBeGreaterThanOrEqual(2)
    expect(sent).toBeLessThan(6)

    await acknowledge(11)
    await acknowledge(12)
    await reader.close()
    expect(await pending()).toBe(0)
    await stream.close()
  })

  test('while Redis is killed calls fail with the reason, and after its restart they work again', async () => {
    const stream = await open()
    await stream.adopt(main, epoch)
    const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'end' })
    await stream.append([streamCommit(1)])
    await redis.kill()
    await expect(stream.append([streamCommit(2)])).rejects.toMatchObject({ code: 'unavailable' })
    await expect(reader.read({ maxCount: 10, blockMs: 100, signal })).rejects.toMatchObject({ code: 'unavailable' })
    stream.signal({ kind: 'wake' })
    await vi.waitFor(() => expect(stream.ping()).rejects.toThrow(`Redis is away: connect ECONNREFUSED 127.0.0.1:${redis.port}`), 10_000)
    await redis.boot()
    await vi.waitFor(async () => expect((await stream.append([streamCommit(2)]))[0]?.kind).toMatch(/appended|duplicate/), {
      timeout: 10_000,
    })
    const seen: number[] = []
    await vi.waitFor(
      async () => {
        seen.push(...(await reader.read({ maxCount: 10, blockMs: 100, signal })).map(({ commit }) => commit.seq))
        expect(seen).toEqual([1, 2])
      },
      { timeout: 10_000 },
    )
    await stream.close()
  })

  test('a call to a Redis that hangs fails after its deadline', async () => {
    const stream = await open()
    await stream.adopt(main, epoch)
    await admin.call('CLIENT', 'PAUSE', '4000', 'ALL')
    await expect(stream.append([streamCommit(1)])).rejects.toMatchObject({ code: 'unavailable' })
    await vi.waitFor(async () => expect((await stream.append([streamCommit(1)]))[0]?.kind).toMatch(/appended|duplicate/), {
      timeout: 15_000,
    })
    await stream.close()
  })

  test('an entry of another program is acknowledged and left out', async () => {
    const stream = await open()
    await stream.adopt(main, epoch)
    const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
    await admin.xadd(names.stream, '*', 'foo', 'bar')
    await admin.xadd(names.stream, '*', 'm', '["x"]', 'p', 'y')
    await stream.append([streamCommit(1)])
    const seen: number[] = []
    await vi.waitFor(async () => {
      seen.push(...(await reader.read({ maxCount: 10, blockMs: 100, signal })).map(({ commit }) => commit.seq))
      expect(seen).toEqual([1])
    })
    expect((await stream.info()).groups[0]?.pending).toBe(1)
    await stream.close()
  })

  test('an error about one commit is `refused`, and an error about Redis or a key is `unavailable`', async () => {
    const own = await TestRedis.start()
    const look = new Redis(own.url)
    const stream = await RedisStream.open({ url: own.url, logger: silentLogger })
    await stream.adopt(main, epoch)
    // The script fails on a seq that is not a number.
    const bad = { ...streamCommit(1), seq: 'x' as unknown as ReturnType<typeof asSeq> }
    await expect(stream.append([bad])).rejects.toMatchObject({ code: 'refused' })
    expect(await stream.append([streamCommit(1)])).toEqual([{ kind: 'appended' }])
    await look.set(names.stream, 'no stream')
    await expect(stream.append([streamCommit(2)])).rejects.toMatchObject({ code: 'unavailable' })
    await look.del(names.stream)
    await look.config('SET', 'maxmemory', '1')
    await expect(stream.append([streamCommit(2)])).rejects.toMatchObject({ code: 'unavailable', reason: 'out_of_memory' })
    await look.config('SET', 'maxmemory', '0')
    expect(await stream.append([streamCommit(2)])).toEqual([{ kind: 'appended' }])
    await stream.close()
    look.disconnect()
    await own.dispose()
  }, 20_000)

  test('a process has three connections, and receives signals on one that also sends commands', async () => {
    const own = await TestRedis.start()
    const look = new Redis(own.url)
    const stream = await RedisStream.open({ url: own.url, logger: silentLogger })
    const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'end' })
    await reader.read({ maxCount: 1, blockMs: 1, signal })
    let heard = 0
    stream.onSignal(() => heard++)
    await vi.waitFor(() => {
      stream.signal({ kind: 'wake' })
      expect(heard).toBeGreaterThan(0)
    })
    expect(await stream.heads(main)).toEqual(new Map())
    const names = String(await look.client('LIST')).match(/fresco-\w+/g)
    expect(names?.sort()).toEqual(['fresco-general', 'fresco-publisher', 'fresco-reader'])
    await stream.close()
    look.disconnect()
    await own.dispose()
  }, 20_000)

  test('a connection that closes while it subscribes again does not end the process', async () => {
    // Once the stream is open, the first three connections that subscribe are closed.
    let isFragile = false
    let killed = 0
    const fragile = createServer((client) => {
      const server = connect(redis.port, '127.0.0.1')
      for (const [from, to] of [[client, server] as const, [server, client] as const]) {
        from.on('error', () => undefined)
        from.on('close', () => to.destroy())
        from.on('data', (data) => {
          if (isFragile && killed < 3 && from === client && /\r\nsubscribe\r\n/i.test(String(data))) {
            killed++
            client.destroy()
          } else to.write(data)
        })
      }
    }).listen(0, '127.0.0.1')
    await once(fragile, 'listening')
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const stream = await RedisStream.open({ url: `redis://127.0.0.1:${(fragile.address() as AddressInfo).port}`, logger: silentLogger })
    const heard = vi.fn()
    stream.onSignal(heard)
    isFragile = true
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await vi.waitFor(() => expect(killed).toBe(3), { timeout: 20_000, interval: 100 })
    await vi.waitFor(
      () => {
        stream.signal({ kind: 'wake' })
        expect(heard).toHaveBeenCalledWith({ kind: 'wake' })
      },
      { timeout: 10_000, interval: 100 },
    )
    expect(unhandled).not.toHaveBeenCalled()
    process.off('unhandledRejection', unhandled)
    await stream.close()
    fragile.close()
  }, 40_000)

  test('reading the heads changes nothing, and fails with a sentence when Redis cannot be reached', async () => {
    const looking = await openStreamHeads({ url: redis.url, logger: silentLogger })
    expect(await looking.readHeads(main)).toEqual({ epoch: null, heads: new Map() })
    expect(await admin.dbsize()).toBe(0)
    const stream = await open()
    await stream.adopt(main, epoch)
    await stream.append([streamCommit(1), streamCommit(2)])
    expect(await looking.readHeads(main)).toEqual({ epoch, heads: new Map([[0, 2]]) })
    looking.close()
    await stream.close()
    await expect(openStreamHeads({ url: 'redis://127.0.0.1:1', logger: silentLogger })).rejects.toThrow(/Redis cannot be used/)
  }, 20_000)
})
