/** U1, U6 and U8: undo in the page. */
import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { positionOf } from '../../../lib/geometry.ts'
import { FakeStorage, startLive, startSession, tile } from './testing/start-session.ts'
import { maxSteps } from './undo-steps.ts'

type Live = Awaited<ReturnType<typeof startLive>>

const row = (length: number) => Array.from({ length }, (_, gx) => ({ gx, gy: 0 }))
const first = (bytes: Uint8Array | null, count: number) => [...(bytes ?? []).slice(0, count)]

const draw = ({ session }: Pick<Live, 'session'>, length: number, color = 2) => {
  const stroke = session.stroke()
  for (const cell of row(length)) stroke.draw(cell, color)
  stroke.send()
}

test('U1: undo takes back the newest click, shows what was below at once, and gives the charge back', async () => {
  const fixture = await startLive({ cooldownMs: 600_000 })
  const { session, clock, server, screen, state, notices } = fixture
  server.commit(tile, [[0, 5]])
  await clock.advance(100)
  session.place({ gx: 0, gy: 0 }, 2)
  await clock.advance(500)
  expect(state()).toMatchObject({ undo: { count: 1 }, charges: { available: 2 } })
  session.undo()
  expect([first(screen.bytes(tile), 1), state().undo]).toEqual([[5], null])
  for (let ms = 0; ms < 100; ms++) {
    await clock.advance(1)
    // The fake server restores the background, which the page could not know.
    expect([5, 7]).toContain(first(screen.bytes(tile), 1)[0])
  }
  expect(state()).toMatchObject({ undone: 1, charges: { available: 3 } })
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect([server.undos, notices]).toEqual([[['placement-1.0']], []])
})

