/** Processes that are killed while they erase a board, on both real stores. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asCanvasId, asSeq } from '../../lib/brand.ts'
import type { Erasing } from '../../lib/erasing.ts'
import { type FailpointName, noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { paint, readWholeLog, testCanvas, testPainter } from '../store/store.fixture.ts'
import { main, tile0 } from '../store/store-context.fixture.ts'
import { describeOnStores, type TestStore } from '../store/test-stores.fixture.ts'
import { killAtExit } from '../testing/kill-at-exit.ts'
import { BoardEraser } from './board-eraser.ts'

const points = ['erasing.before-part', 'erasing.after-part', 'erasing.before-end', 'erasing.after-end'] as const
const cases = (['delete', 'start_over'] as const).flatMap((erasing) => points.map((point) => ({ erasing, point })))
const other = asCanvasId('other')

describeOnStores('an eraser that is killed', (makeStore) => {
  let under: TestStore
  beforeEach(() => {
    under = makeStore()
  })
  afterEach(() => under.dispose())

  const fill = async () => {
    const store = await under.open()
    for (const id of [main, other]) {
      await store.ensureCanvas(testCanvas({ id, cooldownMs: 60_000 }))
      const requests = Array.from({ length: 50 }, (_, index) =>
        paint({ gx: index, gy: 0, color: 1 }, { canvas: id, painter: testPainter(`p${index}`) }),
      )
      await store.place({ id: `filling-${id}`.padEnd(14, '0').slice(0, 14).replaceAll('-', 'x'), requests, nowMs: 1_000 })
    }
    await store.sequence({ limit: 100 })
    await store.markAsPublished(await store.getUnpublished({ limit: 100 }), 2_000)
    await store.close()
  }

  const killAt = async (erasing: Erasing, point: FailpointName) => {
    const { DATA_DIR, MONGODB_URI = '' } = under.env
    const place = DATA_DIR === undefined ? MONGODB_URI : join(DATA_DIR, 'fresco.db')
    const child = fork(new URL('./killed-eraser.fixture.ts', import.meta.url), [under.kind, place, erasing, point], { stdio: 'ignore' })
    killAtExit(child)
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  }

  test.each(cases)('B1 another process ends "$erasing" after a kill at $point', async ({ erasing, point }) => {
    await fill()
    await killAt(erasing, point)
    const store = await under.open()
    let ids = 0
    const options = { store, logger: silentLogger, clock: { now: Date.now, monotonicNow: Date.now }, failpoints: noFailpoints }
    const newGroupId = () => `resumed${String(ids++).padStart(6, '0')}`
    await new BoardEraser({ ...options, newGroupId }).step(new AbortController().signal)
    const canvas = await store.getCanvas(main)
    if (erasing === 'delete') expect(canvas).toBeNull()
    else expect(canvas).toMatchObject({ epoch: 'epoch002', erasing: null, state: 'paused', rev: 3 })
    if (!canvas) await store.createCanvas(testCanvas({ cooldownMs: 60_000 }))
    expect((await store.readBoard({ canvas: main, tile: tile0 }))?.colors.every((color) => color === 0)).toBe(true)
    expect(await store.projections.countStanding({ canvas: main, sinceMs: 0 })).toEqual(new Map())
    expect(await store.getCharges(testPainter('p1').id, main)).toBeNull()
    expect(await store.readCommits({ canvas: main, tile: tile0, after: asSeq(0), limit: 10 })).toMatchObject({ head: 0, commits: [] })
    expect((await readWholeLog(store, { canvas: other, tile: tile0 })).flatMap(({ pixels }) => pixels)).toHaveLength(50)
    expect(await store.getCharges(testPainter('p1').id, other)).not.toBeNull()
    await store.close()
  })
})
