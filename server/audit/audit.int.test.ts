/** Real stores, damaged in each way that the audit says it finds. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asPosition, asSeq, asTile } from '../../lib/brand.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { packColors } from '../projecting/snapshot-bytes.ts'
import { hasTestMongo, TestMongo } from '../store/mongo/test-mongo.fixture.ts'
import type { Store } from '../store/port.ts'
import { openSqliteReading } from '../store/sqlite/sqlite-reading.ts'
import { paint } from '../store/store.fixture.ts'
import { type Change, createMongoTestStore, createSqliteTestStore, type TestStore } from '../store/test-stores.fixture.ts'
import { findingKinds } from './finding.ts'
import { eachWithPaintedStore, epoch, main, nowMs, placeAt, project, publish, runAudit } from './painted-store.fixture.ts'

/** What is damaged, how, and all the kinds that the audit then tells; later ones follow from the first. */
const damages: readonly (readonly [string, Change, readonly (typeof findingKinds)[number][]])[] = [
  [
    'a commit is deleted',
    { sql: 'DELETE FROM outbox WHERE tile = 0 AND seq = 3', mongo: (db) => db.collection('outboxes').deleteOne({ tile: 0, seq: 3 }) },
    ['hole', 'history_extra'],
  ],
  [
    'a commit gets another number',
    {
      sql: 'UPDATE outbox SET seq = 1000 WHERE tile = 0 AND seq = 3',
      mongo: (db) => db.collection('outboxes').updateOne({ tile: 0, seq: 3 }, { $set: { seq: 1000 } }),
    },
    ['hole', 'history_extra', 'tail_low'],
  ],
  [
    'a commit is there twice, under one number',
    {
      sql: `DROP INDEX outbox_log; INSERT INTO outbox SELECT 'group0000again-0', canvas, tile, epoch, at, cause, pixels, seq, published_at, attempts, last_error, kind
            FROM outbox WHERE tile = 0 AND seq = 3`,
      mongo: async (db) => {
        const outbox = db.collection<{ _id: string }>('outboxes')
        await outbox.dropIndex('log').catch(() => undefined)
        const commit = await outbox.findOne({ tile: 0, seq: 3 } as object)
        await outbox.insertOne({ ...commit, _id: 'group0000again-0' })
      },
    },
    ['double'],
  ],
  [
    'a commit is there twice, under two numbers',
    {
      sql: `INSERT INTO outbox SELECT 'group0000again-0', canvas, tile, epoch, at, cause, pixels, (SELECT max(seq) + 1 FROM outbox WHERE tile = 0), published_at, attempts, last_error, kind
            FROM outbox WHERE tile = 0 AND seq = 3`,
      mongo: async (db) => {
        const outbox = db.collection<{ _id: string }>('outboxes')
        const commit = await outbox.findOne({ tile: 0, seq: 3 } as object)
        const [last] = await outbox
          .find({ tile: 0, seq: { $exists: true } } as object)
          .sort({ seq: -1 })
          .limit(1)
          .toArray()
        await outbox.insertOne({
          ...commit,
          _id: 'group0000again-0',
          seq: Number((last as { seq?: number } | undefined)?.seq) + 1,
        } as never)
      },
    },
    ['order', 'tail_low'],
  ],
  [
    'the log is turned around',
    {
      sql: `UPDATE outbox SET seq = 1001 + (SELECT max(seq) FROM outbox WHERE tile = 0) - seq WHERE tile = 0;
            UPDATE outbox SET seq = seq - 1000 WHERE tile = 0 AND seq > 1000`,
      mongo: async (db) => {
        const outbox = db.collection('outboxes')
        const commits = await outbox.find({ tile: 0, seq: { $exists: true } }).toArray()
        for (const { _id, seq } of commits) await outbox.updateOne({ _id }, { $set: { seq: commits.length + 1 - Number(seq) } })
      },
    },
    ['previous_differs', 'order', 'history_differs'],
  ],
  [
    "a commit's pixels are garbled",
    {
      sql: "UPDATE outbox SET pixels = x'ff' WHERE tile = 0 AND seq = 3",
      mongo: (db) => db.collection('outboxes').updateOne({ tile: 0, seq: 3 }, { $set: { pixels: Buffer.from([0xff]) } }),
    },
    ['unreadable', 'history_extra', 'stats_differ'],
  ],
  [
    'a pixel is changed',
    {
      sql: 'UPDATE pixels SET color = 3 - color WHERE tile = 0',
      mongo: (db) => db.collection('pixels').updateMany({ tile: 0 }, [{ $set: { color: { $subtract: [3, '$color'] } } }]),
    },
    ['pixel_differs'],
  ],
  [
    'a pixel appears that nobody painted',
    {
      sql: "INSERT INTO pixels VALUES ('main', 0, 99, 1, 'p_x', 1, 'paint')",
      mongo: (db) =>
        db
          .collection<{ _id: string }>('pixels')
          .insertOne({ _id: 'main/0/99', canvas: 'main', tile: 0, position: 99, color: 1, by: 'p_x', at: 1, cause: 'paint' } as never),
    },
    ['pixel_differs'],
  ],
  [
    'pixels vanish',
    {
      sql: 'DELETE FROM pixels WHERE tile = 0 AND color <> 0',
      mongo: (db) => db.collection('pixels').deleteMany({ tile: 0, color: { $ne: 0 } }),
    },
    ['pixel_differs'],
  ],
  [
    "commits' times are changed",
    {
      sql: 'UPDATE outbox SET at = 1 WHERE tile = 0 AND seq = 10',
      mongo: (db) => db.collection('outboxes').updateOne({ tile: 0, seq: 10 }, { $set: { at: 1 } }),
    },
    ['order', 'history_extra', 'history_missing', 'not_published'],
  ],
  [
    'commits are of another epoch',
    {
      sql: "UPDATE outbox SET epoch = 'epoch999' WHERE tile = 1 AND seq = 2",
      mongo: (db) => db.collection('outboxes').updateOne({ tile: 1, seq: 2 }, { $set: { epoch: 'epoch999' } }),
    },
    ['other_epoch'],
  ],
  [
    'commits wait for too long',
    {
      sql: 'UPDATE outbox SET published_at = NULL WHERE seq = 2',
      mongo: (db) => db.collection('outboxes').updateMany({ seq: 2 }, { $unset: { publishedAt: '' }, $set: { unpublished: true } }),
    },
    ['not_published'],
  ],
  [
    'a tombstone was tried often and holds up its tile',
    {
      sql: "UPDATE outbox SET published_at = NULL, cause = 'skipped', pixels = x'', attempts = 5 WHERE tile = 0 AND seq = (SELECT max(seq) FROM outbox WHERE tile = 0)",
      mongo: async (db) => {
        const [last] = await db
          .collection('outboxes')
          .find({ tile: 0, seq: { $exists: true } })
          .sort({ seq: -1 })
          .limit(1)
          .toArray()
        await db
          .collection('outboxes')
          .updateOne(
            { _id: last?._id as never },
            { $unset: { publishedAt: '' }, $set: { unpublished: true, cause: 'skipped', attempts: 5 } },
          )
      },
    },
    ['not_published', 'stuck'],
  ],
  ['the durable heads are gone', { sql: 'DELETE FROM tails', mongo: (db) => db.collection('tails').deleteMany({}) }, ['tail_low']],
  [
    'a history row is dropped',
    {
      sql: 'DELETE FROM history WHERE tile = 0 AND seq = 4',
      mongo: (db) => db.collection('histories').deleteOne({ tile: 0, seq: 4 }),
    },
    ['history_missing'],
  ],
  ...['color', 'previous'].map(
    (field) =>
      [
        `the ${field} of a history row is changed`,
        {
          sql: `UPDATE history SET ${field} = 3 - ${field} WHERE tile = 0 AND seq = 4`,
          mongo: (db) =>
            db.collection('histories').updateOne({ tile: 0, seq: 4 }, [{ $set: { [field]: { $subtract: [3, `$${field}`] } } }]),
        },
        ['history_differs'],
      ] as const satisfies (typeof damages)[number],
  ),
  [
    'the painter of a history row is changed',
    {
      sql: "UPDATE history SET painter = 'p_thief' WHERE tile = 0 AND seq = 4",
      mongo: (db) => db.collection('histories').updateOne({ tile: 0, seq: 4 }, { $set: { by: 'p_thief' } }),
    },
    ['history_differs'],
  ],
  [
    'the cause of a history row is changed',
    {
      sql: "UPDATE history SET cause = 'fill' WHERE tile = 0 AND seq = 4",
      mongo: (db) => db.collection('histories').updateOne({ tile: 0, seq: 4 }, { $set: { cause: 'fill' } }),
    },
    ['history_differs'],
  ],
  [
    'the time of a history row is changed',
    {
      sql: 'UPDATE history SET at = at + 100 WHERE tile = 0 AND seq = 4',
      mongo: (db) => db.collection('histories').updateOne({ tile: 0, seq: 4 }, { $inc: { at: 100 } }),
    },
    ['history_extra', 'history_missing'],
  ],
  [
    'a history row is there that no commit explains',
    {
      sql: "INSERT INTO history VALUES ('main', 0, 7, 5, 4, 'epoch001', 1, 0, 'p_x', 'paint')",
      mongo: (db) =>
        db.collection('histories').insertOne({
          _id: 'main/0/7/5',
          ...{ canvas: 'main', tile: 0, position: 7, at: 5, seq: 4, epoch: 'epoch001', color: 1, previous: 0, by: 'p_x', cause: 'paint' },
        } as never),
    },
    ['history_extra'],
  ],
  [
    'a history row is outside of the tile',
    {
      sql: "INSERT INTO history VALUES ('main', 0, 4096, 5, 4, 'epoch001', 1, 0, 'p_x', 'paint')",
      mongo: (db) =>
        db.collection('histories').insertOne({
          _id: 'main/0/4096/5',
          ...{
            canvas: 'main',
            tile: 0,
            position: 4096,
            at: 5,
            seq: 4,
            epoch: 'epoch001',
            color: 1,
            previous: 0,
            by: 'p_x',
            cause: 'paint',
          },
        } as never),
    },
    ['history_extra'],
  ],
  [
    "a snapshot's bytes are garbled",
    {
      sql: "UPDATE snapshots SET bytes = x'00112233' WHERE tile = 0",
      mongo: (db) => db.collection('snapshots').updateMany({ tile: 0 }, { $set: { bytes: Buffer.from('00112233', 'hex') } }),
    },
    ['unreadable'],
  ],
  [
    'a snapshot is of another seq than it says',
    {
      sql: 'UPDATE snapshots SET seq = seq - 3 WHERE tile = 0',
      mongo: (db) => db.collection('snapshots').updateMany({ tile: 0 }, { $inc: { seq: -3 } }),
    },
    ['snapshot_differs'],
  ],
  [
    'a snapshot is ahead of the tile',
    {
      sql: 'UPDATE snapshots SET seq = seq + 1000 WHERE tile = 0',
      mongo: (db) => db.collection('snapshots').updateMany({ tile: 0 }, { $inc: { seq: 1000 } }),
    },
    ['snapshot_ahead'],
  ],
  [
    "a snapshot's time is before its commits",
    {
      sql: 'UPDATE snapshots SET at = 1 WHERE tile = 0',
      mongo: (db) => db.collection('snapshots').updateMany({ tile: 0 }, { $set: { at: 1 } }),
    },
    ['snapshot_differs'],
  ],
  [
    'a cursor is beyond the head',
    {
      sql: "UPDATE cursors SET seq = 1000 WHERE tile = 0 AND name = 'history'",
      mongo: (db) => db.collection('cursors').updateOne({ tile: 0, name: 'history' }, { $set: { seq: 1000 } }),
    },
    ['cursor_ahead'],
  ],
  [
    'a painter is said to have painted more',
    {
      sql: "UPDATE stats_painters SET placed = placed + 1 WHERE painter = 'p_aaaa'",
      mongo: (db) => db.collection('stats').updateOne({ kind: 'painter', key: 'p_aaaa' }, { $inc: { placed: 1 } }),
    },
    ['stats_differ'],
  ],
  [
    'all numbers are doubled',
    {
      sql: 'UPDATE stats_painters SET placed = placed * 2; UPDATE stats_minutes SET placed = placed * 2; UPDATE stats_blocks SET placed = placed * 2',
      mongo: (db) => db.collection('stats').updateMany({}, { $mul: { placed: 2 } }),
    },
    ['stats_differ'],
  ],
  [
    'a cursor of the stats was set back',
    {
      sql: "UPDATE cursors SET seq = seq - 1 WHERE tile = 0 AND name = 'stats'",
      mongo: (db) => db.collection('cursors').updateOne({ tile: 0, name: 'stats' }, { $inc: { seq: -1 } }),
    },
    ['stats_differ'],
  ],
]

