/**
 * MongoDB that is killed, hangs, is slow, or whose answers are lost: every call ends within its deadline, what is refused is not saved, and
 * what nobody can know is told to nobody (A1).
 */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asCanvasId, asPosition, asSeq, asTile } from '../../../lib/brand.ts'
import { placementId } from '../../../lib/commit.ts'
import { firstCommitId } from '../../../lib/plan-group.ts'
import { systemClock } from '../../clock.ts'
import { noFailpoints } from '../../failpoints.ts'
import { silentLogger } from '../../observability/log.ts'
import { GroupCommitQueue } from '../../placement/group-commit-queue.ts'
import { createGroupIds } from '../../placement/group-id.ts'
import { TcpProxy } from '../../testing/tcp-proxy.ts'
import type { Store } from '../port.ts'
import { paint, testCanvas } from '../store.fixture.ts'
import { placingMs, quickMs, settlingMs } from './deadlines.ts'
import { openMongoStore } from './mongo-store.ts'
import { hasTestMongo, TestMongo } from './test-mongo.fixture.ts'

const isThere = Boolean(process.env['MONGODB_TEST_SERVER']) && !process.env['MONGODB_TEST_URI']
if (!isThere && !hasTestMongo() && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB: set MONGODB_TEST_SERVER')

const main = asCanvasId('main')
const patience = { timeout: 20_000, interval: 50 }
/** What a call may take beyond its deadline on a busy machine. */
const slackMs = 3_000

describe.skipIf(!isThere)('a MongoDB that the test starts (MONGODB_TEST_SERVER)', () => {
  let mongo: TestMongo
  let proxy: TcpProxy
  let store: Store
  let database: string
  let groups = 0

  const open = (port: number) =>
    openMongoStore({
      uri: `mongodb://127.0.0.1:${port}/${database}?directConnection=true`,
      retentionMs: 86_400_000,
      logger: silentLogger,
      now: Date.now,
      random: Math.random,
    })

  beforeEach(async () => {
    mongo = await TestMongo.start()
    proxy = await TcpProxy.start(mongo.port ?? 0)
    database = `fresco-${randomUUID().slice(0, 8)}`
    store = await open(proxy.port)
    await store.ensureCanvas(testCanvas())
    await place(0)
  })
  afterEach(async () => {
    mongo.thaw()
    await store.close()
    await proxy.close()
    await mongo.dispose()
  })

  const newId = () => `group${String(groups++).padStart(8, '0')}`
  const place = (gx: number, id = newId()) => store.place({ id, requests: [paint({ gx, gy: 0, color: 1 })], nowMs: Date.now() })
  const isSaved = async (group: string, where = store) => (await where.getReceipt(placementId(firstCommitId(group), 0))) !== null
  const timed = async <Value>(work: Promise<Value>) => {
    const startedAt = performance.now()
    const result = await work.then(
      (value) => ({ value, code: null }),
      (error: { code: string }) => ({ value: null, code: error.code }),
    )
    return { ...result, ms: performance.now() - startedAt }
  }
  const isWellAgain = () => vi.waitFor(() => place(60), patience)

  test('A1 while MongoDB hangs, each call ends within its deadline, and a refused placement is not saved afterwards', async () => {
    await mongo.freeze()
    const [first, second] = [newId(), newId()]
    const calls = await Promise.all([
      timed(place(1, first)),
      timed(place(2, second)),
      timed(store.ping()),
      timed(store.sequence({ limit: 10 })),
      timed(store.readHeads(main)),
      timed(store.readCommits({ canvas: main, tile: asTile(0), after: asSeq(0), limit: 10 }).then(() => undefined)),
    ])
    for (const { code } of calls) expect(code).toMatch(/unavailable|outcome_unknown/)
    for (const { ms } of calls.slice(0, 2)) expect(ms).toBeLessThan(placingMs + settlingMs + slackMs)
    for (const { ms } of calls.slice(2, 5)) expect(ms).toBeLessThan(quickMs + slackMs)
    mongo.thaw()
    await isWellAgain()
    for (const [index, id] of [first, second].entries()) if (calls[index]?.code === 'unavailable') expect(await isSaved(id)).toBe(false)
  })

  test('while MongoDB hangs for a short time, placements wait and are saved', async () => {
    await mongo.freeze()
    const placing = timed(place(1))
    await expect(timed(store.ping()).then(({ ms }) => ms)).resolves.toBeGreaterThan(1_000)
    mongo.thaw()
    expect(await placing).toMatchObject({ code: expect.toSatisfy((code) => code === null || code === 'unavailable') })
    await isWellAgain()
  })

  test('A1 while MongoDB is killed, calls are refused, and they work after its restart', async () => {
    await mongo.kill()
    const id = newId()
    const { code, ms } = await timed(place(1, id))
    expect(code).toBe('unavailable')
    expect(ms).toBeLessThan(placingMs + settlingMs + slackMs)
    await mongo.boot()
    await isWellAgain()
    expect(await isSaved(id)).toBe(false)
  })

  test('A1 a commit whose answer is lost is found by its id', async () => {
    let lost = 0
    proxy.onRequest = (request) => (request.includes('commitTransaction') && lost++ === 0 ? 'lose_answer' : 'pass')
    const id = newId()
    const { code, value } = await timed(place(1, id))
    expect(lost).toBeGreaterThan(0)
    // Found, or an unknown outcome: never refused.
    if (code === null) expect(value).toMatchObject([{ kind: 'done', placed: 1 }])
    else expect(code).toBe('outcome_unknown')
    proxy.onRequest = () => 'pass'
    await isWellAgain()
    expect(await isSaved(id)).toBe(true)
  }, 90_000)

  test('A1 when the server ends after a commit and before its reply, the outcome is unknown, not refused', async () => {
    proxy.onRequest = (request) => {
      if (!request.includes('commitTransaction')) return 'pass'
      // It is done, and from then on nobody is there.
      setTimeout(() => void proxy.close(), 500)
      return 'lose_answer'
    }
    const id = newId()
    const { code, ms } = await timed(place(1, id))
    expect(code).toBe('outcome_unknown')
    expect(ms).toBeLessThan(placingMs + settlingMs + slackMs)
    const looking = await open(mongo.port ?? 0)
    expect(await isSaved(id, looking)).toBe(true)
    await looking.close()
  })

  test('A6 while MongoDB hangs under load, every request is answered in time, and the queue stays within its bound', async () => {
    const commitQueue = new GroupCommitQueue({
      store,
      clock: systemClock,
      newGroupId: createGroupIds(systemClock),
      failpoints: noFailpoints,
      logger: silentLogger,
      bounds: { maxQueuedPixels: 200 },
    })
    await mongo.freeze()
    const startedAt = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        commitQueue.place(paint({ gx: i % 64, gy: 1, color: 2 })).then(
          (outcome) => (outcome.kind === 'refused' ? outcome.refusal.code : 'placed'),
          (error: { code: string }) => error.code,
        ),
      ),
    )
    expect(performance.now() - startedAt).toBeLessThan(2 * (placingMs + settlingMs + slackMs))
    expect(answers.filter((answer) => answer === 'overloaded').length).toBeGreaterThanOrEqual(300)
    expect(answers.filter((answer) => answer === 'placed')).toEqual([])
    mongo.thaw()
    await isWellAgain()
  })

  test('while MongoDB is slow, placements are saved, and those that would wait too long are refused', async () => {
    proxy.set({ kind: 'delay', ms: 75 })
    const commitQueue = new GroupCommitQueue({
      store,
      clock: systemClock,
      newGroupId: createGroupIds(systemClock),
      failpoints: noFailpoints,
      logger: silentLogger,
      bounds: { maxGroupPixels: 4 },
    })
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => (await commitQueue.place(paint({ gx: i, gy: 2, color: 2 }))).kind),
    )
    expect(answers).toContain('done')
    expect(answers).toContain('refused')
    const { length } = answers.filter((kind) => kind === 'done')
    proxy.set({ kind: 'pass' })
    let saved = 0
    for (let gx = 0; gx < 60; gx++) if (await store.getPixel({ canvas: main, tile: asTile(0), position: asPosition(2 * 64 + gx) })) saved++
    expect(saved).toBe(length)
  })
})
