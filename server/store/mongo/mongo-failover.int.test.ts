/** Failovers of a replica set: what a rollback takes back, and the seconds without a primary. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCommitId, asTile } from '../../../lib/brand.ts'
import { storePart } from '../../http/health.ts'
import { keepMongoFiles, replies } from '../../testing/mongo-failover.fixture.ts'
import type { Document } from '../../testing/mongo-messages.fixture.ts'
import type { MongoCommand, MongoProxy } from '../../testing/mongo-proxy.fixture.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import { codeOf, hasOwnMongo, startBehindProxy } from './behind-proxy.fixture.ts'

const { id: canvas } = testCanvas()
const tile = asTile(0)
let groups = 0

const placeWith = (store: Awaited<ReturnType<typeof startBehindProxy>>['store'], gx: number) =>
  store.place({
    id: `failover${String(groups++).padStart(6, '0')}`,
    requests: [paint({ gx, gy: 0, color: 1 })],
    nowMs: Date.now(),
  })

if (!hasOwnMongo && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB server to start: set MONGODB_TEST_SERVER')

describe.skipIf(!hasOwnMongo)('a MongoDB that the test starts (MONGODB_TEST_SERVER)', () => {
  let given: Awaited<ReturnType<typeof startBehindProxy>>
  afterEach(() => given.dispose())

  describe('a rollback', () => {
    beforeEach(async () => {
      given = await startBehindProxy()
    })

    test('A3 a seq is not assigned again after a failover between raising a head and marking its commit', async () => {
      const { mongo, proxy, store } = given
      await placeWith(store, 1)
      await store.sequence({ limit: 10 })
      const sequenced = await store.getUnpublished({ limit: 10 })
      const kept = await keepMongoFiles(mongo)
      await vi.waitFor(() => store.ping())
      // The process does not notice the failover: the reply to the first write comes after it. A rollback takes back what no majority has confirmed.
      proxy.keepsClients = true
      let failovers = 0
      const failOver = async ({ body }: MongoCommand) => {
        failovers++
        const { w } = (body['writeConcern'] ?? {}) as { w?: unknown }
        if (w !== 'majority') return kept.rollBack()
        await mongo.kill()
        await mongo.boot()
      }
      proxy.onCommand = (command) =>
        command.collection === 'tails' && command.name === 'update' ? { kind: 'hold', until: () => failOver(command) } : { kind: 'pass' }
      await store.markAsPublished(sequenced, 1_000)
      proxy.onCommand = () => ({ kind: 'pass' })
      expect(failovers).toBe(1)
      expect(await store.backlog(), 'the mark was carried out by the new primary').toMatchObject({ unpublished: 0 })
      await store.trim({ publishedBeforeMs: 2_000, keysBeforeMs: 0 })
      await placeWith(store, 2)
      expect(await store.sequence({ limit: 10 })).toMatchObject({ sequenced: 1 })
      expect((await store.getUnpublished({ limit: 10 })).map(({ seq }) => seq)).toEqual([2])
      expect((await store.readHeads(canvas)).get(tile)).toBe(2)
      kept.dispose()
    })
  })

  describe('an election', () => {
    /** A set of two members behind the proxy, of which only the second answers while there is no primary. */
    const elect = (proxy: MongoProxy) => {
      let isOver = false
      const member = `127.0.0.1:${proxy.port}`
      const address = { hosts: [member], me: member }
      proxy.onHello = (reply): Document =>
        isOver
          ? { ...reply, ...address, primary: member }
          : { ...reply, ...address, primary: undefined, isWritablePrimary: false, ismaster: false, secondary: true }
      proxy.onCommand = () => (isOver ? { kind: 'pass' } : { kind: 'refuse', reply: replies.notWritablePrimary })
      return {
        end() {
          isOver = true
          proxy.onCommand = () => ({ kind: 'pass' })
        },
      }
    }
    beforeEach(async () => {
      given = await startBehindProxy({ isSet: true })
    })

    test('A1 placing waits for the new primary, as long as an election usually takes', async () => {
      const election = elect(given.proxy)
      const placing = placeWith(given.store, 1)
      setTimeout(election.end, 6_000)
      expect(await placing).toMatchObject([{ kind: 'done', placed: 1 }])
    })

    test('a primary that steps down does not count as a database that takes no writes', async () => {
      const election = elect(given.proxy)
      const failure = given.store.noteFailure({ ids: [asCommitId('commit-0')], error: 'refused', uncount: false })
      await expect(failure).rejects.toMatchObject({ code: 'unavailable', reason: null, electing: true })
      election.end()
    })

    test('health warns for the first half minute, and fails afterwards or when no member answers', async () => {
      let nowMs = 0
      const part = storePart(given.store, { now: () => nowMs })
      expect(await part.check()).toMatchObject({ status: 'pass' })
      const election = elect(given.proxy)
      await vi.waitFor(async () => expect(await part.check()).toMatchObject({ status: 'warn', electing: true }), {
        timeout: 10_000,
        interval: 100,
      })
      nowMs = 29_000
      expect(await part.check()).toMatchObject({ status: 'warn', electing: true, withoutPrimaryMs: 29_000 })
      nowMs = 31_000
      expect(await part.check()).toMatchObject({ status: 'fail', electing: true })
      election.end()
      await vi.waitFor(async () => expect(await part.check()).toMatchObject({ status: 'pass' }), { timeout: 10_000, interval: 100 })
      await given.mongo.kill()
      expect(await codeOf(Promise.resolve(part.check()))).toBe('unavailable')
    })
  })
})
