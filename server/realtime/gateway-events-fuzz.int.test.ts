/**
 * Thousands of valid and nearly valid socket messages. Each message that requests an answer gets one or a documented problem, a refused
 * one changes nothing, and none stays in memory. The seed is in the test's name; FUZZ_SEED repeats it.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { Socket } from 'socket.io-client'
import { afterEach, expect, test } from 'vitest'
import { problemStatus } from '../../lib/refusal.ts'
import { systemClock } from '../clock.ts'
import { noFailpoints } from '../failpoints.ts'
import { createLimits } from '../limits/limits.ts'
import { silentLogger } from '../observability/log.ts'
import { GroupCommitQueue } from '../placement/group-commit-queue.ts'
import { createGroupIds } from '../placement/group-id.ts'
import { createPlacementUseCase } from '../placement/placement-use-case.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { closeAll, connect, start } from './gateway.fixture.ts'
import { maxJoinedTiles } from './schemas.ts'

afterEach(closeAll)

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const runs = 5_000
const maxGrowthBytes = 50 * 1_048_576

const anything = fc.anything({ maxDepth: 3, withNullPrototype: false })
const nearly = <Value>(usual: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything })
const number = fc.constantFrom(0, 1, 2, 256, 257, 65_535, 65_536, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, -0)
const canvas = nearly(fc.constantFrom('main', 'main', 'main', 'nowhere', '', 'MAIN', '../x', '__proto__', 'a'.repeat(33)))
const tile = nearly(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1, 256, 257) }, { weight: 1, arbitrary: number }))
const seq = nearly(fc.oneof(fc.constant(null), fc.nat(20), number))
const tiles = nearly(fc.array(nearly(fc.record({ tile, seq }, { requiredKeys: [] })), { maxLength: maxJoinedTiles + 2, size: 'small' }))
const epoch = nearly(fc.constantFrom(null, 'epoch001', '', 'x'.repeat(65)))

const payloads = {
  join: fc.record({ canvas, epoch, tiles, format: nearly(fc.constantFrom('packed', 'json', 'png')) }, { requiredKeys: [] }),
  leave: fc.record({ canvas, tiles: nearly(fc.array(tile, { maxLength: maxJoinedTiles + 2, size: 'small' })) }, { requiredKeys: [] }),
  place: fc.record(
    {
      canvas,
      gx: nearly(fc.oneof(fc.nat(127), number)),
      gy: nearly(fc.oneof(fc.nat(127), number)),
      color: nearly(fc.constantFrom<unknown>(0, 1, 3, 4, -1, '#FF0000', '#ff0000', '#12', '1')),
      key: nearly(fc.constantFrom('k1', 'k2', '', 'x'.repeat(64), 'x'.repeat(65))),
    },
    { requiredKeys: [] },
  ),
  seen: fc.record({ canvas, tile, seq, ms: nearly(number) }, { requiredKeys: [] }),
}

interface Case {
  readonly event: string
  readonly payload: unknown
  readonly more: readonly unknown[]
  readonly by: number
}

const caseOf = (event: string, payload: fc.Arbitrary<unknown>): fc.Arbitrary<Case> =>
  fc.record({
    event: fc.constant(event),
    payload: fc.oneof({ weight: 8, arbitrary: payload }, { weight: 1, arbitrary: anything }),
    more: fc.array(anything, { maxLength: 1 }),
    by: fc.nat(2),
  })
/** Valid messages, of tiles that may not exist. */
const goodJoin = fc.record({
  canvas: fc.constantFrom('main', 'main', 'nowhere'),
  tiles: fc.array(fc.record({ tile: fc.constantFrom(0, 1, 2, 256, 257, 65_535), seq: fc.option(fc.nat(20)) }), {
    minLength: 1,
    maxLength: 3,
  }),
  format: fc.constantFrom('packed', 'json'),
})
const goodPlace = fc.record({
  gx: fc.constantFrom(0, 1, 127, 128),
  gy: fc.constantFrom(0, 1, 127, 128),
  color: fc.constantFrom<unknown>(0, 1, 3, '#FF0000', '#123456'),
})
const anyCase = fc.oneof(
  { weight: 1, arbitrary: caseOf('place', goodPlace) },
  { weight: 1, arbitrary: caseOf('join', goodJoin) },
  { weight: 4, arbitrary: caseOf('join', payloads.join) },
  { weight: 2, arbitrary: caseOf('leave', payloads.leave) },
  { weight: 4, arbitrary: caseOf('place', payloads.place) },
  { weight: 1, arbitrary: caseOf('seen', payloads.seen) },
)

