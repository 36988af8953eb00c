import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { verdictOf } from './verdict.ts'
import type { Watchers } from './watchers.ts'

test('a placement that is still in the outbox is waited for, and does not count as lost', async () => {
  let asked = 0
  const server = createServer(({ url = '' }, response) => {
    if (url.endsWith('/board')) {
      const isShown = asked > 2
      response.setHeader('fresco-seq', isShown ? 1 : 0).end(Buffer.alloc(64 * 64, isShown ? 1 : 0))
      return
    }
    const isFirstPage = url.includes('after=0')
    if (isFirstPage) asked++
    response.end(JSON.stringify({ commits: isFirstPage && asked > 2 ? [{ seq: 1, pixels: [{ id: 'placement' }] }] : [] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { failure } = await verdictOf({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    canvas: { id: 'main', epoch: 'epoch001', width: 1, height: 1, tileSize: 64, tilesX: 1, tilesY: 1, palette: [], background: 0 } as never,
    clicks: [{ gx: 0, gy: 0, color: 1 }],
    watchers: { count: 0, report: async () => [] } as unknown as Watchers,
    headsBefore: { 0: 0 },
    painted: { acknowledged: new Map([[0, 'placement']]), refused: new Map(), setbacks: new Map(), latency: {} },
    paintedMs: 1,
    limit: null,
  })
  server.close()
  expect(failure).toBeNull()
})
