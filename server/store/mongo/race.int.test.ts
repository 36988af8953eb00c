/** Races that only several processes have: they place and sequence on the same few pixels at once. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asCanvasId, asTile } from '../../../lib/brand.ts'
import { placementId } from '../../../lib/commit.ts'
import { silentLogger } from '../../observability/log.ts'
import { readWholeLog, testCanvas } from '../store.fixture.ts'
import { openMongoStore } from './mongo-store.ts'
import type { RaceReport } from './race-worker.fixture.ts'
import { hasTestMongo, TestMongo } from './test-mongo.fixture.ts'

const seconds = 10
const main = asCanvasId('main')
const tile = asTile(0)

describe.skipIf(!hasTestMongo())('MongoDB (MONGODB_TEST_URI or MONGODB_TEST_SERVER)', () => {
  let mongo: TestMongo
  beforeAll(async () => {
    mongo = await TestMongo.start()
  })
  afterAll(() => mongo.dispose())

  test('A1 A3 A4 three placing and three sequencing loops in six processes leave no gap and keep the order of each pixel', async () => {
    const uri = mongo.uri('fresco-race')
    const store = await openMongoStore({ uri, retentionMs: 3_600_000, logger: silentLogger, now: Date.now, random: Math.random })
    await store.ensureCanvas(testCanvas())
    const race = async (role: string, index: number): Promise<RaceReport> => {
      const child = fork(new URL('./race-worker.fixture.ts', import.meta.url), [role, uri, String(index), String(seconds)])
      const [report] = (await once(child, 'message')) as [RaceReport]
      return report
    }
    const roles = ['commitQueue', 'commitQueue', 'commitQueue', 'sequencer', 'sequencer', 'sequencer']
    const reports = await Promise.all(roles.map(race))
    const sum = (value: (report: RaceReport) => number) => reports.reduce((total, report) => total + value(report), 0)
    expect(sum(({ racesLost }) => racesLost)).toBeGreaterThan(0)
    expect(reports.filter(({ sequenced }) => sequenced > 0)).toHaveLength(3)

    for (let rest = true; rest; ) {
      const { sequenced, raced } = await store.sequence({ limit: 256 })
      rest = sequenced > 0 || raced
    }
    const log = await readWholeLog(store, { canvas: main, tile })
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1))
    const acknowledged = reports.flatMap((report) => report.acknowledged)
    expect(acknowledged.length).toBeGreaterThan(200)
    const logged = log.flatMap(({ id, pixels }) => pixels.map((_, index) => placementId(id, index)))
    expect([...logged].sort()).toEqual([...acknowledged].sort())

    const board = new Uint8Array(64 * 64).fill(testCanvas().background)
    const lastAtMs = new Map<number, number>()
    for (const { atMs, pixels } of log) {
      for (const { position, color, previous } of pixels) {
        expect(previous).toBe(board[position])
        expect(atMs).toBeGreaterThan(lastAtMs.get(position) ?? 0)
        lastAtMs.set(position, atMs)
        board[position] = color
      }
    }
    expect(Buffer.from((await store.readBoard({ canvas: main, tile }))?.colors ?? []).equals(board)).toBe(true)
    await store.close()
  }, 60_000)
})
