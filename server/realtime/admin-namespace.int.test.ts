import { afterEach, expect, test, vi } from 'vitest'
import { closeAll, connect, heard, join, start } from './gateway-fixture.ts'

afterEach(closeAll)

test('an admin hears each second how it goes, without the history', async () => {
  const { url } = await start()
  await join(await connect(url))
  const admin = await connect(`${url}/admin`, { auth: { token: 'admin' } })
  const overviews = heard(admin, 'overview')
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