const describeAudit = (name: string, isThere: boolean, make: () => TestStore) =>
  describe.skipIf(!isThere)(`A2 A3 A4 the audit on ${name}`, () => {
    let under: TestStore
    eachWithPaintedStore(make, (copy) => {
      under = copy
    })

    /** With the store open, as a server has it. */
    const live = (name: string, run: (store: Store) => Promise<void>) =>
      test(name, async () => {
        const store = await under.open()
        await run(store).finally(() => store.close())
      })

    live('finds nothing on a live store, also where pixels are ahead of their numbers and projections behind', async () => {
      const { report, findings } = await runAudit(under)
      expect(findings).toEqual([])
      expect(report).toMatchObject({ canvases: 1, tiles: 4, commits: 59, pixels: 4 * 64 * 64, pending: 2, findings: 0 })
      expect(report.snapshots).toBeGreaterThanOrEqual(6)
    })

    test('changes nothing', async () => {
      const before = await under.dump()
      await runAudit(under)
      expect(await under.dump()).toEqual(before)
    })

    live('finds nothing while others paint, publish and project', async (store) => {
      const random = randomsOf(9)
      let running = true
      const busy = (async () => {
        let index = 60
        for (; running; index++) {
          await placeAt(store, index, random)
          if (index % 3 === 0) await publish(store)
          if (index % 7 === 0) await project(store)
        }
        return index
      })()
      for (let run = 0; run < 5; run++) expect((await runAudit(under)).findings).toEqual([])
      running = false
      expect(await busy).toBeGreaterThan(70)
    })

    live('compares what is left where the old end of the log has expired: a snapshot tells what was before', async (store) => {
      await store.trim({ publishedBeforeMs: nowMs + 1, keysBeforeMs: 0 })
      const { report, findings } = await runAudit(under)
      expect(findings).toEqual([])
      expect(report).toMatchObject({ tiles: 4, commits: 1 })
      await project(store)
      await publish(store)
      expect((await runAudit(under)).report).toMatchObject({ findings: 0 })
      const tile = [...(await store.readHeads(main))].find(([, head]) => head > 1)?.[0] ?? asTile(0)
      const ref = { canvas: main, tile }
      const board = await store.readBoard(ref)
      const bytes = await packColors(board?.colors ?? new Uint8Array())
      await store.projections.saveSnapshot({ ...ref, epoch, seq: asSeq((board?.seq ?? 0) - 1), atMs: nowMs, bytes })
      await store.projections.saveSnapshot({ ...ref, epoch, seq: board?.seq ?? asSeq(0), atMs: nowMs, bytes })
      expect((await runAudit(under)).findings).toEqual([])
      await under.change({
        sql: `UPDATE pixels SET color = 3 - color WHERE tile = ${tile}`,
        mongo: (db) => db.collection('pixels').updateMany({ tile }, [{ $set: { color: { $subtract: [3, '$color'] } } }]),
      })
      expect((await runAudit(under)).kinds).toEqual(['pixel_differs'])
    })

    live('entries of a kind that only a newer version knows are counted and passed over', async (store) => {
      const [id, at] = ['fromanewerversion', nowMs]
      await under.change({
        sql: `INSERT INTO outbox (id, canvas, tile, epoch, at, cause, pixels, kind) VALUES ('${id}', 'main', 0, '${epoch}', ${at}, 'paint', x'07', 'sticker')`,
        mongo: (db) => {
          const content = { cause: 'paint', pixels: Buffer.from([7]), kind: 'sticker' }
          const entry = { canvas: 'main', tile: 0, epoch, at, ...content, unsequenced: true, attempts: 0 }
          return db.collection<{ _id: string }>('outboxes').insertOne({ _id: id, ...entry })
        },
      })
      await store.place({ id: 'groupafterwards', requests: [paint({ gx: 3, gy: 3, color: 2 })], nowMs: at + 1 })
      await publish(store)
      await project(store)
      expect((await runAudit(under)).report).toMatchObject({ findings: 0, unknown: 1, pending: 0 })
    })

    live('a stream that knows more than the store is told, unless it still has another epoch', async (store) => {
      const head = (await store.readHeads(main)).get(asTile(0)) ?? 0
      expect((await runAudit(under, { heads: new Map([[0, head]]) })).kinds).toEqual([])
      expect((await runAudit(under, { heads: new Map([[0, head + 1]]) })).kinds).toEqual(['stream_ahead'])
      expect((await runAudit(under, { heads: new Map([[0, head + 1]]), epoch: 'epoch000' })).kinds).toEqual([])
    })

    live('of more positions than can be taken apart each is named', async (store) => {
      const pixels = Array.from({ length: 120 }, (_, index) => ({ gx: index % 60, gy: 10 + Math.floor(index / 60), color: 1 }))
      await store.place({ id: 'groupmany0000', requests: [paint(pixels)], nowMs })
      await publish(store)
      await project(store)
      await under.change({
        sql: "UPDATE history SET painter = 'p_thief' WHERE tile = 0 AND position BETWEEN 640 AND 763",
        mongo: (db) => db.collection('histories').updateMany({ tile: 0, position: { $gte: 640, $lte: 763 } }, { $set: { by: 'p_thief' } }),
      })
      const { findings, kinds } = await runAudit(under)
      expect(kinds).toEqual(['history_differs'])
      expect(findings.map(({ seq }) => seq === null)).toEqual([...Array(20).fill(true), ...Array(100).fill(false)])
      const position = asPosition(640)
      expect((await store.projections.readHistory({ canvas: main, tile: asTile(0), position, limit: 1 }))[0]?.by).toBe('p_thief')
    })

    test.each(damages)('%s', async (_what, change, kinds) => {
      const before = await under.dump()
      await under.change(change)
      expect(await under.dump()).not.toEqual(before)
      const found = await runAudit(under, { nowMs: kinds.includes('not_published') ? nowMs + 120_000 : nowMs })
      expect(found.kinds).toEqual(expect.arrayContaining([...kinds]))
    })
  })

