import { expect, test } from 'vitest'
import { asPosition, asTile } from '../../../lib/brand.ts'
import { keepTryingMs, maxPending } from './placement-queue.ts'
import { FakeStorage, startSession } from './session-fixture.ts'

const tile = asTile(0)
const cell = { gx: 3, gy: 2 }
const position = asPosition(2 * 64 + 3)

const live = async (options: Parameters<typeof startSession>[0] = {}) => {
  const fixture = startSession(options)
  fixture.session.viewTiles([tile])
  await fixture.clock.advance(500)
  expect(fixture.word()).toBe('live')
  return fixture
}

test('a visitor sees the board, their name, their charges and the word Live', async () => {
  const { state, screen, server } = await live({ cooldownMs: 5_000 })
  expect(state()).toMatchObject({
    loading: 'ready',
    connection: { state: 'live' },
    painter: { id: 'p_me', role: 'guest' },
    charges: { available: 3, max: 10 },
    pending: 0,
  })
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('a board that nobody has painted on says so, until the first pixel comes from anywhere', async () => {
  const { state, server, clock } = await live()
  expect(state().untouched).toBe(true)
  server.commit(tile, [[position, 4]])
  await clock.advance(50)
  expect(state().untouched).toBe(false)
})

test('a board whose pixels all have the colour of the ground is not called untouched', async () => {
  const { session, state, server, clock } = startSession()
  server.commit(tile, [[position, 0]])
  session.viewTiles([tile])
  expect(state().untouched).toBe(false)
  await clock.advance(500)
  expect(state().untouched).toBe(false)
})

test('the guest cookie is asked for before the socket opens', async () => {
  const { server, clock } = startSession({ latencyMs: () => 50 })
  await clock.advance(90)
  expect(server.requests).toContain('GET /api/me?canvas=main')
  expect(server.openSockets).toBe(0)
  await clock.advance(200)
  expect(server.openSockets).toBe(1)
})

test('a canvas that is not there is told, and nothing goes on', async () => {
  const { state, server, clock } = startSession({ canvasId: 'nowhere' })
  await clock.advance(30_000)
  expect(state().loading).toBe('not_found')
  expect(server.openSockets).toBe(0)
})

test('a server that cannot be reached is told, and found when it is there', async () => {
  const { state, server, clock, session, word, screen } = startSession()
  server.network = 'cut'
  session.viewTiles([tile])
  await clock.advance(3_000)
  expect(state().loading).toBe('failed')
  expect(word()).toBe('offline')
  server.network = 'up'
  await clock.advance(4_000)
  expect(state().loading).toBe('ready')
  expect(word()).toBe('live')
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test("a stranger's pixel appears", async () => {
  const { server, clock, screen } = await live()
  server.commit(tile, [[position, 4]])
  await clock.advance(20)
  expect(screen.colorAt(tile, position)).toBe(4)
})

test('an own pixel is there at once, stays without a flicker, and leaves nothing behind', async () => {
  const { session, clock, screen, server, state } = await live()
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

test("a refusal takes exactly the own pixel back, and a stranger's newer pixel is under it", async () => {
  const { session, clock, screen, server, notices, state } = await live({ latencyMs: () => 40 })
  server.refuse = { code: 'area_protected' }
  session.place(cell, 2)
  session.place({ gx: 9, gy: 9 }, 1)
  server.commit(tile, [[position, 5]])
  await clock.advance(60)
  expect(screen.colorAt(tile, position)).toBe(2)
  await clock.advance(200)
  expect(screen.colorAt(tile, position)).toBe(5)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(notices).toHaveLength(2)
  expect(notices[0]).toMatchObject({ kind: 'refused', code: 'area_protected', params: { cell, color: 2 } })
  expect(state().pending).toBe(0)
})

test('A1 an answer that is lost is asked for again with the same key, and the pixel is placed once', async () => {
  const { session, clock, server, state } = await live()
  server.loseAnswers = 3
  session.place(cell, 2)
  await clock.advance(10_000)
  expect(server.saved.size).toBe(1)
  expect(server.head(tile)).toBe(1)
  expect(server.requests.filter((request) => request === 'POST /api/pixels')).toHaveLength(4)
  expect(state().pending).toBe(0)
})

test('a pixel painted into a dead connection is saved when it is back', async () => {
  const { session, clock, server, state, notices, screen } = await live()
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

test('a pixel without an answer for nine minutes is taken back and said so', async () => {
  const { session, clock, server, state, notices, screen } = await live()
  server.network = 'silent'
  session.place(cell, 2)
  await clock.advance(keepTryingMs - 1_000)
  expect(screen.colorAt(tile, position)).toBe(2)
  await clock.advance(15_000)
  expect(screen.colorAt(tile, position)).toBe(7)
  expect(state().pending).toBe(0)
  expect(notices.at(-1)).toMatchObject({ kind: 'error', code: 'not_saved', params: { cell, color: 2 } })
  expect(server.saved.size).toBe(0)
})

test('a service that is down for a while saves it later; the wait it asks for is kept', async () => {
  const { session, clock, server, notices } = await live()
  server.refuse = { code: 'unavailable', retryAfterMs: 3_000 }
  session.place(cell, 2)
  await clock.advance(2_900)
  expect(server.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  server.refuse = null
  await clock.advance(1_000)
  expect(server.saved.size).toBe(1)
  expect(notices).toMatchObject([{ code: 'waiting' }])
})

test('a rate limit makes a pixel wait, not vanish', async () => {
  const { session, clock, server, notices } = await live()
  server.refuse = { code: 'rate_limited', retryAfterMs: 500 }
  session.place(cell, 2)
  await clock.advance(100)
  server.refuse = null
  await clock.advance(1_000)
  expect(server.saved.size).toBe(1)
  expect(notices).toEqual([])
})

test('of two pixels on one place the later is on top, on the board too, whatever is lost between', async () => {
  const { session, clock, server, screen } = await live()
  server.loseAnswers = 2
  session.place(cell, 2)
  session.place(cell, 3)
  expect(screen.colorAt(tile, position)).toBe(3)
  await clock.advance(20_000)
  expect(server.board(tile)[position]).toBe(3)
  expect(screen.colorAt(tile, position)).toBe(3)
})

test('of two pixels on one place the later waits for the answer to the former, however slow that is', async () => {
  let latencyMs = 5
  const { session, clock, server } = await live({ latencyMs: () => latencyMs })
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

test('an answer that is repeated tells charges of back then: the painter is asked about instead', async () => {
  const { session, clock, server, state } = await live({ cooldownMs: 5_000 })
  server.loseAnswers = 8
  session.place(cell, 2)
  const startMs = clock.nowMs
  while (state().pending > 0) await clock.advance(100)
  await clock.advance(100)
  expect(clock.nowMs - startMs).toBeGreaterThan(10_000)
  expect(server.saved.size).toBe(1)
  expect(state()).toMatchObject({ pending: 0, charges: { available: server.charges().available } })
})

test('charges are spent at once, refused at zero without asking the server, and come back by the clock', async () => {
  const { session, clock, server, state, notices } = await live({ cooldownMs: 5_000 })
  for (let i = 0; i < 3; i++) expect(session.place({ gx: i, gy: 0 }, 1)).toBe(true)
  expect(state().charges).toMatchObject({ available: 0 })
  const posts = () => server.requests.filter((request) => request.startsWith('POST')).length
  const before = posts()
  expect(session.place({ gx: 9, gy: 0 }, 1)).toBe(false)
  expect(posts()).toBe(before)
  expect(notices).toMatchObject([{ kind: 'refused', code: 'cooldown' }])
  expect(notices[0]?.params.retryAfterMs).toBeGreaterThan(4_000)
  expect(notices[0]?.params.retryAfterMs).toBeLessThanOrEqual(5_000)
  await clock.advance(5_000)
  expect(state().charges).toMatchObject({ available: 1 })
  expect(session.place({ gx: 9, gy: 0 }, 1)).toBe(true)
  await clock.advance(100)
  expect(server.saved.size).toBe(4)
})

test('a cooldown that only the server knew of takes the pixel back and empties the charges', async () => {
  const { session, clock, server, state, notices, screen } = await live({ cooldownMs: 5_000 })
  server.refuse = { code: 'cooldown', retryAfterMs: 3_000 }
  session.place(cell, 1)
  await clock.advance(50)
  expect(screen.colorAt(tile, position)).toBe(7)
  expect(state().charges).toMatchObject({ available: 0 })
  expect(notices).toMatchObject([{ code: 'cooldown', params: { retryAfterMs: 3_000 } }])
  await clock.advance(3_000)
  expect(state().charges).toMatchObject({ available: 1 })
})

test('what can only be refused is refused here: outside, foreign colour, paused', async () => {
  const { session, server, notices, clock } = await live()
  session.place({ gx: 64, gy: 0 }, 1)
  session.place({ gx: -1, gy: 0 }, 1)
  session.place(cell, 8)
  server.change({ state: 'paused' })
  server.tell('canvas', server.canvas)
  await clock.advance(20)
  session.place(cell, 1)
  expect(notices.map(({ code }) => code)).toEqual(['out_of_bounds', 'out_of_bounds', 'color_not_in_palette', 'canvas_paused'])
  expect(server.requests.filter((request) => request.startsWith('POST'))).toEqual([])
})

test('A6 only so many pixels wait; beyond, painting is refused visibly', async () => {
  const { session, server, notices, state } = await live({ width: 64, height: 64 })
  server.network = 'cut'
  for (let i = 0; i < maxPending; i++) expect(session.place({ gx: i, gy: 0 }, 1)).toBe(true)
  expect(session.place({ gx: 0, gy: 1 }, 1)).toBe(false)
  expect(notices.at(-1)).toMatchObject({ kind: 'refused', code: 'queue_full' })
  expect(state().pending).toBe(maxPending)
})

test('a pixel without an answer survives a reload of the page and is placed once', async () => {
  const storage = new FakeStorage()
  const { session, server, clock } = await live({ storage })
  server.loseAnswers = 1
  session.place(cell, 2)
  await clock.advance(50)
  session.dispose()
  expect(storage.items.size).toBe(1)
  const again = startSession({ storage, server, keys: 'other' })
  again.session.viewTiles([tile])
  await clock.advance(2_000)
  expect(again.screen.colorAt(tile, position)).toBe(2)
  expect(again.state().pending).toBe(0)
  expect(server.saved.size).toBe(1)
  expect(storage.items.size).toBe(0)
})

test("a saved pixel under a stranger's of the same frame gives way when the receipt tells its seq", async () => {
  const { session, clock, server, screen } = await live()
  server.sequenceAfterMs = 0
  server.loseFrames = 1
  session.place(cell, 2)
  await clock.advance(30)
  // Both in one frame after the gap: only the stranger's colour is in it.
  server.commit(tile, [[position, 5]])
  await clock.advance(30)
  expect(screen.colorAt(tile, position)).toBe(2)
  await clock.advance(3_000)
  expect(screen.colorAt(tile, position)).toBe(5)
})

test('A3 a gap is healed by joining again with the seq', async () => {
  const { clock, server, screen, word } = await live()
  server.loseFrames = 1
  server.commit(tile, [[1, 1]])
  server.commit(tile, [[2, 2]])
  await clock.advance(100)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('a lost last commit shows no gap: the heads tell, and a second later it is there', async () => {
  const { clock, server, screen, word } = await live()
  server.loseFrames = 1
  server.commit(tile, [[1, 1]])
  server.heads()
  await clock.advance(950)
  expect(screen.colorAt(tile, asPosition(1))).toBe(7)
  await clock.advance(300)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('a resync fetches the board again', async () => {
  const { clock, server, screen } = await live()
  server.loseFrames = 1
  server.commit(tile, [[1, 1]])
  server.tell('resync', 'main', 0)
  await clock.advance(100)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('a malformed frame is asked for again', async () => {
  const { clock, server, screen } = await live()
  server.loseFrames = 1
  server.commit(tile, [[1, 1]])
  server.tell('pixels', 'main', 0, 1, 1, 'AAAA')
  server.tell('pixels', 'main', 0, 'x')
  server.tell('pixels', 'main', 9, 1, 1, 'AwIDxQEN')
  server.tell('heads', null)
  server.tell('me', { canvas: 'main' })
  server.tell('canvas', 7)
  await clock.advance(100)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('A3 a board older than the join does not end in a hole', async () => {
  // The board answers slowly, the socket is quick: commits fall between.
  let slow = true
  const { clock, server, screen, session, word } = startSession({ latencyMs: () => (slow ? 5 : 1) })
  session.viewTiles([tile])
  await clock.advance(12)
  server.commit(tile, [[1, 1]])
  await clock.advance(5)
  server.commit(tile, [[2, 2]])
  slow = false
  await clock.advance(2_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('A2 offline for 200 foreign pixels: they are replayed, counted, and the board is exact without being fetched again', async () => {
  const { clock, server, screen, word, session, browser } = await live({ latencyMs: () => 20 })
  const words: string[] = []
  let most = 0
  session.store.subscribe(({ connection }) => {
    if (words.at(-1) !== connection.state) words.push(connection.state)
    most = Math.max(most, connection.behindPixels)
  })
  const boards = () => server.requests.filter((request) => request.endsWith('/board')).length
  const before = boards()
  server.network = 'cut'
  browser('offline')
  expect(word()).toBe('offline')
  for (let i = 0; i < 200; i++) server.commit(tile, [[i, 1 + (i % 6)]])
  await clock.advance(20_000)
  server.network = 'up'
  browser('online')
  await clock.advance(1_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(words).toEqual(['offline', 'catching_up', 'live'])
  expect(most).toBe(200)
  expect(boards()).toBe(before)
})

test('A3 who missed too much fetches the board, and frames that come meanwhile wait for it', async () => {
  let latencyMs = 10
  const { clock, server, screen, word } = await live({ latencyMs: () => latencyMs, maxReplay: 5 })
  server.cutSockets()
  for (let i = 0; i < 20; i++) server.commit(tile, [[i, 1]])
  await clock.advance(300)
  latencyMs = 60
  server.commit(tile, [[30, 2]])
  await clock.advance(30)
  latencyMs = 10
  server.commit(tile, [[31, 3]])
  await clock.advance(500)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
  expect(server.requests.filter((request) => request.endsWith('/board'))).toHaveLength(2)
})

test('the word is Offline within two seconds, however the connection dies, and says since when', async () => {
  for (const die of ['close', 'silence', 'browser'] as const) {
    const { clock, server, word, state, browser, session } = await live()
    await clock.advance(3_000)
    expect(word()).toBe('live')
    const atMs = clock.nowMs
    server.network = die === 'silence' ? 'silent' : 'cut'
    if (die === 'close') server.cutSockets()
    if (die === 'browser') browser('offline')
    await clock.advance(2_000)
    expect(word(), die).toBe('offline')
    expect(Math.abs(state().connection.sinceMs - atMs), die).toBeLessThan(1_500)
    server.network = 'up'
    if (die === 'browser') browser('online')
    await clock.advance(die === 'silence' ? 6_000 : 2_500)
    expect(word(), die).toBe('live')
    session.dispose()
  }
})

test('a hidden tab does not ask whether the server is there, and asks when it is shown', async () => {
  const { clock, server, word, browser } = await live()
  browser('hidden')
  await clock.advance(2_000)
  server.network = 'silent'
  await clock.advance(30_000)
  expect(word()).toBe('live')
  browser('visible')
  await clock.advance(1_200)
  expect(word()).toBe('offline')
})

test('a newer revision is found through the heads, and a longer palette is used', async () => {
  const { clock, server, state } = await live()
  server.change({ palette: [...server.canvas.palette, '#123456'], colorNames: [...server.canvas.colorNames, 'new'] })
  server.heads()
  await clock.advance(1_000)
  expect(state().canvas?.palette).toHaveLength(9)
})

test('another epoch throws everything away: board, seqs and what was saved', async () => {
  const { clock, server, screen, word, session, state } = await live()
  server.commit(tile, [
    [1, 1],
    [2, 2],
  ])
  session.place(cell, 3)
  await clock.advance(100)
  server.restore('epoch002')
  server.commit(tile, [[9, 4]])
  await clock.advance(5_000)
  expect(state().canvas?.epoch).toBe('epoch002')
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('tiles are joined as they come into view, and far ones are left', async () => {
  const { clock, server, screen, session } = startSession({ width: 64 * 64, height: 64 })
  const tiles = Array.from({ length: 64 }, (_, tx) => asTile(tx))
  for (const [index, next] of tiles.entries()) {
    session.viewTiles([next, tiles[index + 1] ?? next])
    await clock.advance(100)
  }
  const last = asTile(63)
  server.commit(last, [[5, 5]])
  server.commit(tile, [[5, 5]])
  await clock.advance(100)
  expect(screen.bytes(last)).toEqual(server.board(last))
  expect(screen.bytes(tile)).toBeNull()
  session.viewTiles([tile])
  await clock.advance(200)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('more than 64 tiles are joined in several messages', async () => {
  const { clock, server, screen, session, word } = startSession({ width: 64 * 100, height: 64 })
  session.viewTiles(Array.from({ length: 100 }, (_, tx) => asTile(tx)))
  await clock.advance(2_000)
  expect(word()).toBe('live')
  server.commit(asTile(99), [[5, 5]])
  await clock.advance(100)
  expect(screen.colorAt(asTile(99), asPosition(5))).toBe(5)
})

test('disposing twice leaves no timer and no socket', async () => {
  const { clock, server, session } = await live({ cooldownMs: 5_000 })
  session.place(cell, 1)
  session.dispose()
  session.dispose()
  expect(server.openSockets).toBe(0)
  await clock.advance(60_000)
  expect(clock.waiting).toBe(0)
})
