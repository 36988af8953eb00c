import { expect, test } from 'vitest'
import { controlTile } from '../../lib/control-log.ts'
import { HeartbeatService } from '../observability/heartbeat.ts'
import { silentLogger } from '../observability/log.ts'
import { lostAfterMs, Members } from '../observability/members.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { TileOwnership } from './tile-ownership.ts'

/** 4 × 4 tiles, and the control log. */
const canvas = testCanvas({ width: 256, height: 256, tileSize: 64 })

const setUp = async () => {
  const store = new MemoryStore()
  await store.ensureCanvas(canvas)
  let nowMs = 100_000
  const publisher = (id: string, roles = ['publisher']) => {
    const now = () => nowMs
    const peers = new Members()
    const ownership = new TileOwnership({ store, peers, id })
    const heartbeat = new HeartbeatService({
      store,
      self: { id, roles, report: () => '{}' },
      members: peers,
      logger: silentLogger,
      now,
      monotonicNow: now,
      onBeat: () => ownership.refresh(),
    })
    return { ownership, heartbeat, step: () => heartbeat.step() }
  }
  const tilesOf = ({ ownership }: ReturnType<typeof publisher>) => ownership.tiles?.map(({ tile }) => Number(tile)) ?? null
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { store, publisher, tilesOf, pass }
}

test('a single publisher owns every tile', async () => {
  const { publisher } = await setUp()
  const one = publisher('one')
  expect(one.ownership.tiles).toBeNull()
  await one.step()
  expect(one.ownership.tiles).toBeNull()
})

test('with two publishers each tile, and the control log, has one owner', async () => {
  const { publisher, tilesOf } = await setUp()
  const [one, two] = [publisher('one'), publisher('two')]
  for (const each of [one, two, one]) await each.step()
  const [ofOne, ofTwo] = [tilesOf(one) ?? [], tilesOf(two) ?? []]
  expect(ofOne.length).toBeGreaterThan(0)
  expect(ofTwo.length).toBeGreaterThan(0)
  expect(new Set([...ofOne, ...ofTwo]).size).toBe(17)
  expect(ofOne.length + ofTwo.length).toBe(17)
  expect([...ofOne, ...ofTwo]).toContain(Number(controlTile))
  const control = { canvas: canvas.id, tile: controlTile }
  expect([one, two].filter(({ ownership }) => ownership.owns(control))).toHaveLength(1)
})

test('a publisher whose heartbeat does not change loses its tiles, and gets them back with its next heartbeat', async () => {
  const { publisher, tilesOf, pass } = await setUp()
  const [one, frozen] = [publisher('one'), publisher('frozen')]
  for (const each of [one, frozen, one]) await each.step()
  const before = tilesOf(one)
  for (let second = 0; second < lostAfterMs / 1_000; second++) {
    expect(tilesOf(one)).toEqual(before)
    pass(1_000)
    await one.step()
  }
  expect(one.ownership.tiles).toBeNull()
  await frozen.step()
  await one.step()
  expect(tilesOf(one)).toEqual(before)
})

test('a publisher that was frozen still counts the others as alive', async () => {
  const { publisher, tilesOf, pass } = await setUp()
  const [frozen, two] = [publisher('frozen'), publisher('two')]
  for (const each of [frozen, two, frozen]) await each.step()
  const before = tilesOf(frozen)
  pass(60_000)
  await frozen.step()
  expect(tilesOf(frozen)).toEqual(before)
})

test('a process without the publisher role owns no tiles', async () => {
  const { publisher } = await setUp()
  const [one, web] = [publisher('one'), publisher('two', ['web', 'projector'])]
  for (const each of [one, web, one]) await each.step()
  expect(one.ownership.tiles).toBeNull()
})

test('a publisher that has just started assigns no tiles to lost publishers', async () => {
  const { publisher, tilesOf, pass } = await setUp()
  const [living, ...dead] = ['living', 'dead 1', 'dead 2', 'dead 3'].map((id) => publisher(id))
  for (const each of dead) await each.step()
  pass(lostAfterMs)
  await living?.step()
  const started = publisher('started')
  await started.step()
  await living?.step()
  expect((tilesOf(started)?.length ?? 0) + (living ? (tilesOf(living)?.length ?? 0) : 0)).toBe(17)
})

test('a publisher that stops gives up its tiles at once', async () => {
  const { publisher, store } = await setUp()
  const [one, two] = [publisher('one'), publisher('two')]
  for (const each of [one, two, one]) await each.step()
  await two.heartbeat.run(AbortSignal.abort())
  await one.step()
  expect(one.ownership.tiles).toBeNull()
  expect(await store.readHeartbeats()).toHaveLength(1)
})

test('a store that does not answer leaves the ownership as it was', async () => {
  const { publisher, store, tilesOf } = await setUp()
  const [one, two] = [publisher('one'), publisher('two')]
  for (const each of [one, two, one]) await each.step()
  const before = tilesOf(one)
  await store.close()
  await expect(one.step()).rejects.toMatchObject({ code: 'closed' })
  expect(tilesOf(one)).toEqual(before)
})