let mongo: TestMongo
beforeAll(async () => {
  if (hasTestMongo()) mongo = await TestMongo.start()
})
afterAll(() => mongo?.dispose())
if (!hasTestMongo() && process.env['REQUIRE_SERVICES'] === '1') throw new Error('no MongoDB: set MONGODB_TEST_URI or MONGODB_TEST_SERVER')
describeAudit('SQLite', true, createSqliteTestStore)

describeAudit('MongoDB (MONGODB_TEST_URI or MONGODB_TEST_SERVER)', hasTestMongo(), () => createMongoTestStore(mongo))

describe('the audit', () => {
  test('an empty store is well', async () => {
    const under = createSqliteTestStore()
    await (await under.open()).close()
    expect((await runAudit(under)).report).toMatchObject({ canvases: 0, findings: 0 })
    await under.dispose()
  })

  test('a database that is not there is not made', async () => {
    const { env, dispose } = createSqliteTestStore()
    const file = join(env['DATA_DIR'] ?? '', 'none.db')
    await expect(openSqliteReading(file)).rejects.toThrow('There is no database')
    rmSync(file, { force: true })
    await dispose()
  })

  test('every kind of finding is caused here, except a head that goes back, which takes two reads', () => {
    const caused = new Set([...damages.flatMap(([, , kinds]) => kinds), 'stream_ahead'])
    expect(findingKinds.filter((kind) => !caused.has(kind))).toEqual(['tail_went_back'])
  })
})
