import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Api } from './support/api.ts'
import { expect, test } from './support/fixtures.ts'
import type { FrescoServer } from './support/server.ts'

/** Places one pixel as soon as the process accepts it. The process may end without an answer; during its start it answers 503. */
const placeBeforeItEnds = (api: Api, life: ChildProcess) =>
  expect
    .poll(
      () =>
        life.signalCode !== null ||
        api.place(3, 0, 5).then(
          ({ status }) => status !== 503,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true)

test('A4 a commit that crashes every publisher becomes a dead letter, the log continues, and an operator requeues it', async ({
  server,
  api,
  page,
}) => {
  test.setTimeout(120_000)
  await api.token()
  const deadly = { FAILPOINTS: 'publisher.before-append=kill', ALLOW_FAILPOINTS: '1' }
  await server.end('SIGTERM')
  // The first attempt is in this process. The commit is saved before the publisher crashes.
  let life = server.spawn(deadly)
  let ended = once(life, 'exit')
  await placeBeforeItEnds(api, life)
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
  await expect(page.getByRole('heading', { name: '1 commit was not published' })).toBeVisible()
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

/** The log after the tombstone and the commits that waited behind it are published. */
const expectDrained = async (server: FrescoServer, api: Api) => {
  await server.boot()
  expect((await api.place(4, 0, 6)).status).toBe(201)
  await expect
    .poll(async () => (await api.log()).map(({ cause, seq }) => [cause, seq]), { timeout: 20_000 })
    .toEqual([
      ['skipped', 1],
      ['rollback', 2],
      ['paint', 3],
    ])
  await expect.poll(() => backlogOf(server)).toMatchObject({ pending: 0, stuck: 0, dead: 1 })
}

const backlogOf = async (server: FrescoServer) => {
  const headers = { authorization: `Bearer ${server.adminToken}` }
  const response = await fetch(`${server.url}/api/admin/overview`, { headers })
  return ((await response.json()) as { outbox: { pending: number; stuck: number; dead: number } }).outbox
}

test('A2 a tombstone that crashes its publisher repeatedly is published as soon as possible', { tag: '@embedded' }, async ({
  server,
  api,
}) => {
  test.setTimeout(180_000)
  await api.token()
  await server.end('SIGTERM')
  const deadly = { FAILPOINTS: 'publisher.before-append=kill', ALLOW_FAILPOINTS: '1' }
  const first = server.launch(deadly)
  const firstEnded = once(first, 'exit')
  await placeBeforeItEnds(api, first)
  await firstEnded
  for (let attempt = 2; attempt <= 12; attempt++) {
    const [, signal] = (await once(server.launch(deadly), 'exit')) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')
  }
  expect(server.output).toContain('"event":"tile_is_stuck"')
  await expectDrained(server, api)
})

test('A2 a tombstone that fails repeatedly is shown at /admin, and is published as soon as possible', { tag: '@embedded' }, async ({
  server,
  api,
  page,
}) => {
  test.setTimeout(120_000)
  await api.token()
  await server.end('SIGTERM')
  await server.boot({ FAILPOINTS: 'publisher.before-append=throw', ALLOW_FAILPOINTS: '1' })
  expect((await api.place(3, 0, 5)).status).toBe(201)
  await page.goto(`${server.url}/admin`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: '1 tile is stuck' })).toBeVisible({ timeout: 20_000 })
  const row = page.getByRole('region', { name: 'Stuck' }).getByRole('row', { name: /main, tile 0, seq 1 \(tombstone\) .* failpoint/ })
  await expect(row.getByRole('cell', { name: /^([6-9]|\d\d)$/ }), 'it is tried more often than a commit').toBeVisible({ timeout: 20_000 })
  await row.getByRole('button', { name: 'Try again now' }).click()
  await expect.poll(() => server.output).toContain('"action":"stuck.retry"')
  await server.end('SIGTERM')
  await expectDrained(server, api)
})

test('a change of settings that could not be published reaches the painters, and an operator announces it again', {
  tag: '@embedded',
}, async ({ server, page, openTab }) => {
  test.setTimeout(120_000)
  await server.end('SIGTERM')
  await server.boot({ FAILPOINTS: 'publisher.before-append=throw', ALLOW_FAILPOINTS: '1' })
  const painter = await openTab()
  const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json', 'if-match': '1' }
  const body = JSON.stringify({ title: 'Finale' })
  expect((await fetch(`${server.url}/api/admin/canvases/main`, { method: 'PATCH', headers, body })).status).toBe(200)
  await expect(painter.page.getByRole('heading', { level: 1 })).toHaveAttribute('title', 'Finale', { timeout: 20_000 })
  await expect.poll(() => backlogOf(server), { timeout: 20_000 }).toMatchObject({ dead: 1 })
  await server.end('SIGTERM')
  await server.boot()

  await page.goto(`${server.url}/admin`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const row = page.getByRole('region', { name: 'Dead letters' }).getByRole('row', { name: /main, change of settings, seq 1/ })
  await row.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByRole('alertdialog').or(page.getByRole('dialog'))).toContainText('The board keeps its new settings.')
  await page.keyboard.press('Escape')
  await row.getByRole('button', { name: 'Announce again' }).click()
  await expect(row).toHaveCount(0)
  await expect.poll(() => backlogOf(server)).toMatchObject({ pending: 0, stuck: 0, dead: 0 })
  expect(await (await fetch(`${server.url}/api/canvases/main`)).json()).toMatchObject({ title: 'Finale', rev: 3 })
})