/** The values that JSON can carry: no bigints and no circular references. */
const asJson = (value: unknown): unknown => {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null')
  } catch {
    return 'no JSON'
  }
}

const heapBytes = () => {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}

test(`A6 ${runs} socket messages of any kind get a documented answer, and refused ones change nothing (FUZZ_SEED=${seed})`, async () => {
  const store = new MemoryStore()
  const commitQueue = new GroupCommitQueue({
    store,
    clock: systemClock,
    newGroupId: createGroupIds(systemClock),
    failpoints: noFailpoints,
    logger: silentLogger,
  })
  const canvases = { get: (id: string) => store.getCanvas(id as never), forget: () => undefined, list: () => store.listCanvases() }
  const { placePixel } = createPlacementUseCase({ commitQueue, canvases, limits: createLimits({ enabled: false }) })
  // Time passes, so that no connection runs out of messages.
  let nowMs = 0
  const { url, gateway } = await start({ store, gateway: { placePixel, monotonicNow: () => (nowMs += 1_000) } })
  const sockets: Socket[] = []
  for (const token of ['anna', 'bert', null]) sockets.push(await connect(url, token ? { auth: { token } } : {}))

  const counts = new Map<string, number>()
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
  let placements = 0
  const place = store.place.bind(store)
  store.place = async (group) => {
    const outcomes = await place(group)
    for (const outcome of outcomes) if (outcome.kind === 'done') placements += outcome.placed
    return outcomes
  }
  const before = heapBytes()

  await fc.assert(
    fc.asyncProperty(anyCase, async ({ event, payload, more, by }) => {
      const socket = sockets[by] as Socket
      const placedBefore = placements
      const sent = [asJson(payload), ...more.map(asJson)]
      if (event === 'seen') return void socket.emit(event, ...sent)
      const answer = (await socket.timeout(5_000).emitWithAck(event, ...sent)) as {
        ok: boolean
        problem?: { code: keyof typeof problemStatus; detail: string; status: number }
      }
      expect(typeof answer.ok).toBe('boolean')
      count(`${event} ${answer.ok ? 'ok' : answer.problem?.code}`)
      if (answer.ok) return
      const { code, detail, status } = answer.problem ?? {}
      expect(code && problemStatus[code]).toBe(status)
      expect(status).toBeLessThan(500)
      expect(detail).not.toMatch(/node:internal|\.ts:\d/)
      expect(placements, 'a refused message places nothing').toBe(placedBefore)
    }),
    { numRuns: runs, seed },
  )

  for (const what of [
    'join ok',
    'join invalid_request',
    'join canvas_not_found',
    'join tile_not_found',
    'leave ok',
    'leave invalid_request',
  ])
    expect(counts.get(what) ?? 0, what).toBeGreaterThan(0)
  for (const what of ['place ok', 'place invalid_request', 'place unauthenticated', 'place out_of_bounds', 'place color_not_in_palette'])
    expect(counts.get(what) ?? 0, what).toBeGreaterThan(0)
  expect(placements).toBeGreaterThan(0)
  expect(await store.listCanvases()).toMatchObject([{ id: 'main', rev: 1 }])
  expect(gateway.sockets()).toBe(3)
  expect(heapBytes() - before).toBeLessThan(maxGrowthBytes)
}, 180_000)
