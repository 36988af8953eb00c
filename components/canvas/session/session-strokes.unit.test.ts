/** D1 to D3: what the session does with strokes. */
import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { positionOf } from '../../../lib/geometry.ts'
import { keepTryingMs, maxPending } from './placement-queue.ts'
import { FakeStorage, startLive, startSession, tile } from './testing/start-session.ts'

const row = (length: number, gy = 0, gx = 0) => Array.from({ length }, (_, i) => ({ gx: gx + i, gy }))
const posts = (requests: readonly string[]) => requests.filter((request) => request.startsWith('POST /api/pixels'))

test('D3: a stroke is on the board at once and is sent on its release as one batch with one key, in its order', async () => {
  const { session, clock, server, screen, state } = await startLive()
  const stroke = session.stroke()
  const cells = [...row(3), ...row(2, 1)]
  for (const cell of cells) expect(stroke.draw(cell, 2)).toBe('drawn')
  await clock.advance(1_000)
  expect([posts(server.requests), state().pending, stroke.count]).toEqual([[], 0, 5])
  expect(screen.colorAt(tile, positionOf(64, { gx: 1, gy: 1 }))).toBe(2)
  stroke.send()
  expect(state().pending).toBe(5)
  await clock.advance(1_000)
  expect(posts(server.requests)).toEqual(['POST /api/pixels/batch'])
  expect(server.batches[0]?.pixels.map(({ gx, gy }) => ({ gx, gy }))).toEqual(cells)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(state()).toMatchObject({ pending: 0, saved: 5 })
})

test('D1: a stroke of one cell is sent as a click is', async () => {
  const { session, clock, server } = await startLive()
  const stroke = session.stroke()
  stroke.draw({ gx: 4, gy: 4 }, 1)
  stroke.send()
  await clock.advance(500)
  expect(posts(server.requests)).toEqual(['POST /api/pixels'])
})

test('D3: each 256 pixels have a key of their own, and the batches of a stroke follow each other', async () => {
  const { session, clock, server } = await startLive({ latencyMs: () => 50 })
  const stroke = session.stroke()
  for (let i = 0; i < 600; i++) stroke.draw({ gx: i % 64, gy: Math.floor(i / 64) }, 1)
  stroke.send()
  await clock.advance(60)
  expect(server.batches).toHaveLength(1)
  await clock.advance(1_000)
  expect(server.batches.map(({ pixels }) => pixels.length)).toEqual([256, 256, 88])
  expect(new Set(server.batches.map(({ key }) => key)).size).toBe(3)
})

test('D3: a batch whose answer is lost is sent again with the same key, and each pixel is placed once', async () => {
  const { session, clock, server, state } = await startLive()
  server.loseAnswers = 2
  const stroke = session.stroke()
  for (const cell of row(8)) stroke.draw(cell, 3)
  stroke.send()
  await clock.advance(10_000)
  expect([posts(server.requests).length, server.saved.size, server.head(tile), state().pending]).toEqual([3, 8, 8, 0])
})

