/** What a host changes on a board while a painter has it open. */
import { expect, test } from 'vitest'
import { readCanvas } from './read-canvas.ts'
import { cell, FakeStorage, position, startLive, tile } from './testing/start-session.ts'

const codes = (notices: readonly { code: string }[]) => notices.map(({ code }) => code)

test('a pixel in a protected area is refused without a request and takes no charge', async () => {
  const { session, server, clock, notices, state } = await startLive({ cooldownMs: 5_000 })
  server.change({ protectedAreas: [{ gx: 3, gy: 2, width: 2, height: 1 }] })
  server.send('canvas', server.canvas)
  await clock.advance(50)
  const { charges } = state()
  expect(session.place(cell, 1)).toBe(false)
  expect(session.place({ gx: 4, gy: 2 }, 1)).toBe(false)
  expect(codes(notices)).toEqual(['area_protected', 'area_protected'])
  expect(state().charges?.available).toBe(charges?.available)
  expect(session.place({ gx: 5, gy: 2 }, 1)).toBe(true)
  expect(session.place({ gx: 4, gy: 3 }, 1)).toBe(true)
  await clock.advance(100)
  expect(server.saved.size).toBe(2)
})

test('E1 in a finale only its color is sent', async () => {
  const { session, server, clock, notices } = await startLive()
  server.change({ onlyColor: 4 })
  server.send('canvas', server.canvas)
  await clock.advance(50)
  expect(session.place(cell, 3)).toBe(false)
  expect(codes(notices)).toEqual(['color_not_allowed'])
  expect(session.place(cell, 4)).toBe(true)
  server.change({ onlyColor: null })
  server.send('canvas', server.canvas)
  await clock.advance(50)
  expect(session.place(cell, 3)).toBe(true)
  await clock.advance(100)
  expect([...server.saved.values()].map(({ color }) => color)).toEqual([4, 3])
})

test('a board that is started over is empty, and the painter is told once', async () => {
  const { session, server, clock, screen, notices, word } = await startLive()
  session.place(cell, 3)
  await clock.advance(200)
  expect(screen.colorAt(tile, position)).toBe(3)
  server.restore('epoch002')
  await clock.advance(5_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(screen.colorAt(tile, position)).toBe(7)
  expect(codes(notices)).toEqual(['board_reset'])
  expect(word()).toBe('live')
})

test('a pixel that waits while the board is started over is not placed on the new board, and the painter is told', async () => {
  const { session, server, clock, screen, notices, state } = await startLive()
  server.network = 'cut'
  server.cutSockets()
  session.place(cell, 3)
  await clock.advance(1_000)
  server.restore('epoch002')
  server.network = 'up'
  await clock.advance(30_000)
  expect(server.saved.size).toBe(0)
  expect(state()).toMatchObject({ pending: 0, saved: 0 })
  expect(codes(notices)).toContain('stale_epoch')
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('a pixel that was painted for a former board is refused, and the notice of the new board does not hide that', async () => {
  const { session, server, clock, notices, state } = await startLive()
  server.restore('epoch002')
  expect(session.place(cell, 3)).toBe(true)
  await clock.advance(10_000)
  expect(state()).toMatchObject({ pending: 0, saved: 0, canvas: { epoch: 'epoch002' } })
  expect(codes(notices)).toEqual(['stale_epoch'])
  server.restore('epoch003')
  await clock.advance(5_000)
  expect(codes(notices)).toEqual(['stale_epoch', 'board_reset'])
})

test('the first canvas and a changed setting bring no notice of a new board', async () => {
  const { server, clock, notices } = await startLive()
  server.change({ title: 'Other' })
  server.send('canvas', server.canvas)
  await clock.advance(50)
  expect(notices).toEqual([])
})

const remove = (server: Awaited<ReturnType<typeof startLive>>['server']) => {
  server.canvas = { ...server.canvas, id: 'another' as typeof server.canvas.id }
  server.refuse = { code: 'canvas_not_found' }
}

test('a deleted board ends the session after the next pixel, and the canvas is still known', async () => {
  const { session, server, clock, state } = await startLive()
  remove(server)
  session.place(cell, 3)
  await clock.advance(3_000)
  expect(state().loading).toBe('not_found')
  expect(state().canvas?.title).toBe('Main')
  expect(server.openSockets).toBe(0)
})

test('the last event of a deleted board ends the session at once', async () => {
  const { server, clock, state } = await startLive()
  server.send('canvas', { ...server.canvas, rev: 2, state: 'closed', erasing: 'delete' })
  await clock.advance(10)
  expect(state()).toMatchObject({ loading: 'not_found', canvas: { title: 'Main', rev: 1 } })
  expect(server.openSockets).toBe(0)
})

test('no pixel is sent while the former pixels of a board that was started over are removed, even when it is open', async () => {
  const { session, server, clock, notices } = await startLive()
  server.change({ erasing: 'start_over' })
  server.send('canvas', server.canvas)
  await clock.advance(50)
  expect(session.place(cell, 1)).toBe(false)
  expect(codes(notices)).toEqual(['canvas_paused'])
  server.change({ erasing: null })
  server.send('canvas', server.canvas)
  await clock.advance(50)
  expect(session.place(cell, 1)).toBe(true)
})

test('pixels that wait for an answer are forgotten with a deleted board, because another board may get its id', async () => {
  const storage = new FakeStorage()
  const { session, server, clock, state } = await startLive({ storage })
  server.network = 'cut'
  session.place(cell, 3)
  await clock.advance(100)
  expect(storage.getItem('fresco:pending:main')).not.toBeNull()
  remove(server)
  server.refuse = { code: 'rate_limited', retryAfterMs: 60_000 }
  server.network = 'up'
  server.cutSockets()
  await clock.advance(3_000)
  server.send('heads', 'main', server.canvas.epoch, 9, [])
  await clock.advance(20_000)
  expect(state().loading).toBe('not_found')
  expect(storage.getItem('fresco:pending:main')).toBeNull()
})

test('the times of the server are compared with its clock, also when the clock of the visitor is wrong by hours', async () => {
  const { session, clock } = await startLive({ cooldownMs: 5_000 })
  clock.wallAheadMs = 3 * 3_600_000
  await clock.advance(10_000)
  expect(Math.abs(session.serverNow() - clock.nowMs)).toBeLessThan(1_100)
})

test('a canvas of a server without settings gets their defaults', async () => {
  const { server } = await startLive()
  const { rules: _, protectedAreas: __, announcement: ___, opensAt: ____, ...older } = server.canvas
  expect(readCanvas(older)).toMatchObject({ rules: '', protectedAreas: [], announcement: null, onlyColor: null, opensAt: null })
})

test.each([
  ['rules', 7],
  ['visibility', 'secret'],
  ['undoMs', -1],
  ['protectedAreas', [{ gx: 1, gy: 1, width: 2 }]],
  ['protectedAreas', {}],
  ['onlyColor', '3'],
  ['announcement', { id: 'a', text: 'x', level: 'loud', at: '2026-03-06T17:00:00.000Z', until: null }],
  ['announcement', { id: 'a', text: 'x', level: 'info', at: 'soon', until: null }],
  ['opensAt', 'on Friday'],
  ['archivedAt', 5],
  ['erasing', 'soon'],
])('a canvas whose %s is %o is dropped', async (name, value) => {
  const { server, clock, state } = await startLive()
  server.change({ [name]: value })
  server.send('canvas', server.canvas)
  await clock.advance(50)
  expect(readCanvas(server.canvas)).toBeNull()
  expect(state().canvas?.rev).toBe(1)
})
