import { expect, test } from './support/fixtures.ts'

const handle = () => typeof (globalThis as { __fresco?: unknown }).__fresco

test('the handle for programs is loaded in an automated browser only @embedded', async ({ openTab, browser, server }) => {
  const automated = await openTab()
  await expect.poll(() => automated.page.evaluate(handle)).toBe('object')

  const context = await browser.newContext()
  await context.addInitScript(() => Object.defineProperty(navigator, 'webdriver', { get: () => false }))
  const page = await context.newPage()
  await page.goto(server.url)
  await expect(page.getByTestId('connection')).toHaveAttribute('data-state', 'live')
  expect(await page.evaluate(handle)).toBe('undefined')
  await context.close()
})
