import { once } from 'node:events'
import { expect, test } from './support/fixtures.ts'

test('A4 a commit that takes every publisher with it is set aside; the log goes on, and an operator brings it back', async ({
  server,
  api,
  page,
}) => {
  test.setTimeout(120_000)
  await api.token()
  const deadly = { FAILPOINTS: 'publisher.before-append=kill', ALLOW_FAILPOINTS: '1' }
  await server.end('SIGTERM')
  // The first attempt is this life's; the commit is there before the publisher dies of it.
  let life = server.spawn(deadly)
  let ended = once(life, 'exit')
  await expect
    .poll(
      () =>
        api.place(3, 0, 5).then(
          (response) => response.status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .not.toBe(0)
  await ended
  for (let attempt = 2; attempt <= 5; attempt++) {
    life = server.spawn(deadly)
    ended = once(life, 'exit')
    const [, signal] = (await ended) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')
  }
  await server.boot()
  expect((await api.place(4, 0, 6)).status).toBe(201)
  const log = async () => (await api.log()).map(({ cause, pixels }) => [cause, pixels.length])
  await expect.poll(log, { timeout: 20_000 }).toEqual([
    ['skipped', 0],
    ['paint', 1],
    ['rollback', 1],
  ])
  expect((await api.settledBoard()).bytes.slice(3, 5)).toEqual(new Uint8Array([31, 6]))

  await page.goto(`${server.url}/admin`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: '1 commit was set aside' })).toBeVisible()
  await expect(page.getByRole('row', { name: /main, tile 0, seq 1 Retry Discard 1 5 / })).toBeVisible()
  await page.getByRole('button', { name: 'Retry' }).click()
  await expect(page.getByRole('heading', { name: 'Every pixel is delivered' })).toBeVisible()
  await expect.poll(log).toEqual([
    ['skipped', 0],
    ['paint', 1],
    ['rollback', 1],
    ['paint', 1],
  ])
  expect((await api.settledBoard()).bytes.slice(3, 5)).toEqual(new Uint8Array([5, 6]))
})
