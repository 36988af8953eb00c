import { expect, test } from 'vitest'
import { asPosition, asTile } from '../../../lib/brand.ts'
import { keepTryingMs, maxPending } from './placement-queue.ts'
import { FakeStorage, startSession } from './session-fixture.ts'
import { maxShownTiles } from './tile-sync.ts'

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

for (const byMs of [3_600_000, -3_600_000]) {
  test(`a wall clock that is set by ${byMs / 60_000} minutes changes no charge, no retry and no "offline since"`, async () => {
    const { session, clock, server, state, notices, word } = await live({ cooldownMs: 5_000 })
    for (let i = 0; i < 3; i++) session.place({ gx: i, gy: 0 }, 1)
    await clock.advance(500)
    expect(server.saved.size).toBe(3)
    const leftMs = () => (state().charges?.nextChargeInMs ?? 0) - (session.now() - (state().charges?.receivedAtMs ?? 0))
    const before = leftMs()
    clock.wallAheadMs = byMs
    await clock.advance(1_000)
    expect(state().charges).toMatchObject({ available: 0 })
    expect(leftMs()).toBe(before - 1_000)
    await clock.advance(4_000)
    expect(state().charges).toMatchObject({ available: 1 })

    server.network = 'cut'
    server.cutSockets()
    expect(session.place(cell, 2)).toBe(true)
    const lostAtMs = clock.wall()
    await clock.advance(3_000)
    expect(Math.abs(state().connection.sinceMs - lostAtMs)).toBeLessThan(2_000)
    clock.wallAheadMs -= byMs
    await clock.advance(20_000)
    expect(state()).toMatchObject({ pending: 1, connection: { state: 'offline' } })
    server.network = 'up'
    await clock.advance(5_000)
    expect(state().pending).toBe(0)
    expect(word()).toBe('live')
    expect(notices.filter(({ kind }) => kind === 'error')).toEqual([])
  })
}

test('a machine that slept learns from the server how long: charges have grown, and an old pixel is taken back', async () => {
  const { session, clock, server, state, notices } = await live({ cooldownMs: 60_000 })
  session.place(cell, 1)
  await clock.advance(500)
  expect(state().charges).toMatchObject({ available: 2 })
  clock.sleep(8 * 60_000)
  await clock.advance(5_000)
  expect(state().charges).toMatchObject({ available: 10 })

  server.network = 'silent'
  session.place({ gx: 9, gy: 9 }, 1)
  await clock.advance(2_000)
  clock.sleep(3_600_000)
  server.network = 'up'
  server.refuse = { code: 'unavailable' }
  await clock.advance(30_000)
  expect(state().pending).toBe(0)
  expect(notices.at(-1)).toMatchObject({ code: 'not_saved' })
})

