import { expect, test } from 'vitest'
import { keepTryingMs, maxPending } from './placement-queue.ts'
import { cell, FakeStorage, position, startLive, startSession, tile } from './testing/start-session.ts'

test("another painter's pixel appears", async () => {
  const { server, clock, screen } = await startLive()
  server.commit(tile, [[position, 4]])
  await clock.advance(20)
  expect(screen.colorAt(tile, position)).toBe(4)
})

test('an optimistic pixel is shown at once, stays without a flicker, and leaves no state behind', async () => {
  const { session, clock, screen, server, state } = await startLive()
  expect(session.place(cell, 2)).toBe(true)
  expect(screen.colorAt(tile, position)).toBe(2)
  expect(state().pending).toBe(1)
  for (let ms = 0; ms < 200; ms++) {
    await clock.advance(1)
    expect(screen.colorAt(tile, position)).toBe(2)
  }
  expect(state().pending).toBe(0)
  server.commit(tile, [[position, 5]])
  await clock.advance(50)
  expect(screen.colorAt(tile, position)).toBe(5)
})

test("a refusal takes back exactly the refused pixel and shows another painter's newer pixel under it", async () => {
  const { session, clock, screen, server, notices, state } = await startLive({ latencyMs: () => 40 })
  server.refuse = { code: 'area_protected' }
  session.place(cell, 2)
  session.place({ gx: 9, gy: 9 }, 1)
  server.commit(tile, [[position, 5]])
  await clock.advance(60)
  expect(screen.colorAt(tile, position)).toBe(2)
  await clock.advance(200)
  expect(screen.colorAt(tile, position)).toBe(5)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(notices.map(({ kind, code }) => [kind, code])).toEqual([
    ['refused', 'area_protected'],
    ['refused', 'area_protected'],
  ])
  expect(state().pending).toBe(0)
})

test('A1 a placement whose answer is lost is sent again with the same key and is placed once', async () => {
  const { session, clock, server, state } = await startLive()
  server.loseAnswers = 3
  session.place(cell, 2)
  await clock.advance(10_000)
  expect(server.saved.size).toBe(1)
  expect(server.head(tile)).toBe(1)
  expect(server.requests.filter((request) => request === 'POST /api/pixels')).toHaveLength(4)
  expect(state().pending).toBe(0)
})

test('a pixel that is painted while offline is saved after the connection is back', async () => {
  const { session, clock, server, state, notices, screen } = await startLive()
  server.network = 'cut'
  server.cutSockets()
  session.place(cell, 2)
  await clock.advance(60_000)
  expect(state()).toMatchObject({ pending: 1, connection: { state: 'offline' } })
  expect(screen.colorAt(tile, position)).toBe(2)
  expect(notices).toMatchObject([{ kind: 'info', code: 'waiting' }])
  server.network = 'up'
  await clock.advance(5_000)
  expect(state()).toMatchObject({ pending: 0, connection: { state: 'live' } })
  expect(server.board(tile)[position]).toBe(2)
})

test('a pixel without an answer for nine minutes is taken back with a notice', async () => {
  const { session, clock, server, state, notices, screen } = await startLive()
  server.network = 'silent'
  session.place(cell, 2)
  await clock.advance(keepTryingMs - 1_000)
  expect(screen.colorAt(tile, position)).toBe(2)
  await clock.advance(15_000)
  expect(screen.colorAt(tile, position)).toBe(7)
  expect(state().pending).toBe(0)
  expect(notices.at(-1)).toMatchObject({ kind: 'error', code: 'not_saved', params: { count: 1 } })
  expect(server.saved.size).toBe(0)
})