test('D3: a stroke waits behind older pending pixels of its cells, and a later pixel waits behind the stroke', async () => {
  const { session, clock, server, screen } = await startLive({ latencyMs: () => 40 })
  session.place({ gx: 2, gy: 0 }, 1)
  const stroke = session.stroke()
  for (const cell of row(4)) stroke.draw(cell, 2)
  stroke.send()
  session.place({ gx: 3, gy: 0 }, 4)
  await clock.advance(20)
  expect(posts(server.requests)).toEqual(['POST /api/pixels'])
  await clock.advance(1_000)
  expect(posts(server.requests)).toEqual(['POST /api/pixels', 'POST /api/pixels/batch', 'POST /api/pixels'])
  expect([...server.board(tile).subarray(0, 4)]).toEqual([2, 2, 2, 4])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('D3: a refusal takes back exactly the refused pixels, with one sentence', async () => {
  const { session, clock, server, screen, notices } = await startLive()
  server.refusePixel = ({ gx }) => (gx % 3 === 1 ? { code: 'area_protected' } : null)
  const stroke = session.stroke()
  for (const cell of row(8)) stroke.draw(cell, 2)
  stroke.send()
  await clock.advance(1_000)
  expect([...(screen.bytes(tile) ?? []).slice(0, 8)]).toEqual([2, 7, 2, 2, 7, 2, 2, 7])
  expect(notices).toMatchObject([{ kind: 'refused', code: 'area_protected', params: { count: 3, of: 8 } }])
})

test('D3: a refusal of the whole batch takes all of it back, with one sentence', async () => {
  const { session, clock, server, screen, notices } = await startLive()
  server.refuseBatches = { code: 'canvas_paused' }
  const stroke = session.stroke()
  for (const cell of row(4)) stroke.draw(cell, 2)
  stroke.send()
  await clock.advance(1_000)
  expect([...(screen.bytes(tile) ?? []).slice(0, 4)]).toEqual([7, 7, 7, 7])
  expect(notices).toMatchObject([{ code: 'canvas_paused', params: { count: 4, of: 4 } }])
})

test('D3: pixels of a batch that a rate limit only delays are sent again with a new key', async () => {
  const { session, clock, server, screen, notices, state } = await startLive()
  server.refusePixel = ({ gx }) => (gx > 1 && server.batches.length === 1 ? { code: 'rate_limited', retryAfterMs: 500 } : null)
  const stroke = session.stroke()
  for (const cell of row(4)) stroke.draw(cell, 2)
  stroke.send()
  await clock.advance(300)
  expect(state().pending).toBe(2)
  await clock.advance(2_000)
  expect(server.batches.map(({ pixels }) => pixels.map(({ gx }) => gx))).toEqual([
    [0, 1, 2, 3],
    [2, 3],
  ])
  expect(server.batches[0]?.key).not.toBe(server.batches[1]?.key)
  expect([state().pending, notices]).toEqual([0, []])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('D3: a stroke stops when the charges are used up, and dropping it gives them back', async () => {
  const { session, clock, server, screen, state, notices } = await startLive({ cooldownMs: 10_000 })
  const stroke = session.stroke()
  expect(row(5).map((cell) => stroke.draw(cell, 2))).toEqual(['drawn', 'drawn', 'drawn', 'stopped', 'stopped'])
  expect(notices).toMatchObject([{ code: 'cooldown' }])
  expect(state().charges).toMatchObject({ available: 0 })
  stroke.drop()
  expect(state()).toMatchObject({ pending: 0, charges: { available: 3 } })
  stroke.send()
  await clock.advance(2_000)
  expect(posts(server.requests)).toEqual([])
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('D2: each cell of a stroke is painted once, and a protected or unloaded one is left out with one notice', async () => {
  const { session, clock, server, notices } = await startLive({ width: 192 })
  server.change({ protectedAreas: [{ gx: 2, gy: 0, width: 2, height: 1 }] })
  server.announce()
  await clock.advance(100)
  const stroke = session.stroke()
  const results = [...row(5), ...row(2), { gx: 70, gy: 0 }, { gx: 71, gy: 0 }, { gx: 6, gy: 0 }].map((cell) => stroke.draw(cell, 2))
  const skip = 'skipped'
  expect(results).toEqual(['drawn', 'drawn', skip, skip, 'drawn', skip, skip, skip, skip, 'drawn'])
  expect(notices.map(({ code }) => code)).toEqual(['area_protected', 'not_loaded'])
  stroke.send()
  await clock.advance(500)
  expect(server.saved.size).toBe(4)
})

test('D2: a stroke crosses the border of two tiles', async () => {
  const fixture = startSession({ width: 128 })
  fixture.session.viewTiles([asTile(0), asTile(1)])
  await fixture.clock.advance(500)
  const stroke = fixture.session.stroke()
  for (const cell of row(6, 0, 61)) stroke.draw(cell, 2)
  stroke.send()
  await fixture.clock.advance(500)
  for (const number of [0, 1].map(asTile)) expect(fixture.screen.bytes(number)).toEqual(fixture.server.board(number))
  expect(fixture.server.batches).toHaveLength(1)
})

test('D3: a stroke without an answer survives a reload of the page, and is placed once', async () => {
  const storage = new FakeStorage()
  const first = await startLive({ storage })
  first.server.loseAnswers = 1_000
  const stroke = first.session.stroke()
  for (const cell of row(300 - 256 + 20)) stroke.draw(cell, 2)
  stroke.send()
  await first.clock.advance(100)
  first.session.dispose()
  first.server.loseAnswers = 0
  const second = startSession({ storage, server: first.server, keys: 'second' })
  second.session.viewTiles([tile])
  await second.clock.advance(2_000)
  expect(second.state().pending).toBe(0)
  expect([first.server.saved.size, first.server.head(tile)]).toEqual([64, 64])
  expect(second.screen.bytes(tile)).toEqual(first.server.board(tile))
  expect(storage.getItem('fresco:pending:main')).toBeNull()
})

test('D3: a stroke without an answer for nine minutes is taken back with one notice', async () => {
  const { session, clock, server, notices, screen, state } = await startLive()
  server.network = 'silent'
  const stroke = session.stroke()
  for (const cell of row(4)) stroke.draw(cell, 2)
  stroke.send()
  await clock.advance(keepTryingMs + 15_000)
  expect(state().pending).toBe(0)
  expect([...(screen.bytes(tile) ?? []).slice(0, 4)]).toEqual([7, 7, 7, 7])
  expect(notices.at(-1)).toMatchObject({ code: 'not_saved', params: { count: 4 } })
})

test('D3: a stroke ends at the number of pixels that may wait, and the next one needs their answers', async () => {
  const { session, clock, notices } = await startLive()
  const stroke = session.stroke()
  let drawn = 0
  while (stroke.draw({ gx: drawn % 64, gy: Math.floor(drawn / 64) }, 1) === 'drawn') drawn++
  expect([drawn, notices.map(({ code }) => code)]).toEqual([maxPending, ['queue_full']])
  stroke.send()
  expect(session.place({ gx: 0, gy: 60 }, 1)).toBe(false)
  await clock.advance(5_000)
  expect(session.place({ gx: 0, gy: 60 }, 1)).toBe(true)
})

test('D3: a new epoch drops the stroke that is being drawn, and a second stroke sends the first', async () => {
  const { session, clock, server, screen, state } = await startLive()
  const lost = session.stroke()
  for (const cell of row(3)) lost.draw(cell, 2)
  server.restore('epoch002')
  await clock.advance(5_000)
  expect(lost.draw({ gx: 9, gy: 9 }, 2)).toBe('stopped')
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  const first = session.stroke()
  first.draw({ gx: 1, gy: 1 }, 3)
  session.stroke().draw({ gx: 2, gy: 1 }, 3)
  expect(state().pending).toBe(1)
})
