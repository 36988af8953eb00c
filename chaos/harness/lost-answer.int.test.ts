/** The answer to a commit is lost, and the store must find out whether the commit was saved (A1). */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Failpoints, noFailpoints } from '../../server/failpoints.ts'
import { silentLogger } from '../../server/observability/log.ts'
import { openMongoStore } from '../../server/store/mongo/mongo-store.ts'
import { hasTestMongo, TestMongo } from '../../server/store/mongo/test-mongo.fixture.ts'
import { paint, testCanvas } from '../../server/store/store.fixture.ts'
import { TcpProxy } from '../../server/testing/tcp-proxy.ts'

const isThere = hasTestMongo() && TestMongo.startsItsOwn()
if (!isThere && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB server to start: set MONGODB_TEST_SERVER')

describe.skipIf(!isThere)('a lost answer of MongoDB (MONGODB_TEST_SERVER)', () => {
  let mongo: TestMongo
  beforeAll(async () => {
    mongo = await TestMongo.start()
  })
  afterAll(() => mongo.dispose())

  test.each([
    ['goes on', null],
    ['is killed after the commit, and starts again', 0],
    ['is killed after the commit, and is away for longer than the driver waits for one', 6_000],
  ])('A1 the server %s: what was saved is not refused', async (_what, awayMs) => {
    const proxy = await TcpProxy.start(mongo.port ?? 0)
    let isFirst = true
    const failpoints: Failpoints = {
      ...noFailpoints,
      async hit(name) {
        if (name !== 'placement.before-commit' || !isFirst) return
        isFirst = false
        proxy.set({ kind: 'dropReplies' })
        proxy.onDropped = () => {
          proxy.onDropped = null
          if (awayMs === null) return proxy.set({ kind: 'pass' })
          proxy.set({ kind: 'cut' })
          void mongo
            .kill()
            .then(() => wait(awayMs))
            .then(() => mongo.boot())
            .then(() => proxy.set({ kind: 'pass' }))
        }
      },
    }
    const uri = `mongodb://127.0.0.1:${proxy.port}/lost-${randomUUID().slice(0, 8)}?directConnection=true`
    const store = await openMongoStore({ uri, retentionMs: 1e9, logger: silentLogger, now: Date.now, random: Math.random, failpoints })
    await store.ensureCanvas(testCanvas())
    const answer = await store.place({ id: 'grouplost0001', requests: [paint({ gx: 1, gy: 1, color: 2 })], nowMs: Date.now() }).then(
      ([outcome]) => outcome?.kind,
      (error: { code: string }) => error.code,
    )
    // While the database is unreachable the outcome is unknown; the connection is closed then.
    expect(awayMs === 6_000 ? ['done', 'outcome_unknown'] : ['done']).toContain(answer)
    expect(proxy.dropped).toBe(1)
    await vi.waitFor(async () => expect((await store.backlog()).unsequenced).toBe(1), { timeout: 20_000 })
    await store.close()
    await proxy.close()
  })
})
