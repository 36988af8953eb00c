import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { FakeServer } from './testing/fake-server.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { FakeStorage, startSession } from './testing/start-session.ts'

const start = async ({ cookiesBlocked, storage }: { cookiesBlocked: boolean; storage?: FakeStorage }) => {
  const server = new FakeServer({ clock: new ManualClock() })
  server.cookiesBlocked = cookiesBlocked
  const open = async () => {
    const fixture = startSession({ server, ...(storage ? { storage } : {}) })
    fixture.session.viewTiles([asTile(0)])
    await fixture.clock.advance(500)
    return fixture
  }
  return { server, open }
}

test('a browser that blocks cookies is one painter for all of its pixels, and the page shows that painter', async () => {
  const { server, open } = await start({ cookiesBlocked: true })
  const { session, clock, state, notices } = await open()
  for (let gx = 0; gx < 10; gx++) {
    session.place({ gx, gy: 0 }, 3)
    await clock.advance(gx % 2 ? 500 : 1)
  }
  await clock.advance(2_000)
  expect(server.placedBy).toHaveLength(10)
  expect(new Set(server.placedBy)).toEqual(new Set([state().painter?.id]))
  expect(server.guests.length).toBeLessThanOrEqual(2)
  expect(notices).toEqual([])
})

test('the painter stays the same after a reload if there is storage', async () => {
  const storage = new FakeStorage()
  const { server, open } = await start({ cookiesBlocked: true, storage })
  const first = await open()
  first.session.place({ gx: 0, gy: 0 }, 3)
  await first.clock.advance(1_000)
  first.session.dispose()
  const second = await open()
  second.session.place({ gx: 1, gy: 0 }, 3)
  await second.clock.advance(1_000)
  expect(new Set(server.placedBy).size).toBe(1)
})

test('a browser that keeps cookies asks for no token', async () => {
  const { server, open } = await start({ cookiesBlocked: false })
  const { session, clock } = await open()
  for (let gx = 0; gx < 3; gx++) session.place({ gx, gy: 0 }, 3)
  await clock.advance(2_000)
  expect(server.placedBy).toEqual(['p_me', 'p_me', 'p_me'])
  expect(server.requests).not.toContain('POST /api/tokens')
})
