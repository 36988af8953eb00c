/** The bounds of lists and pages, over real connections (A6). */
import { expect, test } from 'vitest'
import { asSeq, asTile } from '../../lib/brand.ts'
import { paint, testCanvas, testPainter } from '../store/store.fixture.ts'
import type { Fixture } from './api.fixture.ts'
import { asAdmin, bodyOf, start } from './api-expectations.fixture.ts'

const canvas = { cooldownMs: 0, width: 256, height: 256, tileSize: 256 }
const { id } = testCanvas(canvas)
let groups = 0

/** Saves one commit with this many pixels. */
const placeCommit = async ({ store, clock }: Fixture, pixels: number) => {
  const wanted = Array.from({ length: pixels }, (_, index) => ({ gx: index % 256, gy: Math.floor(index / 256), color: 1 + (groups % 2) }))
  const requests = [paint(wanted, { painter: testPainter() })]
  clock.nowMs += 10
  await store.place({ id: `group${(groups++).toString().padStart(8, '0')}`, requests, nowMs: clock.nowMs })
}

const sequenceAll = async ({ store }: Fixture) => {
  while ((await store.sequence({ limit: 256 })).fresh.length > 0);
}

test('a page of the log ends with the commit that reaches 8,192 pixels', async () => {
  const api = await start({ canvas })
  for (const pixels of [4_096, 4_095, 1, 1]) await placeCommit(api, pixels)
  await sequenceAll(api)
  expect((await bodyOf(await api.get('/api/canvases/main/tiles/0/commits'))).next).toBe(3)
})

test('a history has at most 50 entries', async () => {
  const api = await start({ canvas })
  for (let entry = 0; entry < 51; entry++) await placeCommit(api, 1)
  await sequenceAll(api)
  const page = await api.store.readCommits({ canvas: id, tile: asTile(0), after: asSeq(0), limit: 100 })
  expect(page?.kind === 'page' && page.commits).toHaveLength(51)
  expect((await bodyOf(await api.get('/api/canvases/main/pixels/0/0'))).history).toHaveLength(50)
})

test('at most 100 dead letters are listed', async () => {
  const api = await start({ canvas })
  for (let commit = 0; commit < 101; commit++) await placeCommit(api, 1)
  await sequenceAll(api)
  const { store, clock } = api
  for (const { id: commit, attempts } of await store.getUnpublished({ limit: 101 })) {
    expect(await store.moveToDeadLetters({ id: commit, attempts, groupId: `dead${groups++}`.padEnd(10, '0'), nowMs: clock.nowMs })).toBe(
      true,
    )
  }
  expect((await store.backlog()).dead).toBe(101)
  expect((await bodyOf(await api.get('/api/admin/outbox/dead', asAdmin))).dead).toHaveLength(100)
})
