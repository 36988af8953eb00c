/** Audits real stores, undamaged and with each kind of damage. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { asEpoch, asPosition, asSeq, asTile } from '../../lib/brand.ts'
import { planErasing } from '../../lib/erasing.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { BoardEraser } from '../erasing/board-eraser.ts'
import { noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { packColors } from '../projecting/snapshot-bytes.ts'
import type { Store } from '../store/port.ts'
import { openSqliteReading } from '../store/sqlite/sqlite-reading.ts'
import { paint, testCanvas, updateCanvas } from '../store/store.fixture.ts'
import { createSqliteTestStore } from '../store/test-stores.fixture.ts'
import { audit } from './audit.ts'
import { damages } from './damages.fixture.ts'
import { type Finding, findingKinds } from './finding.ts'
import { describeOnPaintedStores, epoch, main, nowMs, placeAt, project, publish, runAudit } from './painted-store.fixture.ts'

describeOnPaintedStores('A2 A3 A4 the audit', (setup) => {
  /** With the store open, as setup.under a running server. */
  const live = (name: string, run: (store: Store) => Promise<void>) =>
    test(name, async () => {
      const store = await setup.under.open()
      await run(store).finally(() => store.close())
    })

  live('finds nothing in a live store with unsequenced commits and projections that are behind', async () => {
    const { report, findings } = await runAudit(setup.under)
    expect(findings).toEqual([])
    expect(report).toMatchObject({ canvases: 1, tiles: 4, commits: 62, pixels: 4 * 64 * 64, pending: 2, findings: 0 })
    expect(report.snapshots).toBeGreaterThanOrEqual(6)
  })

  live('B1 leaves out a board whose rows are being removed, and finds nothing after a start over', async (store) => {
    const change = planErasing('start_over', asEpoch('epoch002'))
    await store.updateCanvas({ id: main, change, rev: 3, groupId: 'startover0', nowMs })
    await store.eraseRows({ id: main, limit: 7, from: null })
    expect(await runAudit(setup.under)).toMatchObject({ findings: [], report: { canvases: 1, erasing: 1, tiles: 0 } })
    await new BoardEraser({
      ...{ store, clock: { now: () => nowMs, monotonicNow: () => 0 }, failpoints: noFailpoints, logger: silentLogger },
      newGroupId: () => 'endofthis0',
    }).erase(main, new AbortController().signal)
    await store.updateCanvas({ id: main, change: { state: 'open' }, rev: 5, groupId: 'openagain0', nowMs })
    for (let index = 60; index < 70; index++) await placeAt(store, index, randomsOf(3))
    await publish(store)
    expect(await runAudit(setup.under)).toMatchObject({ findings: [], report: { erasing: 0, commits: 13 } })
  })

  test('changes nothing', async () => {
    const before = await setup.under.dump()
    await runAudit(setup.under)
    expect(await setup.under.dump()).toEqual(before)
  })

  live('finds nothing during placements, publishing and projecting', async (store) => {
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
    for (let run = 0; run < 5; run++) expect((await runAudit(setup.under)).findings).toEqual([])
    running = false
    expect(await busy).toBeGreaterThan(70)
  })

  live('B2 C4 finds nothing after the canvas has grown, and while it grows', async (store) => {
    const reading = await setup.under.openReading()
    const before = await reading.listCanvases()
    await updateCanvas(store, { width: 128, height: 200, palette: [...testCanvas().palette, '#123456'] })
    const pixels = [127, 100].flatMap((gx) => [69, 199].map((gy) => ({ gx, gy, color: 4 })))
    await store.place({ id: 'grown0000000', requests: [paint(pixels)], nowMs })
    await publish(store)
    const findings: Finding[] = []
    // The audit reads the canvas first, and the log when it has grown.
    const listCanvases = vi.fn(reading.listCanvases).mockResolvedValueOnce(before)
    const onFinding = (finding: Finding) => void findings.push(finding)
    await audit({ store: { ...reading, listCanvases }, stream: null, retentionMs: nowMs, now: () => nowMs, onFinding })
    await reading.close()
    await project(store)
    expect([...findings, ...(await runAudit(setup.under)).findings]).toEqual([])
    expect((await runAudit(setup.under)).report).toMatchObject({ tiles: 5, pixels: 5 * 64 * 64 })
  })

  live('compares the kept log after commits have expired, from a snapshot if there is one', async (store) => {
    await store.trim({ publishedBeforeMs: nowMs + 1, keysBeforeMs: 0 })
    const { report, findings } = await runAudit(setup.under)
    expect(findings).toEqual([])
    expect(report).toMatchObject({ tiles: 4, commits: 1 })
    await project(store)
    await publish(store)
    expect((await runAudit(setup.under)).report).toMatchObject({ findings: 0 })
    const tile = [...(await store.readHeads(main))].find(([, head]) => head > 1)?.[0] ?? asTile(0)
    const ref = { canvas: main, tile }
    const board = await store.readBoard(ref)
    const bytes = await packColors(board?.colors ?? new Uint8Array())
    await store.projections.saveSnapshot({ ...ref, epoch, seq: asSeq((board?.seq ?? 0) - 1), atMs: nowMs, bytes })
    await store.projections.saveSnapshot({ ...ref, epoch, seq: board?.seq ?? asSeq(0), atMs: nowMs, bytes })
    expect((await runAudit(setup.under)).findings).toEqual([])
    await setup.under.change({
      sql: `UPDATE pixels SET color = 3 - color WHERE tile = ${tile}`,
      mongo: (db) => db.collection('pixels').updateMany({ tile }, [{ $set: { color: { $subtract: [3, '$color'] } } }]),
    })
    expect((await runAudit(setup.under)).kinds).toEqual(['pixel_differs'])
  })

  live('counts entries of unknown kinds and does not compare them', async (store) => {
    const [id, at] = ['fromanewerversion', nowMs]
    await setup.under.change({
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
    expect((await runAudit(setup.under)).report).toMatchObject({ findings: 0, unknown: 1, pending: 0 })
  })

  live('reports a stream that is ahead of the store, unless it has another epoch', async (store) => {
    const head = (await store.readHeads(main)).get(asTile(0)) ?? 0
    expect((await runAudit(setup.under, { heads: new Map([[0, head]]) })).kinds).toEqual([])
    expect((await runAudit(setup.under, { heads: new Map([[0, head + 1]]) })).kinds).toEqual(['stream_ahead'])
    expect((await runAudit(setup.under, { heads: new Map([[0, head + 1]]), epoch: 'epoch000' })).kinds).toEqual([])
  })

  live('names each differing position, also those beyond the second pass', async (store) => {
    const pixels = Array.from({ length: 120 }, (_, index) => ({ gx: index % 60, gy: 10 + Math.floor(index / 60), color: 1 }))
    await store.place({ id: 'groupmany0000', requests: [paint(pixels)], nowMs })
    await publish(store)
    await project(store)
    await setup.under.change({
      sql: "UPDATE history SET painter = 'p_thief' WHERE tile = 0 AND position BETWEEN 640 AND 763",
      mongo: (db) => db.collection('histories').updateMany({ tile: 0, position: { $gte: 640, $lte: 763 } }, { $set: { by: 'p_thief' } }),
    })
    const { findings, kinds } = await runAudit(setup.under)
    expect(kinds).toEqual(['history_differs'])
    expect(findings.map(({ seq }) => seq === null)).toEqual([...Array(20).fill(true), ...Array(100).fill(false)])
    const position = asPosition(640)
    expect((await store.projections.readHistory({ canvas: main, tile: asTile(0), position, limit: 1 }))[0]?.by).toBe('p_thief')
  })

  test.each(damages)('%s', async (_what, change, kinds) => {
    const before = await setup.under.dump()
    await setup.under.change(change)
    expect(await setup.under.dump()).not.toEqual(before)
    const found = await runAudit(setup.under, { nowMs: kinds.includes('not_published') ? nowMs + 120_000 : nowMs })
    expect(found.kinds).toEqual(expect.arrayContaining([...kinds]))
  })
})

describe('the audit', () => {
  test('finds nothing in an empty store', async () => {
    const under = createSqliteTestStore()
    await (await under.open()).close()
    expect((await runAudit(under)).report).toMatchObject({ canvases: 0, findings: 0 })
    await under.dispose()
  })

  test('does not create a missing database', async () => {
    const { env, dispose } = createSqliteTestStore()
    const file = join(env['DATA_DIR'] ?? '', 'none.db')
    await expect(openSqliteReading(file)).rejects.toThrow('There is no database')
    rmSync(file, { force: true })
    await dispose()
  })

  test('these tests cause every kind of finding, except a head that goes back', () => {
    const caused = new Set([...damages.flatMap(([, , kinds]) => kinds), 'stream_ahead'])
    expect(findingKinds.filter((kind) => !caused.has(kind))).toEqual(['tail_went_back'])
  })
})
