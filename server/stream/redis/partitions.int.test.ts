import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asEpoch, asTile } from '../../../lib/brand.ts'
import { partitionOf } from '../../../lib/rendezvous.ts'
import { silentLogger } from '../../observability/log.ts'
import { describeStream, streamCommit } from '../contract.ts'
import type { EventStream, GroupReader, Signal } from '../port.ts'
import { openHeads, openRedis } from './open-redis.ts'
import { TestCluster } from './test-cluster.fixture.ts'
import { hasRedisServer, TestRedis } from './test-redis.fixture.ts'

const main = asCanvasId('main')
const epoch = asEpoch('epoch001')
const { signal } = new AbortController()
const patience = { timeout: 20_000, interval: 50 }

const open = (urls: readonly string[], partitions: number) => openRedis({ urls, partitions, logger: silentLogger })

/** The first tile of the canvas that is in the partition. */
const tileIn = (partition: number, partitions: number) =>
  asTile(Array.from({ length: 100 }, (_, tile) => tile).findIndex((tile) => partitionOf(`main/${tile}`, partitions) === partition))

const readAll = async (reader: GroupReader, seqs: Record<number, number[]>) => {
  const delivered = await reader.read({ maxCount: 100, blockMs: 50, signal }).catch(() => [])
  for (const { commit } of delivered) seqs[commit.tile] = [...(seqs[commit.tile] ?? []), commit.seq]
}