test('a pixel is saved after the service is back, and its Retry-After is respected', async () => {
  const { session, clock, server, notices } = await startLive()
  server.refuse = { code: 'unavailable', retryAfterMs: 3_000 }
  session.place(cell, 2)
  await clock.advance(2_900)
  expect(server.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  server.refuse = null
  await clock.advance(1_000)
  expect(server.saved.size).toBe(1)
  expect(notices).toMatchObject([{ code: 'waiting' }])
})

test('a rate limit delays a pixel and does not drop it', async () => {
  const { session, clock, server, notices } = await startLive()
  server.refuse = { code: 'rate_limited', retryAfterMs: 500 }
  session.place(cell, 2)
  await clock.advance(100)
  server.refuse = null
  await clock.advance(1_000)
  expect(server.saved.size).toBe(1)
  expect(notices).toEqual([])
})

test('of two pixels at one position the later is on top, also on the board, whatever messages are lost', async () => {
  const { session, clock, server, screen } = await startLive()
  server.loseAnswers = 2
  session.place(cell, 2)
  session.place(cell, 3)
  expect(screen.colorAt(tile, position)).toBe(3)
  await clock.advance(20_000)
  expect(server.board(tile)[position]).toBe(3)
  expect(screen.colorAt(tile, position)).toBe(3)
})

test('of two pixels at one position the later waits for the answer to the earlier, however slow it is', async () => {
  let latencyMs = 5
  const { session, clock, server } = await startLive({ latencyMs: () => latencyMs })
  latencyMs = 400
  session.place(cell, 2)
  latencyMs = 1
  session.place(cell, 3)
  session.place({ gx: 40, gy: 40 }, 4)
  await clock.advance(100)
  expect([...server.saved.values()].map(({ color }) => color)).toEqual([4])
  await clock.advance(2_000)
  expect(server.board(tile)[position]).toBe(3)
})

test('a pixel outside the board, in an unknown color or on a paused board is refused without a request', async () => {
  const { session, server, notices, clock } = await startLive()
  session.place({ gx: 64, gy: 0 }, 1)
  session.place({ gx: -1, gy: 0 }, 1)
  session.place(cell, 8)
  server.change({ state: 'paused' })
  server.send('canvas', server.canvas)
  await clock.advance(20)
  session.place(cell, 1)
  expect(notices.map(({ code }) => code)).toEqual(['out_of_bounds', 'out_of_bounds', 'color_not_in_palette', 'canvas_paused'])
  expect(server.requests.filter((request) => request.startsWith('POST'))).toEqual([])
})

test('A6 the number of waiting pixels is bounded, and painting beyond it is refused with a notice', async () => {
  const { session, server, notices, state } = await startLive({ width: 64, height: 64 })
  server.network = 'cut'
  for (let i = 0; i < maxPending; i++) expect(session.place({ gx: i % 64, gy: Math.floor(i / 64) }, 1)).toBe(true)
  expect(session.place({ gx: 0, gy: 1 }, 1)).toBe(false)
  expect(notices.at(-1)).toMatchObject({ kind: 'refused', code: 'queue_full' })
  expect(state().pending).toBe(maxPending)
})

test('a pixel that is kept through a reload is not placed on a board that was started over meanwhile', async () => {
  const storage = new FakeStorage()
  const { session, server, clock } = await startLive({ storage })
  server.network = 'cut'
  session.place(cell, 2)
  await clock.advance(50)
  session.dispose()
  expect(storage.getItem('fresco:pending:main')).not.toBeNull()
  server.restore('epoch002')
  server.network = 'up'
  const again = startSession({ storage, server, keys: 'other' })
  again.session.viewTiles([tile])
  await clock.advance(10_000)
  expect(server.saved.size).toBe(0)
  expect(again.notices.map(({ code }) => code)).toEqual(['stale_epoch'])
  expect(again.state().pending).toBe(0)
  expect(storage.getItem('fresco:pending:main')).toBeNull()
})

test('a pixel without an answer survives a reload of the page and is placed once', async () => {
  const storage = new FakeStorage()
  const { session, server, clock } = await startLive({ storage })
  server.loseAnswers = 1
  session.place(cell, 2)
  await clock.advance(50)
  session.dispose()
  expect(storage.getItem('fresco:pending:main')).not.toBeNull()
  const again = startSession({ storage, server, keys: 'other' })
  again.session.viewTiles([tile])
  await clock.advance(2_000)
  expect(again.screen.colorAt(tile, position)).toBe(2)
  expect(again.state().pending).toBe(0)
  expect(server.saved.size).toBe(1)
  expect(storage.getItem('fresco:pending:main')).toBeNull()
})

test("a saved pixel under another painter's pixel of the same frame leaves once the receipt has its seq", async () => {
  const { session, clock, server, screen } = await startLive()
  server.sequenceAfterMs = 0
  server.loseFrames = 1
  session.place(cell, 2)
  await clock.advance(30)
  // After the gap both pixels are in one frame, which has only the other painter's color.
  server.commit(tile, [[position, 5]])
  await clock.advance(30)
  expect(screen.colorAt(tile, position)).toBe(2)
  await clock.advance(3_000)
  expect(screen.colorAt(tile, position)).toBe(5)
})

test('a tile that is not loaded cannot be painted on', async () => {
  const { clock, server, session, notices } = startSession({ width: 128, height: 64 })
  server.boardBytesPerMs = 1
  session.viewTiles([tile])
  await clock.advance(1_000)
  expect(session.place(cell, 2)).toBe(false)
  expect(session.place({ gx: 100, gy: 2 }, 2)).toBe(false)
  expect(notices).toMatchObject([{ kind: 'refused', code: 'not_loaded' }, { code: 'not_loaded' }])
  await clock.advance(10_000)
  expect(session.place(cell, 2)).toBe(true)
  expect(session.place({ gx: 100, gy: 2 }, 2)).toBe(false)
})
