import { expect, test } from './support/fixtures.ts'

test('A2 A3 a tab that was offline for 200 pixels is exact within five seconds, without a reload', async ({ api, openTab }) => {
  const tab = await openTab()
  let loads = 0
  tab.page.on('load', () => loads++)
  await tab.page.context().setOffline(true)
  await tab.isConnected('offline', 2_000)
  await api.placeAll(Array.from({ length: 200 }, (_, i) => ({ gx: i, gy: i % 100, color: i % 32 })))
  await tab.page.context().setOffline(false)
  await tab.shows(api, 5_000)
  await tab.isConnected('live')
  expect(loads).toBe(0)
})

test('A2 an open tab is exact after the server was killed and restarted', async ({ server, api, openTab }) => {
  const tab = await openTab()
  await tab.chooseColor(4)
  await tab.click(50, 50)
  await tab.shows(api)
  let loads = 0
  tab.page.on('load', () => loads++)
  await server.end('SIGKILL')
  await tab.isConnected('offline', 2_000)
  await server.boot()
  await api.place(51, 50, 8)
  await tab.shows(api)
  await tab.isConnected('live', 5_000)
  const { bytes } = await api.settledBoard()
  expect([50, 51].map((gx) => bytes[50 * 256 + gx])).toEqual([4, 8])
  expect(loads).toBe(0)
})

test('A1 a pixel that is painted while the connection is lost is saved after the reconnect', async ({ server, api, openTab }) => {
  const tab = await openTab()
  await server.end('SIGKILL')
  await tab.isConnected('offline', 2_000)
  await tab.chooseColor(11)
  await tab.click(60, 60)
  expect(await tab.pending()).toBe(1)
  await server.boot()
  await expect.poll(() => tab.pending(), { timeout: 10_000 }).toBe(0)
  await tab.shows(api)
  expect((await api.settledBoard()).bytes[60 * 256 + 60]).toBe(11)
})

test('the page shows how many visitors are online', { tag: '@embedded' }, async ({ openTab }) => {
  const one = await openTab()
  await openTab()
  await expect(one.page.locator('header')).toContainText('2 here')
})
