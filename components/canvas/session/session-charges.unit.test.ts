import { expect, test } from 'vitest'
import { cell, FakeStorage, position, startLive, startSession, tile } from './testing/start-session.ts'

test('a repeated answer carries old charges, so the session asks for the current ones', async () => {
  const { session, clock, server, state } = await startLive({ cooldownMs: 5_000 })
  server.loseAnswers = 8
  session.place(cell, 2)
  const startMs = clock.nowMs
  while (state().pending > 0) await clock.advance(100)
  await clock.advance(100)
  expect(clock.nowMs - startMs).toBeGreaterThan(10_000)
  expect(server.saved.size).toBe(1)
  expect(state()).toMatchObject({ pending: 0, charges: { available: server.charges().available } })
})

test('charges are spent at once, refused at zero without a request, and grow by the clock', async () => {
  const { session, clock, server, state, notices } = await startLive({ cooldownMs: 5_000 })
  for (let i = 0; i < 3; i++) expect(session.place({ gx: i, gy: 0 }, 1)).toBe(true)
  expect(state().charges).toMatchObject({ available: 0 })
  const posts = () => server.requests.filter((request) => request.startsWith('POST')).length
  const before = posts()
  expect(session.place({ gx: 9, gy: 0 }, 1)).toBe(false)
  expect(posts()).toBe(before)
  expect(notices).toMatchObject([{ kind: 'refused', code: 'cooldown' }])
  expect(notices[0]?.params?.retryAfterMs).toBeGreaterThan(4_000)
  expect(notices[0]?.params?.retryAfterMs).toBeLessThanOrEqual(5_000)
  await clock.advance(5_000)
  expect(state().charges).toMatchObject({ available: 1 })
  expect(session.place({ gx: 9, gy: 0 }, 1)).toBe(true)
  await clock.advance(100)
  expect(server.saved.size).toBe(4)
})

for (const byMs of [3_600_000, -3_600_000]) {
  test(`a wall clock that is set by ${byMs / 60_000} minutes changes no charge, no retry and no "Offline since"`, async () => {
    const { session, clock, server, state, notices, word } = await startLive({ cooldownMs: 5_000 })
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

test('after the machine slept, charges have grown and an expired pixel is taken back', async () => {
  const { session, clock, server, state, notices } = await startLive({ cooldownMs: 60_000 })
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
  const before = await startLive({ storage })
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

test('a cooldown that only the server knew takes the pixel back and empties the charges', async () => {
  const { session, clock, server, state, notices, screen } = await startLive({ cooldownMs: 5_000 })
  server.refuse = { code: 'cooldown', retryAfterMs: 3_000 }
  session.place(cell, 1)
  await clock.advance(50)
  expect(screen.colorAt(tile, position)).toBe(7)
  expect(state().charges).toMatchObject({ available: 0 })
  expect(notices).toMatchObject([{ code: 'cooldown', params: { retryAfterMs: 3_000 } }])
  await clock.advance(3_000)
  expect(state().charges).toMatchObject({ available: 1 })
})

test('a changed title and cooldown are shown at once, and the charges of a board that had no limit are loaded', async () => {
  const { clock, server, state } = await startLive({ cooldownMs: 0 })
  expect(state().charges).toMatchObject({ available: null })
  server.change({ title: 'Finale', cooldownMs: 5_000 })
  server.send('canvas', server.canvas, 1)
  await clock.advance(10)
  expect(state().canvas).toMatchObject({ title: 'Finale', cooldownMs: 5_000 })
  await clock.advance(100)
  expect(state().charges).toMatchObject({ available: server.charges().available, max: server.charges().max })
})
