/** Rebuilds projections on real stores: an undamaged one does not change, and a damaged one is repaired. */
import { expect, test } from 'vitest'
import { describeOnPaintedStores, main, nowMs, project, publish, runAudit } from '../audit/painted-store.fixture.ts'
import { runCommand } from '../cli/run-command.ts'
import { readConfig } from '../config.ts'
import { silentLogger } from '../observability/log.ts'
import { logProjections } from '../store/projections-port.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { type Change, createSqliteTestStore, type TestStore } from '../store/test-stores.fixture.ts'
import { LogProjection } from './log-projection.ts'

const names = ['history', 'snapshots', 'stats', 'profiles', 'templates'] as const

const damages: Readonly<Record<(typeof names)[number], readonly Change[]>> = {
  history: [
    { sql: 'DELETE FROM history WHERE seq = 4', mongo: (db) => db.collection('histories').deleteMany({ seq: 4 }) },
    { sql: 'UPDATE history SET color = 3 - color', mongo: (db) => db.collection('histories').updateMany({}, { $set: { by: 'p_thief' } }) },
    {
      sql: "UPDATE cursors SET seq = 1000 WHERE name = 'history'",
      mongo: (db) => db.collection('cursors').updateMany({ name: 'history' }, { $set: { seq: 1_000 } }),
    },
  ],
  snapshots: [
    {
      sql: "UPDATE snapshots SET bytes = x'00'",
      mongo: (db) => db.collection('snapshots').updateMany({}, { $set: { bytes: Buffer.alloc(3) } }),
    },
    { sql: 'UPDATE snapshots SET seq = seq - 1', mongo: (db) => db.collection('snapshots').updateMany({}, { $set: { at: 1 } }) },
    {
      sql: 'UPDATE snapshots SET seq = seq + 1000 WHERE tile = 0',
      mongo: async (db) => {
        const snapshots = db.collection<{ _id: string }>('snapshots')
        const snapshot = await snapshots.findOneAndDelete({ tile: 0 } as object)
        await snapshots.insertOne({ ...snapshot, _id: 'main/0/epoch001/1000', seq: 1_000 } as never)
      },
    },
  ],
  stats: [
    {
      sql: 'UPDATE stats_painters SET placed = 7',
      mongo: (db) => db.collection('stats').updateMany({ kind: 'painter' }, { $set: { placed: 7 } }),
    },
    {
      sql: "UPDATE cursors SET seq = seq - 1 WHERE name = 'stats'",
      mongo: (db) => db.collection('cursors').updateMany({ name: 'stats' }, { $inc: { seq: -1 } }),
    },
  ],
  templates: [
    {
      sql: `UPDATE template_counts SET counts = '{"1":[1,2,3]}'`,
      mongo: (db) => db.collection('templateprogress').updateMany({}, { $set: { 'tiles.1.counts': '{"1":[1,2,3]}' } }),
    },
    {
      sql: 'UPDATE template_counts SET seq = 1000 WHERE tile = 0',
      mongo: (db) => db.collection('templateprogress').updateMany({}, { $set: { 'tiles.0.seq': 1_000 } }),
    },
  ],
  profiles: [
    { sql: 'UPDATE profiles SET placed = 7', mongo: (db) => db.collection('profiles').updateMany({}, { $set: { placed: 7 } }) },
    { sql: "DELETE FROM profiles WHERE painter = 'p_aaaa'", mongo: (db) => db.collection('profiles').deleteMany({ painter: 'p_aaaa' }) },
    {
      sql: "UPDATE cursors SET seq = seq - 1 WHERE name = 'profiles'",
      mongo: (db) => db.collection('cursors').updateMany({ name: 'profiles' }, { $inc: { seq: -1 } }),
    },
  ],
}

const run = async ({ env }: TestStore, args: readonly string[]) => {
  const out: string[] = []
  const err: string[] = []
  const print = (line: string) => void out.push(line)
  const code = await runCommand({
    args,
    config: () => readConfig(env),
    print,
    progress: (line) => void err.push(line),
    ask: null,
    now: () => 0,
  })
  return { code, out, err }
}

describeOnPaintedStores('rebuild', (setup) => {
  /** A rebuild is an act, so the record of acts is left out. */
  const dump = async () => {
    const { acts: _, ...rest } = await setup.under.dump()
    return rest
  }

  test.each(names)('of %s changes nothing in an undamaged store', async (projection) => {
    const before = await dump()
    expect(await run(setup.under, ['rebuild', projection])).toMatchObject({ code: 0 })
    expect(await dump()).toEqual(before)
  })

  test.each(names)('of %s repairs what the log holds', async (projection) => {
    for (const damage of damages[projection]) {
      await setup.under.change(damage)
      expect((await runAudit(setup.under)).report.findings).toBeGreaterThan(0)
      expect(await run(setup.under, ['rebuild', projection])).toMatchObject({ code: 0, out: [expect.stringMatching(/^main: [1-9]/)] })
      expect((await runAudit(setup.under)).findings).toEqual([])
    }
  })

  test('history and snapshots of trimmed commits stay, and stats lose them only with --partial', async () => {
    const store = await setup.under.open()
    await project(store)
    await store.trim({ publishedBeforeMs: nowMs + 1, keysBeforeMs: 0 })
    await store.close()
    const before = await dump()
    for (const projection of ['history', 'snapshots']) expect((await run(setup.under, ['rebuild', projection])).code).toBe(0)
    for (const projection of ['stats', 'profiles'])
      expect(await run(setup.under, ['rebuild', projection])).toMatchObject({
        code: 1,
        err: [expect.anything(), expect.stringMatching(/^58 commits .*--partial/)],
      })
    expect(await dump()).toEqual(before)
    expect((await run(setup.under, ['rebuild', 'stats', '--partial'])).code).toBe(0)
    const reading = await setup.under.openReading()
    expect(await reading.sumStats(main)).toMatchObject({ painters: 1, minutes: 1, cells: 1 })
    await reading.close()
  })

  test('a projector that runs during a rebuild starts again, and each commit counts once', async () => {
    const store = await setup.under.open()
    const canvas = testCanvas()
    for (const name of logProjections) {
      const projection = new LogProjection({ name, store, logger: silentLogger })
      await projection.catchUp(canvas, await store.readHeads(main))
      await store.projections.reset({ name, canvas: main })
      await store.place({ id: `groupafter${name}`, requests: [paint({ gx: 3, gy: 3, color: 1 })], nowMs: nowMs + 1_000 })
      await publish(store)
      for (const [tile, head] of await store.readHeads(main)) {
        const page = await store.readCommits({ canvas: main, tile, after: (head - 1) as typeof head, limit: 1 })
        await projection.project(canvas, { canvas: main, tile }, page?.kind === 'page' ? page.commits : [])
      }
    }
    expect((await runAudit(setup.under)).findings).toEqual([])
    await store.close()
  })

  test('unknown or missing arguments are wrong usage', async () => {
    for (const args of [[], ['pixels'], ['stats', 'history']])
      expect(await run(setup.under, ['rebuild', ...args])).toMatchObject({ code: 2 })
  })
})

test('rebuild on SQLite refuses while the server runs or without a database', async () => {
  const under = createSqliteTestStore()
  expect(await run(under, ['rebuild', 'stats'])).toMatchObject({ code: 1, err: [expect.stringContaining('There is no database')] })
  const store = await under.open()
  expect(await run(under, ['rebuild', 'stats'])).toMatchObject({ code: 1, err: [expect.stringContaining('Stop it first')] })
  await store.close()
  await under.dispose()
})
