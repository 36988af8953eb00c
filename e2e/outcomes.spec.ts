/** The texts and announcements of the canvas page come from the outcomes of requests. */
import type { Page } from '@playwright/test'
import { expect, Tab, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }
const problem = (status: number, code: string) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: 'x', title: 'x', status, code, detail: 'x' }),
})

/** All later texts of the live regions. */
const listen = async (page: Page) => {
  await page.evaluate(() => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    for (const region of document.querySelectorAll('[aria-live], [role=status], [role=alert]'))
      new MutationObserver(() => said.push(region.textContent ?? '')).observe(region, {
        subtree: true,
        childList: true,
        characterData: true,
      })
  })
  return () => page.evaluate(() => (globalThis as unknown as { said: string[] }).said.join('\n'))
}

test('a pixel that is refused is announced with the reason, and never as saved', tag, async ({ openTab }) => {
  const tab = await openTab()
  for (const [index, [status, code, words]] of (
    [
      [403, 'forbidden', /not possible at this address/],
      [403, 'banned', /cannot paint here/],
      [409, 'canvas_paused', /paused/],
      [429, 'cooldown', /last pixel/],
    ] as const
  ).entries()) {
    await tab.page.route('**/api/pixels', (route) => route.fulfill(problem(status, code)))
    const said = await listen(tab.page)
    await tab.click(20 + index, 30)
    await expect.poll(said, code).toMatch(words)
    expect(await tab.pending(), code).toBe(0)
    expect(await said(), code).not.toContain('Saved')
  }
})

test('a pixel that waits is announced as waiting with the reason, and as saved once it is', tag, async ({ openTab }) => {
  const tab = await openTab()
  let isDown = true
  await tab.page.route('**/api/pixels', (route) => (isDown ? route.fulfill(problem(503, 'unavailable')) : route.continue()))
  const said = await listen(tab.page)
  await tab.click(20, 30)
  await expect.poll(said).toContain('The board cannot be saved right now. Your pixels are kept and sent again.')
  expect(await said()).not.toContain('Saved')
  isDown = false
  await expect.poll(said).toContain('Saved.')
})

test('a board that is refused is not shown as a server that does not answer', tag, async ({ server, page }) => {
  const tab = new Tab(page)
  for (const [status, code, words] of [
    [429, 'rate_limited', 'Too many requests'],
    [503, 'unavailable', 'cannot read the board right now'],
    [403, 'forbidden', 'does not show the board at this address'],
  ] as const) {
    await page.route('**/api/canvases/main', (route) => route.fulfill(problem(status, code)))
    await page.goto(server.url)
    await expect(page.getByText(words)).toBeVisible()
    await page.unroute('**/api/canvases/main')
    await tab.isConnected('live')
  }
})

/** Answers that are not those of a server that does not answer, and what the operations page says about them. */
const answers = [
  [{ ...problem(429, 'rate_limited'), headers: { 'Retry-After': '7' } }, /Too many requests .* Try again in 7 s\./],
  [problem(503, 'unavailable'), /The store does not answer\. Try again/],
  [{ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }, /answered with status 502\. Look at the proxy\./],
] as const

test('the operations page distinguishes each refusal from a server that does not answer', tag, async ({ server, page }) => {
  const alert = (words: RegExp) => page.getByRole('alert').filter({ hasText: words })
  /** Runs `act` and `check` once for each answer of a path. */
  const forEachAnswer = async (path: string, act: () => Promise<unknown>, check: (words: RegExp) => Promise<unknown>) => {
    for (const [answer, words] of answers) {
      await page.route(path, (route) => route.fulfill(answer))
      await act()
      await check(words)
      await page.unroute(path)
    }
  }
  await page.goto(`${server.url}/admin`)
  await page.getByLabel('Admin token').fill(server.adminToken)
  const signIn = () => page.getByRole('button', { name: 'Sign in' }).click()
  await forEachAnswer('**/api/admin/session', signIn, (words) => expect(alert(words)).toBeVisible())
  await forEachAnswer(
    '**/api/admin/overview',
    () => page.reload(),
    (words) => expect(page.getByRole('status').filter({ hasText: words })).toBeVisible(),
  )
  await page.reload()
  await page.getByLabel('Admin token').fill(server.adminToken)
  await signIn()
  const pause = async () => {
    await page.getByRole('button', { name: 'Pause publishing' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Pause publishing' }).click()
  }
  await forEachAnswer('**/api/admin/outbox/pause', pause, (words) => expect(alert(words)).toBeVisible())
  await expect(alert(answers[2][1])).toHaveCount(0, { timeout: 15_000 })
  const signOut = () => page.getByRole('button', { name: 'Sign out' }).click()
  await forEachAnswer('**/api/admin/session', signOut, (words) => expect(alert(words)).toBeVisible())
  await server.end('SIGKILL')
  await signOut()
  await expect(page.getByText('The server did not answer.')).toBeVisible()
})

test.describe('at an address that is not in PUBLIC_URL', () => {
  test.use({ serverEnv: { PUBLIC_URL: 'http://fresco.example' } })

  test('the canvas page shows the board live, and says that painting is not possible', tag, async ({ openTab, api }) => {
    const tab = await openTab()
    // From now on the browser has a guest's cookie.
    await tab.page.reload()
    await tab.isConnected('live')
    expect((await api.place(5, 5, 3)).status).toBe(201)
    await tab.shows(api)
    const notice = tab.page.getByTestId('notice')
    await tab.click(20, 30)
    await expect(notice).toContainText('Painting is not possible at this address.')
    await expect(tab.page.getByTestId('announcement')).not.toContainText('Saved')
  })

  test('signing in says what is wrong with the address, and what to do', tag, async ({ server, page }) => {
    await page.goto(`${server.url}/admin`)
    await page.getByLabel('Admin token').fill(server.adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    const alert = page.getByRole('alert').filter({ hasText: 'PUBLIC_URL' })
    await expect(alert).toContainText(`${server.url} is not in PUBLIC_URL`)
    await expect(alert).not.toContainText('did not answer')
  })
})
