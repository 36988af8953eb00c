import { expect, test } from 'vitest'
import { asPainterId } from '../../lib/brand.ts'
import { guestName, type Painter } from '../../lib/painter.ts'
import type { BadToken, Caller, Credentials } from './caller.ts'
import { createCallerResolver } from './resolve-caller.ts'

const id = asPainterId('p_someone')
const painter: Painter = { id, name: guestName(id), role: 'guest', createdAtMs: 0 }
const guest: Caller = { kind: 'guest', painter, via: 'cookie' }

/** The sessions in the list of this process, and those that only the store has. */
const setUp = (known: readonly string[], inStore: readonly string[] = known) => {
  const open = new Set(known)
  const checked: string[] = []
  const identify = ({ cookie, authorization }: Credentials): Caller | BadToken => {
    if (authorization !== null) return { kind: 'bad_token' }
    if (cookie === null) return { kind: 'anonymous' }
    return open.has(cookie) ? { kind: 'admin', painter, via: 'cookie', session: cookie } : guest
  }
  const resolver = createCallerResolver({
    sessions: { identify, claimedSession: (cookie) => cookie },
    signIns: {
      refuseToken: ({ identified, way }) => (identified.kind === 'bad_token' ? { code: 'unauthenticated', detail: way } : null),
    },
    adminSessions: {
      async check(session) {
        checked.push(session)
        if (inStore.includes(session)) open.add(session)
        else open.delete(session)
        return open.has(session)
      },
    },
  })
  const call = (credentials: Partial<Credentials>) =>
    ({ credentials: { cookie: null, authorization: null, ...credentials }, address: '1.2.3.4', way: 'socket' }) as const
  return { resolver, call, checked }
}

test('resolves an anonymous caller, a guest and an admin without the store', () => {
  const { resolver, call, checked } = setUp(['admin'])
  expect(resolver.resolve(call({}))).toEqual({ ok: true, caller: { kind: 'anonymous' } })
  expect(resolver.resolve(call({ cookie: 'cookie' }))).toEqual({ ok: true, caller: guest })
  expect(resolver.resolve(call({ cookie: 'admin' }))).toMatchObject({ ok: true, caller: { kind: 'admin', session: 'admin' } })
  expect(checked).toEqual([])
})

test('refuses a bad token, also for staff', async () => {
  const { resolver, call } = setUp([])
  const refused = { ok: false, refusal: { code: 'unauthenticated', detail: 'socket' } }
  expect(resolver.resolve(call({ authorization: 'Bearer wrong' }))).toEqual(refused)
  expect(await resolver.resolveStaff(call({ authorization: 'Bearer wrong' }))).toEqual(refused)
})

test('reads the session of staff from the store, because another process may have opened or ended it', async () => {
  const opened = setUp([], ['new'])
  expect(await opened.resolver.resolveStaff(opened.call({ cookie: 'new' }))).toMatchObject({ caller: { kind: 'admin' } })
  const ended = setUp(['old'], [])
  expect(await ended.resolver.resolveStaff(ended.call({ cookie: 'old' }))).toEqual({ ok: true, caller: guest })
})