test('U1: steps are taken back one after the other, the newest first, also of one cell', async () => {
  const { session, clock, server, screen } = await startLive()
  for (const color of [1, 2, 3]) session.place({ gx: 0, gy: 0 }, color)
  await clock.advance(500)
  session.undo()
  expect(first(screen.bytes(tile), 1)).toEqual([2])
  session.undo()
  expect(first(screen.bytes(tile), 1)).toEqual([1])
  await clock.advance(500)
  expect([server.undos, first(server.board(tile), 1)]).toEqual([[['placement-3.0'], ['placement-2.0']], [1]])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('U1: a step that was not sent is dropped here', async () => {
  const fixture = await startLive({ cooldownMs: 600_000 })
  const { session, clock, server, screen, state } = fixture
  server.network = 'silent'
  session.place({ gx: 0, gy: 0 }, 1)
  // The stroke waits for the pixel at its first cell.
  draw(fixture, 2)
  expect(state()).toMatchObject({ undo: { count: 2 }, pending: 3 })
  session.undo()
  expect(state()).toMatchObject({ undo: { count: 1 }, pending: 1, undone: 2, charges: { available: 2 } })
  expect(first(screen.bytes(tile), 2)).toEqual([1, 7])
  await clock.advance(1_000)
  expect([server.undos, server.batches]).toEqual([[], []])
})

test('U1: a step in flight is undone after its answer, also when that answer was lost at first', async () => {
  const { session, clock, server, screen, state } = await startLive({ latencyMs: () => 100 })
  server.loseAnswers = 1
  session.place({ gx: 0, gy: 0 }, 1)
  await clock.advance(50)
  session.undo()
  expect(first(screen.bytes(tile), 1)).toEqual([7])
  expect(server.undos).toEqual([])
  await clock.advance(5_000)
  expect(server.undos).toEqual([['placement-1.0']])
  expect([state().pending, state().undone, first(server.board(tile), 1)]).toEqual([0, 1, [7]])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('U1: a step in flight that is refused needs no undo', async () => {
  const { session, clock, server, screen, notices } = await startLive({ latencyMs: () => 100 })
  server.refuse = { code: 'area_protected' }
  session.place({ gx: 0, gy: 0 }, 1)
  await clock.advance(50)
  session.undo()
  await clock.advance(2_000)
  expect([server.undos, notices.map(({ code }) => code)]).toEqual([[], ['area_protected']])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('U6: a stroke is taken back by one request, and what stays gets one sentence', async () => {
  const fixture = await startLive()
  const { session, clock, server, screen, notices, state } = fixture
  draw(fixture, 8)
  await clock.advance(500)
  server.commit(tile, [[3, 5]])
  server.commit(tile, [[6, 5]])
  await clock.advance(200)
  session.undo()
  await clock.advance(1_000)
  expect(server.undos.map((ids) => ids.length)).toEqual([8])
  expect(notices).toMatchObject([{ kind: 'refused', code: 'undo_refused', params: { count: 6, of: 8, reason: 'painted_over' } }])
  expect([state().undone, first(screen.bytes(tile), 8)]).toEqual([6, [7, 7, 7, 5, 7, 7, 5, 7]])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('U6: a stroke of more than 256 pixels is taken back by several requests, the newest pixels first', async () => {
  const { session, clock, server, screen, state } = await startLive()
  const stroke = session.stroke()
  for (let i = 0; i < 300; i++) stroke.draw({ gx: i % 64, gy: Math.floor(i / 64) }, 1)
  stroke.send()
  await clock.advance(1_000)
  session.undo()
  await clock.advance(1_000)
  expect(server.undos.map((ids) => [ids.length, ids.at(-1)])).toEqual([
    [256, 'placement-300.0'],
    [44, 'placement-44.0'],
  ])
  expect(state().undone).toBe(300)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test.each(['undo_expired', 'painted_over', 'canvas_paused', 'forbidden'] as const)(
  'U1: a refusal with %s shows the pixel again',
  async (code) => {
    const { session, clock, server, screen, notices } = await startLive()
    session.place({ gx: 0, gy: 0 }, 2)
    await clock.advance(500)
    server.refuseUndo = () => ({ code })
    session.undo()
    expect(first(screen.bytes(tile), 1)).toEqual([7])
    await clock.advance(500)
    expect([first(screen.bytes(tile), 1), notices]).toMatchObject([
      [2],
      [{ code: 'undo_refused', params: { count: 0, of: 1, reason: code } }],
    ])
  },
)

test('U1: an undo whose answer is lost is sent again, and the charge comes back once', async () => {
  const { session, clock, server, state } = await startLive({ cooldownMs: 600_000 })
  session.place({ gx: 0, gy: 0 }, 2)
  await clock.advance(500)
  server.loseAnswers = 2
  session.undo()
  await clock.advance(5_000)
  expect([server.undos.length, state().undone, state().charges?.available]).toEqual([3, 1, 3])
})

test("U5: another painter's pixel over the restored color is shown, also when both arrive in one frame", async () => {
  const { session, clock, server, screen } = await startLive()
  session.place({ gx: 0, gy: 0 }, 2)
  await clock.advance(500)
  server.loseFrames = 1
  session.undo()
  await clock.advance(100)
  server.commit(tile, [[0, 4]])
  server.heads()
  await clock.advance(2_000)
  expect(first(screen.bytes(tile), 1)).toEqual([4])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test("U5: another painter's pixel of the same color as the one taken back is shown after a while", async () => {
  const { session, clock, server, screen } = await startLive()
  session.place({ gx: 0, gy: 0 }, 2)
  await clock.advance(500)
  server.loseFrames = 1
  session.undo()
  await clock.advance(100)
  server.commit(tile, [[0, 2]])
  server.heads()
  await clock.advance(20_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('U8: the window is known from the answer on, and a step that is too old leaves the stack', async () => {
  const { session, clock, server, state, notices } = await startLive()
  session.place({ gx: 0, gy: 0 }, 2)
  expect(state().undo).toEqual({ count: 1, untilMs: null })
  const placedAtMs = clock.nowMs
  await clock.advance(100)
  expect(state().undo?.untilMs).toBe(placedAtMs + 5 + 10_000)
  await clock.advance(10_000)
  expect(state().undo).toBeNull()
  session.undo()
  expect([server.undos, notices]).toMatchObject([[], [{ code: 'nothing_to_undo' }]])
})

test('U8: where undo is off there are no steps, and the notice says so', async () => {
  const { session, clock, server, state, notices } = await startLive()
  server.change({ undoMs: 0 })
  server.announce()
  await clock.advance(100)
  session.place({ gx: 0, gy: 0 }, 2)
  await clock.advance(100)
  session.undo()
  expect([state().undo, notices]).toMatchObject([null, [{ code: 'undo_off' }]])
})

test('U8: the stack survives a reload of the page, and a new epoch empties it', async () => {
  const storage = new FakeStorage()
  const before = await startLive({ storage })
  draw(before, 4)
  before.session.place({ gx: 9, gy: 0 }, 1)
  await before.clock.advance(500)
  before.session.dispose()
  const after = startSession({ storage, server: before.server, keys: 'second' })
  after.session.viewTiles([tile])
  await after.clock.advance(500)
  expect(after.state().undo).toMatchObject({ count: 1 })
  after.session.undo()
  await after.clock.advance(300)
  expect(after.state().undo).toMatchObject({ count: 4 })
  expect(after.server.undos).toEqual([['placement-5.0']])
  after.server.restore('epoch002')
  await after.clock.advance(5_000)
  expect([after.state().undo, storage.getItem('fresco:undo:main')]).toEqual([null, null])
  after.session.dispose()
  storage.setItem('fresco:undo:main', JSON.stringify({ epoch: 'epoch001', steps: [[{}]], undoing: [] }))
  const last = startSession({ storage, server: before.server, keys: 'third' })
  await last.clock.advance(500)
  expect(last.state().undo).toBeNull()
})

test('U8: what was being taken back when the page was reloaded is taken back afterwards', async () => {
  const storage = new FakeStorage()
  const before = await startLive({ storage, latencyMs: () => 50 })
  before.session.place({ gx: 0, gy: 0 }, 2)
  before.session.undo()
  before.session.dispose()
  const after = startSession({ storage, server: before.server, keys: 'second' })
  after.session.viewTiles([tile])
  await after.clock.advance(3_000)
  expect(after.server.undos).toEqual([['placement-1.0']])
  expect([first(after.screen.bytes(asTile(0)), 1), after.state().undone]).toEqual([[7], 1])
})

test('A6 U8: the stack is bounded, and malformed storage is ignored', async () => {
  const storage = new FakeStorage()
  storage.setItem('fresco:undo:main', '{"epoch":"epoch001","steps":[[null]],"undoing":5}')
  const { session, clock, state } = await startLive({ storage })
  expect(state().undo).toBeNull()
  for (let i = 0; i < maxSteps + 6; i++) session.place({ gx: i % 64, gy: Math.floor(i / 64) }, 1)
  await clock.advance(2_000)
  const stored = JSON.parse(storage.getItem('fresco:undo:main') ?? '{}') as { steps: unknown[] }
  expect(stored.steps).toHaveLength(maxSteps)
})

test('U1: one own pixel of a stroke can be taken back by its placement', async () => {
  const fixture = await startLive()
  const { session, clock, server, screen, state } = fixture
  draw(fixture, 3)
  await clock.advance(500)
  const own = session.ownPlacementAt({ gx: 1, gy: 0 })
  expect(own).toMatchObject({ id: 'placement-2.0' })
  expect([session.ownPlacementAt({ gx: 5, gy: 0 }), session.undoPlacement('placement-9.0')]).toEqual([null, false])
  expect(session.undoPlacement(own?.id ?? '')).toBe(true)
  await clock.advance(500)
  expect([server.undos, state().undo?.count, session.ownPlacementAt({ gx: 1, gy: 0 })]).toEqual([[['placement-2.0']], 2, null])
  expect(screen.colorAt(tile, positionOf(64, { gx: 1, gy: 0 }))).toBe(7)
})

test('U1: nothing is left behind after a dispose in the middle of an undo', async () => {
  const { session, clock, server } = await startLive()
  session.place({ gx: 0, gy: 0 }, 2)
  await clock.advance(500)
  server.network = 'cut'
  session.undo()
  await clock.advance(500)
  session.dispose()
  await clock.advance(60_000)
  expect(clock.waiting).toBe(0)
})

test('U6: what is temporarily unavailable is asked for again, and the others are taken back once', async () => {
  const fixture = await startLive({ cooldownMs: 600_000 })
  const { session, clock, server, screen, state, notices } = fixture
  draw(fixture, 3)
  await clock.advance(500)
  server.refuseUndo = (id) => (id === 'placement-1.0' && server.undos.length === 1 ? { code: 'unavailable', retryAfterMs: 1_000 } : null)
  session.undo()
  await clock.advance(5_000)
  expect([server.undos.length, state().undone, state().charges?.available, notices]).toEqual([2, 3, 3, []])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})
