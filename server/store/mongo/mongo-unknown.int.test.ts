/** Commits whose outcome MongoDB cannot say: nobody receives an answer that a failover could make false. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asPosition, asTile } from '../../../lib/brand.ts'
import { controlTile } from '../../../lib/control-log.ts'
import { findsNothing, keepMongoFiles, replies, stallMajority, writeConcernTimeout } from '../../testing/mongo-failover.fixture.ts'
import type { MongoCommand } from '../../testing/mongo-proxy.fixture.ts'
import { paint, readWholeLog, testCanvas, updateCanvas } from '../store.fixture.ts'
import { codeOf, hasOwnMongo, startBehindProxy } from './behind-proxy.fixture.ts'

const isCommit = ({ name }: MongoCommand) => name === 'commitTransaction'
/** The store searches for the first commit of a group with majority read concern. */
const isLookedFor = ({ name, collection, body }: MongoCommand) =>
  name === 'find' && collection === 'outboxes' && body['readConcern'] !== undefined

if (!hasOwnMongo && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB server to start: set MONGODB_TEST_SERVER')

describe.skipIf(!hasOwnMongo)('a MongoDB that the test starts (MONGODB_TEST_SERVER)', () => {
  let given: Awaited<ReturnType<typeof startBehindProxy>>
  beforeEach(async () => {
    given = await startBehindProxy()
  })
  afterEach(() => given.dispose())

  let groups = 0
  const place = (gx: number, key?: string) =>
    given.store.place({
      id: `unknown${String(groups++).padStart(6, '0')}`,
      requests: [paint({ gx, gy: 0, color: 1 }, key ? { key } : {})],
      nowMs: Date.now(),
    })
  const isPainted = async (gx: number) => {
    const store = await given.openDirectly()
    const pixel = await store.getPixel({ canvas: testCanvas().id, tile: asTile(0), position: asPosition(gx) })
    await store.close()
    return pixel !== null
  }

  test('A1 a repeated key has no answer while a failover could still take back the placement that it repeats', async () => {
    const kept = await keepMongoFiles(given.mongo)
    await vi.waitFor(() => given.store.ping())
    const stall = stallMajority()
    given.proxy.onCommand = (command) => (isLookedFor(command) ? findsNothing : stall.fate(command))
    expect(await codeOf(place(1, 'key'))).toBe('outcome_unknown')
    const again = await codeOf(place(1, 'key'))
    expect(stall.stalled).toBeGreaterThan(0)
    await kept.rollBack()
    stall.end()
    expect(await isPainted(1), 'the failover took the placement back').toBe(false)
    expect(again).toBe('outcome_unknown')
    kept.dispose()
  }, 90_000)

  test('A1 a repeated key is answered as before once the majority has the placement', async () => {
    const before = given.proxy.commands.length
    expect(await place(1, 'key')).toEqual(await place(1, 'key'))
    expect(given.proxy.commands.slice(before).filter(isCommit)).toHaveLength(2)
  })

  test('A1 a group of refusals needs no commit', async () => {
    const before = given.proxy.commands.length
    const [outcome] = await given.store.place({ id: 'refusals0001', requests: [paint({ gx: 9_999, gy: 0, color: 1 })], nowMs: 1 })
    expect(outcome).toMatchObject({ kind: 'done', placed: 0 })
    expect(given.proxy.commands.slice(before).filter(isCommit)).toEqual([])
  })

  test.each([
    ['NoSuchTransaction with a writeConcernError', replies.noSuchTransactionUnconfirmed],
    ['NotWritablePrimary with a writeConcernError', { ...replies.notWritablePrimary, writeConcernError: writeConcernTimeout }],
    ['MaxTimeMSExpired', replies.maxTimeExpired],
  ])(
    'A1 a commit that is answered with %s may be saved: its outcome is unknown',
    async (_name, reply) => {
      // The commit is carried out, and the majority does not have it yet: a majority read does not find it either.
      given.proxy.onCommand = (command) => {
        if (isCommit(command)) return { kind: 'change', change: () => reply }
        return isLookedFor(command) ? findsNothing : { kind: 'pass' }
      }
      expect(await codeOf(place(2))).toBe('outcome_unknown')
      expect(await isPainted(2)).toBe(true)
    },
    90_000,
  )

  test('A1 a commit that is answered with NoSuchTransaction alone was not carried out: the group is tried again', async () => {
    let commits = 0
    given.proxy.onCommand = (command) =>
      isCommit(command) && commits++ === 0 ? { kind: 'refuse', reply: replies.noSuchTransaction } : { kind: 'pass' }
    expect(await place(3)).toMatchObject([{ kind: 'done', placed: 1 }])
    expect(commits).toBe(2)
  })

  test('A2 a change of a canvas whose commit is carried out and answered as aborted is saved once, with one control entry', async () => {
    let commits = 0
    given.proxy.onCommand = (command) =>
      isCommit(command) && commits++ === 0 ? { kind: 'change', change: () => replies.noSuchTransactionUnconfirmed } : { kind: 'pass' }
    expect(await updateCanvas(given.store, { title: 'Once' })).toMatchObject({ kind: 'updated', canvas: { title: 'Once', rev: 2 } })
    expect(commits).toBe(2)
    await given.store.sequence({ limit: 10 })
    expect(await readWholeLog(given.store, { canvas: testCanvas().id, tile: controlTile })).toHaveLength(1)
  })

  test('A1 a primary that steps down before the commit refuses it: the group is tried again', async () => {
    let inserts = 0
    given.proxy.onCommand = ({ name, collection }) =>
      name === 'insert' && collection === 'outboxes' && inserts++ === 0
        ? { kind: 'refuse', reply: replies.notWritablePrimary }
        : { kind: 'pass' }
    expect(await place(4)).toMatchObject([{ kind: 'done', placed: 1 }])
    expect(inserts).toBe(2)
  })
})
