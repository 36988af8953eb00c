import { expect, test } from 'vitest'
import { cell, position, startLive, startSession, tile } from './testing/start-session.ts'

test('a visitor gets the board, a name, charges and the state live', async () => {
  const { state, screen, server } = await startLive({ cooldownMs: 5_000 })
  expect(state()).toMatchObject({
    loading: 'ready',
    connection: { state: 'live' },
    painter: { id: 'p_me', role: 'guest' },
    charges: { available: 3, max: 10 },
    pending: 0,
  })
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('an untouched board says so until the first pixel arrives', async () => {
  const { state, server, clock } = await startLive()
  expect(state().untouched).toBe(true)
  server.commit(tile, [[position, 4]])
  await clock.advance(50)
  expect(state().untouched).toBe(false)
})

test('a board whose pixels all have the background color does not count as untouched', async () => {
  const { session, state, server, clock } = startSession()
  server.commit(tile, [[position, 0]])
  session.viewTiles([tile])
  expect(state().untouched).toBe(false)
  await clock.advance(500)
  expect(state().untouched).toBe(false)
})

test('the guest cookie is requested before the socket opens', async () => {
  const { server, clock } = startSession({ latencyMs: () => 50 })
  await clock.advance(90)
  expect(server.requests).toContain('GET /api/me?canvas=main')
  expect(server.openSockets).toBe(0)
  await clock.advance(200)
  expect(server.openSockets).toBe(1)
})

test('a missing canvas is reported, and the session stops', async () => {
  const { state, server, clock } = startSession({ canvasId: 'nowhere' })
  await clock.advance(30_000)
  expect(state().loading).toBe('not_found')
  expect(server.openSockets).toBe(0)
})

test('an unreachable server is reported, and the session starts once it is reachable', async () => {
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

test('disposing twice leaves no timer and no socket', async () => {
  const { clock, server, session } = await startLive({ cooldownMs: 5_000 })
  session.place(cell, 1)
  session.dispose()
  session.dispose()
  expect(server.openSockets).toBe(0)
  await clock.advance(60_000)
  expect(clock.waiting).toBe(0)
})
