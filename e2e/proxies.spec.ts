/** Pages behind proxies that do not pass WebSockets. */
import { expect, Tab, test } from './support/fixtures.ts'
import { startProxy } from './support/proxy.ts'

for (const treatment of ['swallow', 'accept', 'refuse'] as const) {
  test(`A2 the page is live by long polling when a proxy does "${treatment}" to WebSocket`, { tag: '@embedded' }, async ({
    api,
    browser,
    server,
  }) => {
    const proxy = await startProxy(server.port, treatment)
    const context = await browser.newContext()
    const tab = new Tab(await context.newPage())
    await tab.open(proxy.url)
    await api.place(7, 5, 3)
    await tab.shows(api)
    await tab.isConnected('live')

    // The choice is stored, so the next page does not try a WebSocket first.
    const sockets: string[] = []
    const next = new Tab(await context.newPage())
    next.page.on('request', (request) => {
      if (request.url().includes('/socket.io/')) sockets.push('polling')
    })
    next.page.on('websocket', () => sockets.push('websocket'))
    await next.open(proxy.url)
    expect(sockets[0]).toBe('polling')
    await context.close()
    await proxy.dispose()
  })
}
