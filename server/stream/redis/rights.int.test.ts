/** The user that `docs/MONGODB_AND_REDIS.md` describes has every right that is needed, and none that is not. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import { silentLogger } from '../../observability/log.ts'
import { streamCommit } from '../contract.ts'
import { openStreamHeads } from './heads.ts'
import { RedisStream } from './redis-stream.ts'
import { hasRedisServer, TestRedis } from './test-redis.fixture.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/MONGODB_AND_REDIS.md'), 'utf8')
const documented =
  /^user fresco on >\S+ ([^`]+)$/m
    .exec(page.replaceAll(/ \\\n\s*/g, ' '))?.[1]
    ?.trim()
    .split(/\s+/) ?? []
const main = asCanvasId('main')
const epoch = asEpoch('epoch001')

describe.skipIf(!hasRedisServer())('redis-server', () => {
  let redis: TestRedis
  let admin: Redis
  let url: string
  beforeAll(async () => {
    redis = await TestRedis.start(['--appendonly', 'no'])
    admin = new Redis(redis.url)
    url = `redis://fresco:word@127.0.0.1:${redis.port}`
  })
  afterAll(async () => {
    admin.disconnect()
    await redis.dispose()
  })

  const grant = (rights: readonly string[]) => admin.call('ACL', 'SETUSER', 'fresco', 'reset', 'on', '>word', ...rights)
  const openRefused = () =>
    RedisStream.open({ url, logger: silentLogger }).then(
      async (stream) => {
        await stream.close()
        return 'open'
      },
      (error: Error) => error.message,
    )

  test('a user with the documented rights can do all that the stream does, and Redis refuses nothing', async () => {
    const file = join(redis.folder, 'users.acl')
    writeFileSync(file, `user default on nopass ~* &* +@all\nuser fresco on >word ${documented.join(' ')}\n`)
    const own = await TestRedis.start(['--appendonly', 'no', '--aclfile', file])
    const look = new Redis(own.url)
    const stream = await RedisStream.open({ url: `redis://fresco:word@127.0.0.1:${own.port}`, logger: silentLogger })
    const heard = vi.fn()
    stream.onSignal(heard)
    await stream.adopt(main, epoch)
    await stream.seed({ canvas: main, tile: asTile(0), epoch, head: asSeq(0) })
    const [one, two] = [
      await stream.join({ group: 'g', consumer: 'one', kind: 'projection', from: 'start' }),
      await stream.join({ group: 'g', consumer: 'two', kind: 'projection', from: 'start', polls: true }),
    ]
    expect(await stream.append([streamCommit(1), streamCommit(2)])).toEqual([{ kind: 'appended' }, { kind: 'appended' }])
    expect(await one.read({ maxCount: 2, blockMs: 100, signal: new AbortController().signal })).toHaveLength(2)
    const delivered = await two.claim({ minIdleMs: 0, maxCount: 10 })
    await two.ack(delivered.map(({ id }) => id))
    await two.close()
    await one.close({ remove: true })
    await stream.info()
    await stream.ping()
    await vi.waitFor(() => {
      stream.signal({ kind: 'wake' })
      expect(heard).toHaveBeenCalled()
    })
    const looking = await openStreamHeads({ url: `redis://fresco:word@127.0.0.1:${own.port}`, logger: silentLogger })
    expect((await looking.readHeads(main)).heads.get(asTile(0))).toBe(2)
    looking.close()
    await stream.close()
    expect(await look.call('ACL', 'LOG')).toEqual([])
    look.disconnect()
    await own.dispose()
  }, 20_000)

  test('there are rights to try', () => expect(documented.length).toBeGreaterThan(25))

  test.each(documented.filter((right) => !['-@all', 'resetkeys', 'resetchannels', '+client|setname', '+select'].includes(right)))(
    'without the right %s the start is refused with a sentence that names it',
    async (right) => {
      // ioredis warns there when it may not run INFO.
      vi.spyOn(console, 'warn').mockReturnValue()
      await grant(documented.filter((other) => other !== right))
      const name = right.replace(/^&.*/, '&fresco:signals:0')
      const message = await openRefused()
      expect(message).toContain(`ACL SETUSER fresco `)
      expect(message.split(' ')).toContain(name)
    },
  )

  test('another database needs the right to select it, and must exist', async () => {
    await grant(documented.filter((right) => right !== '+select'))
    url = `redis://fresco:word@127.0.0.1:${redis.port}/1`
    expect(await openRefused()).toContain('ACL SETUSER fresco +select')
    await grant(documented)
    expect(await openRefused()).toBe('open')
    url = `redis://fresco:word@127.0.0.1:${redis.port}/99`
    expect(await openRefused()).toContain('it has no database 99')
    url = `redis://fresco:word@127.0.0.1:${redis.port}`
  })

  test.each(['xadd', 'hmget', 'hset', 'eval'])('a user that loses %s later does not make dead letters of commits', async (command) => {
    await grant(documented)
    const stream = await RedisStream.open({ url, logger: silentLogger })
    await admin.flushall()
    await stream.adopt(main, epoch)
    await stream.seed({ canvas: main, tile: asTile(0), epoch, head: asSeq(0) })
    await admin.call('ACL', 'SETUSER', 'fresco', `-${command}`)
    await expect(stream.append([streamCommit(1)])).rejects.toMatchObject({ code: 'unavailable', reason: 'permission' })
    await admin.call('ACL', 'SETUSER', 'fresco', `+${command}`)
    expect(await stream.append([streamCommit(1)])).toEqual([{ kind: 'appended' }])
    await stream.close()
  })

  test('a user that loses the right to send signals later is logged once', async () => {
    await grant(documented)
    const logger = { ...silentLogger, error: vi.fn() }
    const stream = await RedisStream.open({ url, logger })
    await admin.call('ACL', 'SETUSER', 'fresco', '-publish')
    await vi.waitFor(() => {
      stream.signal({ kind: 'wake' })
      expect(logger.error).toHaveBeenCalledWith(expect.objectContaining({ event: 'signals_refused' }))
    }, 5_000)
    const before = Number(/cmdstat_publish:.*rejected_calls=(\d+)/.exec(await admin.info('commandstats'))?.[1])
    await vi.waitFor(async () => {
      stream.signal({ kind: 'wake' })
      const rejected = Number(/cmdstat_publish:.*rejected_calls=(\d+)/.exec(await admin.info('commandstats'))?.[1])
      expect(rejected).toBeGreaterThan(before + 1)
    }, 5_000)
    expect(logger.error).toHaveBeenCalledTimes(1)
    await stream.close()
  }, 20_000)

  test('a user that loses its channel later is logged, keeps its connection and appends', async () => {
    await grant(documented)
    const logger = { ...silentLogger, error: vi.fn() }
    const stream = await RedisStream.open({ url, logger })
    await stream.adopt(main, epoch)
    await admin.call('ACL', 'SETUSER', 'fresco', 'resetchannels')
    await vi.waitFor(() => expect(logger.error).toHaveBeenCalledWith(expect.objectContaining({ event: 'signals_refused' })), 5_000)
    const connections = Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1])
    await vi.waitFor(async () => expect((await stream.append([streamCommit(1)]))[0]?.kind).toMatch(/appended|duplicate/), 5_000)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const later = Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1])
    expect(later - connections).toBeLessThan(3)
    expect(logger.error).toHaveBeenCalledTimes(1)
    await stream.close()
  }, 20_000)
})
