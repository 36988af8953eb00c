import { afterEach, expect, test, vi } from 'vitest'
import { adminPainter } from '../accounts/sessions.ts'
import { closeAll, connect, type GatewayOverrides, join, received, start } from './gateway.fixture.ts'

afterEach(closeAll)

test('an admin receives the overview each second, without its history', async () => {
  const { url } = await start()
  await join(await connect(url))
  const admin = await connect(`${url}/admin`, { auth: { token: 'admin' } })
  const overviews = received(admin, 'overview')
  await vi.waitFor(() => expect(overviews.length).toBeGreaterThan(1), { timeout: 5_000 })
  expect(overviews.at(-1)?.[0]).toMatchObject({ store: { connected: true }, gateways: [{ id: 'test', sockets: 2 }], online: 1 })
  expect(overviews.at(-1)?.[0]).not.toHaveProperty('history')
})

test.each([
  ['a stranger', {}, 'unauthenticated'],
  ['a forged token', { auth: { token: 'bad' } }, 'unauthenticated'],
  ['a painter', { auth: { token: 'someone' } }, 'forbidden'],
])('%s is refused', async (_, options, code) => {
  const { url } = await start()
  await expect(connect(`${url}/admin`, options)).rejects.toMatchObject({ message: code, data: { code } })
})

test('the connection of an operator closes when the session ends, and no new one opens', async () => {
  const open = new Set(['one', 'two'])
  const identify: NonNullable<GatewayOverrides['identify']> = ({ cookie }) => {
    if (cookie && open.has(cookie)) return { kind: 'admin', painter: adminPainter, via: 'cookie', session: cookie }
    return { kind: 'anonymous' }
  }
  const { url } = await start({ gateway: { identify, isAdminSessionOpen: (id) => open.has(id) } })
  const withCookie = (cookie: string) => ({ extraHeaders: { cookie, origin: 'http://good' } })
  const closed: string[] = []
  for (const [name, cookie] of [
    ['/', 'one'],
    ['/admin', 'one'],
    ['/admin', 'two'],
  ] as const) {
    const socket = await connect(url + name, withCookie(cookie))
    socket.on('disconnect', () => closed.push(`${name} ${cookie}`))
  }
  open.delete('one')
  await vi.waitFor(() => expect(closed.sort()).toEqual(['/ one', '/admin one']), { timeout: 1_500 })
  await expect(connect(`${url}/admin`, withCookie('one'))).rejects.toMatchObject({ data: { code: 'unauthenticated' } })
})

test('a session that another process opened is read from the store before the socket is refused', async () => {
  const open = new Set<string>()
  const { url } = await start({
    gateway: {
      identify: ({ cookie }) =>
        cookie && open.has(cookie) ? { kind: 'admin', painter: adminPainter, via: 'cookie', session: cookie } : { kind: 'anonymous' },
      isAdminSessionOpen: (id) => open.has(id),
      checkAdminSession: async (session) => open.add(session).has(session),
    },
  })
  expect((await connect(`${url}/admin`, { extraHeaders: { cookie: 'new', origin: 'http://good' } })).connected).toBe(true)
})
