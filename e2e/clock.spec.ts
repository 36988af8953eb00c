/** The visitor's clock is set while the page is open. No measured duration may change. */
import { expect, test } from './support/fixtures.ts'

test.use({ serverEnv: { COOLDOWN_MS: '4000', MAX_CHARGES: '2', START_CHARGES: '2' } })

for (const hours of [2, -2]) {
  test(`charges grow and the connection state is right after the clock is set by ${hours} h`, { tag: '@embedded' }, async ({
    server,
    openTab,
  }) => {
    const tab = await openTab()
    await tab.chooseColor(3)
    await tab.click(50, 50)
    await tab.click(51, 50)
    const charges = tab.page.getByTestId('charges')
    await expect(charges).toContainText('0 of 2')
    await tab.page.evaluate((byMs) => {
      const { now } = Date
      Date.now = () => now() + byMs
    }, hours * 3_600_000)
    await expect(charges).toContainText(/0:0[1-4]/)
    await expect(charges).toContainText('1 of 2', { timeout: 5_000 })
    await tab.isConnected('live')
    await tab.click(52, 50)
    await expect.poll(() => tab.pending()).toBe(0)

    await server.end('SIGKILL')
    await tab.isConnected('offline', 3_000)
    const expected = await tab.page.evaluate(() =>
      [0, -60_000].map((ms) => new Date(Date.now() + ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })),
    )
    const shown = (await tab.page.getByTestId('connection').textContent())?.replace('Offline since ', '')
    expect(expected).toContain(shown)
    await server.boot()
    await tab.isConnected('live')
  })
}