describe.skipIf(!hasRedisServer())('redis-server', () => {
  describe('one or two servers', () => {
    let servers: readonly [TestRedis, TestRedis]
    beforeAll(async () => {
      servers = [await TestRedis.start(), await TestRedis.start()]
    })
    afterAll(async () => {
      for (const server of servers) await server.dispose()
    })
    beforeEach(async () => {
      for (const { url } of servers) {
        const admin = new Redis(url)
        await admin.flushall()
        admin.disconnect()
      }
    })

    const describeOpened = (name: string, make: () => Promise<EventStream>) =>
      describeStream(name, async () => {
        const stream = await make()
        return { stream, dispose: () => stream.close() }
      })
    describeOpened('a stream of three partitions on one Redis', () => open([servers[0].url], 3))
    describeOpened('a stream of two partitions on two Redis servers', () => open([servers[0].url, servers[1].url], 2))

    test('a single partition has the key names from before partitions existed, and each of several has a hash tag', async () => {
      const admin = new Redis(servers[0].url)
      for (const partitions of [1, 2]) {
        await admin.flushall()
        const stream = await open([servers[0].url], partitions)
        await stream.adopt(main, epoch)
        await stream.append([0, 1].map((partition) => streamCommit(1, { tile: tileIn(partition, 2) })))
        expect((await admin.keys('*:*')).filter((key) => !key.endsWith('probe')).sort()).toEqual(
          partitions === 1
            ? ['fresco:tails:main', 'pixels:events']
            : [0, 1].flatMap((each) => [`{fresco:p${each}}:fresco:tails:main`, `{fresco:p${each}}:pixels:events`]),
        )
        await stream.close()
      }
      admin.disconnect()
    })

    test('heads are read for the audit from every partition, of one epoch', async () => {
      const stream = await open([servers[0].url], 3)
      const heads = await openHeads({ urls: [servers[0].url], partitions: 3, logger: silentLogger })
      await stream.adopt(main, epoch)
      await stream.append([0, 1, 2].map((partition) => streamCommit(1, { tile: tileIn(partition, 3) })))
      expect(await heads.readHeads(main, epoch)).toEqual(await stream.heads(main))
      expect(await heads.readHeads(main, epoch)).toHaveProperty('size', 3)
      expect(await heads.readHeads(main, asEpoch('epoch002'))).toEqual(new Map())
      heads.close()
      await stream.close()
    })

    test('more servers than partitions stop the start with a sentence', async () => {
      await expect(open([servers[0].url, servers[1].url], 1)).rejects.toThrow('Set REDIS_PARTITIONS to 2 or more')
    })

    test('a partition that cannot be reached stops the start with a sentence', async () => {
      await expect(open([servers[0].url, 'redis://127.0.0.1:1'], 2)).rejects.toThrow(/Redis cannot be used/)
    }, 20_000)

    test('a server that cannot be used is named', async () => {
      const wrong = servers[1].url.replace('//', '//nobody:wrong-word@')
      const message = await open([servers[0].url, wrong], 2).catch((error: Error) => error.message)
      expect(message).toMatch(new RegExp(`WRONGPASS.* The server is 127.0.0.1:${servers[1].port}\\.$`))
      expect(message).not.toContain('wrong-word')
    }, 20_000)

    test('a server that is full stops its own partition only', async () => {
      const stream = await open([servers[0].url, servers[1].url], 2)
      await stream.adopt(main, epoch)
      const [well, full] = [tileIn(0, 2), tileIn(1, 2)]
      const admin = new Redis(servers[1].url)
      await admin.config('SET', 'maxmemory', '1')
      const commits = (seq: number) => [well, full].map((tile) => streamCommit(seq, { tile }))
      expect(await stream.append(commits(1))).toEqual([{ kind: 'appended' }, { kind: 'away' }])
      expect(await stream.append(commits(2))).toEqual([{ kind: 'appended' }, { kind: 'away' }])
      expect(stream.outage()?.({ canvas: main, tile: full })).toBe(true)
      await admin.config('SET', 'maxmemory', '0')
      await vi.waitFor(() => expect(stream.outage()).toBeNull(), patience)
      expect(await stream.append(commits(1))).toEqual([{ kind: 'duplicate' }, { kind: 'appended' }])
      admin.disconnect()
      await stream.close()
    }, 30_000)
  })

  describe('a Redis Cluster', () => {
    let cluster: TestCluster
    let stream: EventStream | undefined
    afterEach(async () => {
      await stream?.close()
      stream = undefined
      await cluster.dispose()
    })

    const lengths = async () => {
      const found: number[] = []
      for (const { url } of cluster.primaries) {
        const node = new Redis(url)
        found.push((await node.keys('*:pixels:events')).length)
        node.disconnect()
      }
      return found
    }

    test('three partitions are on three nodes, and a node that is killed stops its own tiles only until it is back', async () => {
      cluster = await TestCluster.start()
      stream = await open([cluster.primaries[0]?.url ?? ''], 3)
      await stream.adopt(main, epoch)
      const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
      const heard: Signal[] = []
      stream.onSignal((each) => heard.push(each))
      const tiles = [0, 1, 2].map((partition) => tileIn(partition, 3))
      const append = (seq: number) => stream?.append(tiles.map((tile) => streamCommit(seq, { tile })))
      expect((await append(1))?.map(({ kind }) => kind)).toEqual(['appended', 'appended', 'appended'])
      expect(await lengths()).toEqual([1, 1, 1])
      const seqs: Record<number, number[]> = {}
      await vi.waitFor(async () => {
        await readAll(reader, seqs)
        expect(seqs).toEqual(Object.fromEntries(tiles.map((tile) => [tile, [1]])))
      }, patience)

      // The node that the addresses in REDIS_URL name is not needed afterwards.
      const [killed] = cluster.primaries
      await killed?.kill()
      const kinds = (await append(2))?.map(({ kind }) => kind) ?? []
      expect(kinds.toSorted()).toEqual(['appended', 'appended', 'away'])
      expect((await stream.info()).partitions.filter(({ connected }) => !connected)).toMatchObject([
        { server: `127.0.0.1:${killed?.port}` },
      ])
      await killed?.boot()
      await vi.waitFor(async () => expect((await append(2))?.map(({ kind }) => kind)).not.toContain('away'), patience)
      expect((await append(3))?.map(({ kind }) => kind)).toEqual(['appended', 'appended', 'appended'])
      await vi.waitFor(async () => {
        await readAll(reader, seqs)
        expect(Object.values(seqs).map((each) => [...new Set(each)])).toEqual([
          [1, 2, 3],
          [1, 2, 3],
          [1, 2, 3],
        ])
      }, patience)
      stream.signal({ kind: 'wake' })
      await vi.waitFor(() => expect(heard).toContainEqual({ kind: 'wake' }), patience)
    }, 90_000)

    test('a replica replaces a killed node, and the stream follows the replica', async () => {
      cluster = await TestCluster.start({ replicas: 1 })
      stream = await open(cluster.urls, 3)
      await stream.adopt(main, epoch)
      const tiles = [0, 1, 2].map((partition) => tileIn(partition, 3))
      const append = async (seq: number) =>
        (await stream?.append(tiles.map((tile) => streamCommit(seq, { tile }))))?.map(({ kind }) => kind)
      expect(await append(1)).toEqual(['appended', 'appended', 'appended'])
      const look = new Redis(cluster.replicas[0]?.url ?? '')
      await vi.waitFor(async () => expect(await look.info('replication')).toMatch(/slave_repl_offset:[1-9]/), patience)
      await cluster.primaries[0]?.kill()
      await vi.waitFor(async () => expect(await append(1)).toEqual(['duplicate', 'duplicate', 'duplicate']), patience)
      expect(await append(2)).toEqual(['appended', 'appended', 'appended'])
      expect(await look.info('replication')).toContain('role:master')

      // The old node returns as a replica. Then the two swap their roles while both run.
      await cluster.primaries[0]?.boot()
      const back = new Redis(cluster.primaries[0]?.url ?? '')
      await vi.waitFor(async () => expect(await back.info('replication')).toContain('master_link_status:up'), patience)
      const changePlaces = async () => {
        const replication = await back.info('replication')
        if (!replication.includes('role:master')) await back.call('CLUSTER', 'FAILOVER')
        expect(replication).toContain('role:master')
      }
      // A failover that the others do not confirm is given up after five seconds.
      await vi.waitFor(changePlaces, { timeout: 40_000, interval: 3_000 })
      await vi.waitFor(async () => expect(await append(2)).toEqual(['duplicate', 'duplicate', 'duplicate']), patience)
      expect(await append(3)).toEqual(['appended', 'appended', 'appended'])
      back.disconnect()
      look.disconnect()
    }, 90_000)

    test('a user needs two rights more than on a single Redis, and a start without them names them', async () => {
      cluster = await TestCluster.start()
      const admins = cluster.urls.map((url) => new Redis(url))
      const grant = async (...rights: string[]) => {
        for (const admin of admins) await admin.call('ACL', 'SETUSER', 'fresco', ...rights)
      }
      const openAs = () => open([`redis://fresco:word@127.0.0.1:${cluster.primaries[0]?.port}`], 3)
      const refused = async () => (await openAs().catch((error: Error) => error.message)) as string
      await grant('on', '>word', '+@all', '-cluster', '~*', '&*')
      expect(await refused()).toContain('lacks the rights +cluster|slots +cluster|keyslot. Run: ACL SETUSER fresco')
      await grant('+cluster|slots', '+cluster|keyslot', 'resetkeys', 'resetchannels')
      const message = await refused()
      expect(message).toMatch(/lacks the rights .*~\{fresco:\* .*&\{fresco:\*/)
      await grant(...(/ACL SETUSER fresco (.*)/.exec(message)?.[1] ?? '').split(' '))
      stream = await openAs()
      for (const admin of admins) admin.disconnect()
    }, 60_000)

    test('without partitions, or with the number of a database, it is refused with a sentence', async () => {
      cluster = await TestCluster.start()
      const [url = ''] = cluster.urls
      await expect(open([url], 1)).rejects.toThrow(/it is a Redis Cluster.*Set REDIS_PARTITIONS to/)
      await expect(open(cluster.urls, 1)).rejects.toThrow(/it is a Redis Cluster.*Set REDIS_PARTITIONS to/)
      await expect(open([`${url}/1`], 3)).rejects.toThrow('a Redis Cluster has none')
      const single = await TestRedis.start()
      for (const urls of [
        [url, single.url],
        [single.url, url],
      ])
        await expect(open(urls, 3)).rejects.toThrow('and other servers')
      await single.dispose()
    }, 60_000)
  })
})
