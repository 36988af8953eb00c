import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { FakeStorage, position, startLive, startSession, tile } from './testing/start-session.ts'

test('the state is offline within two seconds of any kind of disconnect, with its time', async () => {
  for (const disconnect of ['close', 'silence', 'browser'] as const) {
    const { clock, server, word, state, browser, session } = await startLive()
    await clock.advance(3_000)
    expect(word()).toBe('live')
    const atMs = clock.nowMs
    server.network = disconnect === 'silence' ? 'silent' : 'cut'
    if (disconnect === 'close') server.cutSockets()
    if (disconnect === 'browser') browser('offline')
    await clock.advance(2_000)
    expect(word(), disconnect).toBe('offline')
    expect(Math.abs(state().connection.sinceMs - atMs), disconnect).toBeLessThan(1_500)
    server.network = 'up'
    if (disconnect === 'browser') browser('online')
    await clock.advance(disconnect === 'silence' ? 6_000 : 2_500)
    expect(word(), disconnect).toBe('live')
    session.dispose()
  }
})

for (const proxy of ['refuse', 'swallow', 'mute'] as const) {
  test(`behind a proxy that does "${proxy}" to WebSocket the page becomes and stays live by long polling`, async () => {
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

test('after an outage the session is on WebSocket again', async () => {
  for (const downMs of [3_000, 4_000, 5_000, 6_000, 7_000]) {
    const { clock, server, word, transport } = await startLive()
    server.network = 'cut'
    server.cutSockets()
    await clock.advance(downMs)
    server.network = 'up'
    await clock.advance(4_000)
    expect(word()).toBe('live')
    expect(transport()).toBe('websocket')
  }
})

test('on a slow line connection attempts and heartbeats get more time, so that a socket opens and stays open', async () => {
  let latencyMs = 5
  const { clock, server, screen } = await startLive({ latencyMs: () => latencyMs })
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

for (const [code, notice] of [
  ['rate_limited', 'too_many_sockets'],
  ['forbidden', 'socket_refused'],
] as const) {
  test(`a server that refuses the socket with ${code} is reported once, and the board is still shown`, async () => {
    const { clock, server, session, notices, word, screen } = startSession()
    server.refuseSockets = code
    session.viewTiles([tile])
    await clock.advance(30_000)
    expect(word()).toBe('offline')
    expect(screen.bytes(tile)).toEqual(server.board(tile))
    expect(notices).toMatchObject([{ kind: 'error', code: notice }])
    server.refuseSockets = null
    await clock.advance(5_000)
    expect(word()).toBe('live')
  })
}

test('a hidden tab does not probe the server, and probes it when it is shown', async () => {
  const { clock, server, word, browser } = await startLive()
  browser('hidden')
  await clock.advance(2_000)
  server.network = 'silent'
  await clock.advance(30_000)
  expect(word()).toBe('live')
  browser('visible')
  await clock.advance(1_200)
  expect(word()).toBe('offline')
})

test('a socket that is silent while the bytes of a board arrive is not closed', async () => {
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
