/** Notices about pixels come from their outcomes, and notices about the server from its answers. */
import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { Api } from './api.ts'
import { keepTryingMs } from './placement-queue.ts'
import { ServerClock } from './server-clock.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { startSession } from './testing/start-session.ts'

const live = async () => {
  const started = startSession()
  started.session.viewTiles([asTile(0)])
  await started.clock.advance(2_000)
  return started
}

test.each(['forbidden', 'cooldown', 'canvas_paused', 'banned', 'idempotency_key_reused'] as const)(
  'a pixel that is refused with %s is not saved',
  async (code) => {
    const { session, clock, server, state, notices } = await live()
    server.refuse = { code, ...(code === 'cooldown' ? { retryAfterMs: 3_000 } : {}) }
    session.place({ gx: 3, gy: 3 }, 2)
    await clock.advance(1_000)
    expect(state()).toMatchObject({ pending: 0, saved: 0 })
    expect(notices).toMatchObject([{ kind: 'refused', code }])
  },
)

test('a pixel counts as saved exactly once, when it is acknowledged, however often it was sent', async () => {
  const { session, clock, server, state } = await live()
  server.loseAnswers = 2
  session.place({ gx: 3, gy: 3 }, 2)
  expect(state().saved).toBe(0)
  await clock.advance(10_000)
  expect(state()).toMatchObject({ pending: 0, saved: 1 })
  session.place({ gx: 4, gy: 3 }, 2)
  await clock.advance(1_000)
  expect(state().saved).toBe(2)
})

test('an expired pixel without an answer does not count as saved', async () => {
  const { session, clock, server, state } = await live()
  server.network = 'silent'
  session.place({ gx: 3, gy: 3 }, 2)
  await clock.advance(keepTryingMs + 15_000)
  expect(state()).toMatchObject({ pending: 0, saved: 0 })
})

test.each(['unavailable', 'overloaded'] as const)('%s is an answer: the pixel waits, with the reason', async (code) => {
  const { session, clock, server, notices } = await live()
  server.refuse = { code, retryAfterMs: 3_000 }
  session.place({ gx: 3, gy: 3 }, 2)
  await clock.advance(500)
  expect(notices).toMatchObject([{ kind: 'info', code: 'waiting', params: { reason: code } }])
})

const answer = async (status: number, body: string) => {
  const { timers } = new ManualClock()
  const fetch = async () => new Response(body, { status })
  const api = new Api({ canvasId: 'main', fetch, runtime: { now: () => 0, timers }, clock: new ServerClock(), onBytes: () => undefined })
  return api.place({ key: 'k', cell: { gx: 0, gy: 0 }, color: 0 })
}

test.each([
  [403, 'forbidden'],
  [401, 'forbidden'],
  [404, 'not_found'],
  [413, 'too_large'],
  [429, 'rate_limited'],
])('status %i of something in front of Fresco is a refusal: %s', async (status, code) => {
  expect(await answer(status, '<html>')).toMatchObject({ kind: 'problem', problem: { code } })
})

test.each([408, 425, 500, 502, 504])('status %i from something in front of Fresco leaves the outcome unknown', async (status) => {
  expect(await answer(status, '<html>')).toMatchObject({ kind: 'unreachable', problem: null })
})