test('a pixel that waits through a reload keeps its age, whatever the wall clock says', async () => {
  const storage = new FakeStorage()
  const before = await live({ storage })
  before.server.network = 'cut'
  before.session.place(cell, 2)
  await before.clock.advance(100)
  before.session.dispose()
  before.clock.wallAheadMs = 3_600_000
  before.server.network = 'up'
  const after = startSession({ storage, server: before.server })
  after.session.viewTiles([tile])
  await after.clock.advance(1_000)
  expect(after.notices).toEqual([])
  expect(before.server.saved.size).toBe(1)
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

for (const proxy of ['refuse', 'swallow', 'mute'] as const) {
  test(`behind a proxy that does "${proxy}" to WebSocket the page is live by long polling, and stays so`, async () => {
    const memory = new FakeStorage()
    const { clock, session, server, word, screen } = startSession({ memory })
    server.webSockets = proxy
    session.viewTiles([tile])
    await clock.advance(20_000)
    for (let second = 0; second < 60; second++) {
      expect(word()).toBe('live')
      await clock.advance(1_000)
    }
    server.commit(tile, [[position, 4]])
    await clock.advance(100)
    expect(screen.colorAt(tile, position)).toBe(4)

    session.dispose()
    server.attempts.length = 0
    const next = startSession({ memory, server })
    next.session.viewTiles([tile])
    await clock.advance(500)
    expect(next.word()).toBe('live')
    expect(server.attempts[0]).toMatch(/^polling/)
  })
}

test('a server that was down for a while is on WebSocket again when it is back', async () => {
  for (const downMs of [3_000, 4_000, 5_000, 6_000, 7_000]) {
    const { clock, server, word, transport } = await live()
    server.network = 'cut'
    server.cutSockets()
    await clock.advance(downMs)
    server.network = 'up'
    await clock.advance(4_000)
    expect(word()).toBe('live')
    expect(transport()).toBe('websocket')
  }
})

test('on a slow line attempts and silence get more time, so that a socket opens and stays', async () => {
  let latencyMs = 5
  const { clock, server, screen } = await live({ latencyMs: () => latencyMs })
  server.cutSockets()
  latencyMs = 5_000
  await clock.advance(120_000)
  expect(server.openSockets).toBe(1)
  const attempts = server.attempts.length
  server.commit(tile, [[position, 4]])
  await clock.advance(120_000)
  expect(server.attempts).toHaveLength(attempts)
  expect(screen.colorAt(tile, position)).toBe(4)
})

for (const [code, told] of [
  ['rate_limited', 'too_many_sockets'],
  ['forbidden', 'socket_refused'],
] as const) {
  test(`a server that refuses the socket with ${code} is told once, and its board is shown all the same`, async () => {
    const { clock, server, session, notices, word, screen } = startSession()
    server.refuseSockets = code
    session.viewTiles([tile])
    await clock.advance(30_000)
    expect(word()).toBe('offline')
    expect(screen.bytes(tile)).toEqual(server.board(tile))
    expect(notices).toMatchObject([{ kind: 'error', code: told }])
    server.refuseSockets = null
    await clock.advance(5_000)
    expect(word()).toBe('live')
  })
}

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

const boardsAsked = (requests: readonly string[]) => requests.filter((request) => request.endsWith('/board')).length

test('a slow line takes as long as the bytes take: no board begins again, and its rows are shown as they come', async () => {
  const { clock, server, screen, session, word, state } = startSession()
  server.boardBytesPerMs = 0.05
  server.commit(tile, [[position, 4]])
  session.viewTiles([tile])
  await clock.advance(50_000)
  expect(word()).toBe('connecting')
  expect(state().connection.loadedPercent).toBeGreaterThan(50)
  expect(screen.rows(tile)).toBeGreaterThan(30)
  expect(screen.bytes(tile)).toBeNull()
  await clock.advance(40_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
  expect(boardsAsked(server.requests)).toBe(1)
})

test('a download that falls silent is given up and begun again', async () => {
  const { clock, server, screen, session, word } = startSession()
  server.boardBytesPerMs = 1
  session.viewTiles([tile])
  await clock.advance(1_000)
  server.boardBytesPerMs = 0
  await clock.advance(22_000)
  server.boardBytesPerMs = 1
  await clock.advance(10_000)
  expect(boardsAsked(server.requests)).toBe(2)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('on a slow line boards come one after another, the middle of the view first; on a quick one six at once', async () => {
  const tiles = Array.from({ length: 12 }, (_, tx) => asTile(tx))
  const { clock, server, screen, session } = startSession({ width: 64 * 12, height: 64 })
  server.boardBytesPerMs = 0.4
  session.viewTiles(tiles)
  await clock.advance(45_000)
  expect(server.mostBoardsUnderWay).toBeLessThanOrEqual(2)
  expect(tiles.map((each) => screen.bytes(each) !== null).lastIndexOf(true)).toBe(tiles.filter((each) => screen.bytes(each)).length - 1)
  await clock.advance(120_000)
  expect(boardsAsked(server.requests)).toBe(12)

  const quick = startSession({ width: 64 * 40, height: 64 })
  quick.server.boardBytesPerMs = 1_000
  quick.session.viewTiles(Array.from({ length: 40 }, (_, tx) => asTile(tx)))
  await quick.clock.advance(5_000)
  expect(quick.server.mostBoardsUnderWay).toBe(6)
  expect(quick.word()).toBe('live')
})

test('an answer that takes longer than ten seconds gets more time instead of beginning again for ever', async () => {
  let latencyMs = 5
  const { clock, server, session, state } = await live({ latencyMs: () => latencyMs })
  latencyMs = 8_000
  session.place(cell, 2)
  await clock.advance(60_000)
  expect(server.saved.size).toBe(1)
  expect(state().pending).toBe(0)
})

const manyTiles = async () => {
  const side = 25
  const fixture = startSession({ width: 64 * side, height: 64 * side, latencyMs: () => 1 })
  const tiles = Array.from({ length: side * side }, (_, i) => asTile(Math.floor(i / side) * 256 + (i % side)))
  fixture.session.viewTiles(tiles)
  await fixture.clock.advance(3_000)
  return { ...fixture, tiles }
}

test('more tiles in the window than can be followed: all are shown, the word says so, and none is joined beyond the bound', async () => {
  const { screen, tiles, word, state, server, session, clock } = await manyTiles()
  expect(tiles.every((each) => screen.bytes(each) !== null)).toBe(true)
  expect(word()).toBe('partly_live')
  expect(state().connection.partlyLive).toEqual({ parts: 416, of: 625 })
  await clock.advance(30_000)
  expect(server.mostJoined).toBeLessThanOrEqual(480)
  session.viewTiles(tiles.slice(0, 480))
  await clock.advance(1_000)
  expect(word()).toBe('live')
})

test('A2 tiles that are not followed all the time are brought up to date in turns', async () => {
  const { screen, tiles, server, clock, word } = await manyTiles()
  for (const each of tiles) server.commit(each, [[position, 4]])
  await clock.advance(100)
  expect(screen.colorAt(tiles[0] as typeof tile, position)).toBe(4)
  expect(tiles.filter((each) => screen.colorAt(each, position) === 4).length).toBeLessThan(481)
  await clock.advance(15_000)
  expect(tiles.filter((each) => screen.colorAt(each, position) === 4)).toHaveLength(625)
  for (const each of tiles) expect(screen.bytes(each)).toEqual(server.board(each))
  expect(word()).toBe('partly_live')
})

test('A6 beyond 4,096 tiles the rest of the window is neither fetched nor painted on, and the word counts it', async () => {
  const side = 65
  const { clock, server, session, state, notices, screen } = startSession({ width: 64 * side, height: 64 * side, latencyMs: () => 0 })
  const tiles = Array.from({ length: side * side }, (_, i) => asTile(Math.floor(i / side) * 256 + (i % side)))
  session.viewTiles(tiles)
  await clock.advance(1_000)
  expect(boardsAsked(server.requests)).toBe(maxShownTiles)
  expect(screen.bytes(tiles[maxShownTiles - 1] as typeof tile)).not.toBeNull()
  expect(state().connection).toMatchObject({ state: 'partly_live', partlyLive: { parts: 416, of: 4_225 } })
  expect(session.place({ gx: 64 * side - 1, gy: 64 * side - 1 }, 1)).toBe(false)
  expect(notices).toMatchObject([{ code: 'not_loaded' }])
})

test('a socket that waits behind the bytes of a board is not given up while they come', async () => {
  let latencyMs = 5
  const { clock, server, session, word } = startSession({ width: 128, height: 64, latencyMs: () => latencyMs })
  session.viewTiles([tile])
  await clock.advance(500)
  server.boardBytesPerMs = 0.05
  session.viewTiles([asTile(1), tile])
  await clock.advance(1_000)
  latencyMs = 6_000
  const attempts = server.attempts.length
  for (let second = 0; second < 15; second++) {
    await clock.advance(1_000)
    expect(word()).toBe('catching_up')
  }
  expect(server.attempts).toHaveLength(attempts)
})

test('tiles near the window do not take the word back, nor make it partly live', async () => {
  const { word, session, tiles, clock } = await manyTiles()
  session.viewTiles(tiles, 100)
  await clock.advance(1_000)
  expect(word()).toBe('live')
})

test('a refusal for too many requests makes all boards wait, and in the end all are there', async () => {
  const { clock, server, screen, session, word } = startSession({ width: 64 * 100, height: 64, latencyMs: () => 1 })
  server.maxBoardsPerSecond = 20
  const tiles = Array.from({ length: 100 }, (_, tx) => asTile(tx))
  session.viewTiles(tiles)
  await clock.advance(10_000)
  expect(tiles.every((each) => screen.bytes(each) !== null)).toBe(true)
  expect(word()).toBe('live')
  expect(boardsAsked(server.requests)).toBeLessThan(150)
})

test('nothing is painted where nothing is shown yet', async () => {
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

test('disposing twice leaves no timer and no socket', async () => {
  const { clock, server, session } = await live({ cooldownMs: 5_000 })
  session.place(cell, 1)
  session.dispose()
  session.dispose()
  expect(server.openSockets).toBe(0)
  await clock.advance(60_000)
  expect(clock.waiting).toBe(0)
})
