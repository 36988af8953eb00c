/** S4: the page can be installed. Its service worker keeps one page for times without a connection, and nothing else. */
import { expect, test } from './support/fixtures.ts'

const tag = { tag: '@embedded' }
const withWorker = { serviceWorkers: 'allow' } as const

test(
  'S4: offline there is one page in the chosen language, and with a connection a reload is never from a cache',
  tag,
  async ({ openTab, server }) => {
    const tab = await openTab({
      context: withWorker,
      prepare: (page) => page.context().addCookies([{ name: 'fresco-language', value: 'de', url: server.url }]),
    })
    const { page } = tab
    const kept = () =>
      page.evaluate(async () => {
        const names = await caches.keys()
        const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
        return requests.flat().map(({ url }) => new URL(url).pathname)
      })
    await expect.poll(kept).toEqual(['/offline.html'])
    await page.reload()
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
    await tab.isConnected('live')
    expect(await kept()).toEqual(['/offline.html'])
    await page.context().setOffline(true)
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Du bist offline' })).toBeVisible()
    await page.context().setOffline(false)
    await page.getByRole('link', { name: 'Noch einmal versuchen' }).click()
    await tab.isConnected('live')
    expect(tab.pageErrors).toEqual([])
  },
)

test('S4: the worker is replaced by a new version, and erased with the data of the device', tag, async ({ openTab }) => {
  const { page } = await openTab({ context: withWorker })
  const active = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state ?? null)
  await expect.poll(active).toBe('activated')
  await page.evaluate(async () => {
    await (await caches.open('fresco-offline-0')).put('/old', new Response('old'))
    const registration = await navigator.serviceWorker.register('/sw.js?next')
    const worker = registration.installing ?? registration.waiting ?? registration.active
    await new Promise<void>((resolve) => {
      const look = () => worker?.state === 'activated' && resolve()
      worker?.addEventListener('statechange', look)
      look()
    })
  })
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual(['fresco-offline-1'])
  await page.keyboard.press(',')
  await page.getByRole('button', { name: 'Erase' }).click()
  await page.route('**/sw.js*', (route) => route.abort())
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Erase all of it' }).click()])
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBeLessThanOrEqual(1)
})

test('S4: a notification of the worker leads back to its board', tag, async ({ openTab }) => {
  const { page } = await openTab({ context: { ...withWorker, permissions: ['notifications'] } })
  const tags = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.showNotification('x', { tag: 'fresco-main', data: { url: location.href } })
    return (await registration.getNotifications()).map(({ tag: name }) => name)
  })
  expect(tags).toEqual(['fresco-main'])
})

test('S4: a part that a deployment has removed reloads the page once, and then there is a sentence', tag, async ({ openTab }) => {
  const first = new Set<string>()
  let isGone = false
  const { page } = await openTab({
    prepare: (opened) =>
      opened.route('**/_next/static/chunks/**', (route) => {
        const { pathname } = new URL(route.request().url())
        if (isGone && !first.has(pathname)) return route.fulfill({ status: 404, body: '' })
        first.add(pathname)
        return route.continue()
      }),
  })
  let loads = 0
  page.on('load', () => loads++)
  isGone = true
  await page.keyboard.press(',')
  await expect.poll(() => loads).toBe(1)
  await expect(page.getByTestId('connection')).toHaveAttribute('data-state', 'live')
  await page.keyboard.press(',')
  await expect(page.getByRole('dialog')).toContainText('older version of the page')
  expect(loads).toBe(1)
  isGone = false
  await page.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => loads).toBe(2)
  await page.keyboard.press(',')
  await expect(page.getByTestId('settings')).toBeVisible()
})

test('S4: without a service worker the page works alike', tag, async ({ openTab }) => {
  const tab = await openTab({
    prepare: (page) => page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker')),
  })
  await tab.page.keyboard.press(',')
  await expect(tab.page.getByTestId('settings')).toBeVisible()
  expect(tab.pageErrors).toEqual([])
})
