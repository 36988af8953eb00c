import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { requestCosts } from '../limits/limits.ts'
import { costlyLimits, createCostlyWork } from './costly-work.ts'
import { createPageGate } from './page-gate.ts'

const staticFiles = new Set(['/_next/static/chunks/[a].js', '/icons/icon.svg'])

const setUp = (options: { isLimited?: boolean } = {}) => {
  const count = vi.fn(async (_request: IncomingMessage, _cost: number) =>
    options.isLimited ? { code: 'rate_limited' as const, detail: 'Too many.', retryAfterMs: 1_200 } : null,
  )
  const costly = createCostlyWork({ countsAddresses: true, now: () => 0 })
  const gate = createPageGate({ count, staticFiles, costly })
  const ask = async (url: string, { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {}) => {
    const request = { method, url, headers } as unknown as IncomingMessage
    const response = { writeHead: vi.fn(() => response), end: vi.fn() }
    const isAdmitted = await gate.admit(request, response as unknown as ServerResponse)
    const [status, sent] = (response.writeHead.mock.calls[0] ?? []) as unknown as [number | undefined, Record<string, string> | undefined]
    return { isAdmitted, url: request.url, status, sent, cost: count.mock.lastCall?.[1] }
  }
  return { ask, count, gate }
}

test('a page counts with its cost, whether it exists or not, and its query is dropped', async () => {
  for (const path of ['/', '/admin', '/c/main', '/nope', '//x', '/c/main/']) {
    const { ask } = setUp()
    expect(await ask(`${path}?_rsc=1&__nextLocale=x`)).toMatchObject({ isAdmitted: true, url: path, cost: requestCosts.page })
  }
})

test('an existing static file is not counted', async () => {
  const { ask, count } = setUp({ isLimited: true })
  for (const path of ['/_next/static/chunks/%5Ba%5D.js', '/icons/icon.svg?1']) expect((await ask(path)).isAdmitted).toBe(true)
  expect(count).not.toHaveBeenCalled()
})

test('over the limit every method and path is refused', async () => {
  const { ask } = setUp({ isLimited: true })
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'PROPFIND']) {
    for (const path of ['/', '/nope', '/_next/data/x/index.json', '/_next/static/nope.js', '/_next/image', '/api/canvases']) {
      const { isAdmitted, status, sent } = await ask(path, { method })
      expect([isAdmitted, status, sent?.['retry-after']], `${method} ${path}`).toEqual([false, 429, '2'])
    }
  }
})

test('the internal paths of Next are not found, in any spelling', async () => {
  const { ask, count } = setUp()
  const paths = [
    '/_next/image?url=%2Ficon.svg&w=640&q=75',
    '/_next/data/x/index.json',
    '/_next/static/nope.js',
    '/_next/static/../server/app-paths-manifest.json',
    '/_next/static/%2e%2e/server/app-paths-manifest.json',
    '/_next/mcp',
    '/_next/webpack-hmr',
    '/__nextjs_source-map?filename=/etc/passwd',
    '/%5fnext/image',
    '//_next/image',
    '/%5c_next/image',
    '/_NEXT/image',
    '/x/../_next/image',
    '/./_next/image',
    '/x/%2e%2e/_next/image',
    '/x/..%5c_next/image',
    '/x/..',
  ]
  for (const path of paths) expect(await ask(path), path).toMatchObject({ isAdmitted: false, status: 404, cost: 1 })
  expect(count).toHaveBeenCalledTimes(paths.length)
})

test('a page is served only to GET and HEAD without a body', async () => {
  const { ask } = setUp()
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
    const { status, sent } = await ask('/', { method })
    expect([status, sent?.allow]).toEqual([405, 'GET, HEAD'])
  }
  for (const headers of [{ 'content-length': '1' }, { 'transfer-encoding': 'chunked' }]) {
    expect(await ask('/', { headers: headers as unknown as Record<string, string> })).toMatchObject({ isAdmitted: false, status: 400 })
  }
  expect((await ask('/', { headers: { 'content-length': '0' } })).isAdmitted).toBe(true)
  expect(await ask(`/${'x'.repeat(1_024)}`)).toMatchObject({ isAdmitted: false, status: 414 })
  expect((await ask(`/${'x'.repeat(1_023)}`)).isAdmitted).toBe(true)
})

test('pages are rendered one after another, and a slow reader does not delay the next', async () => {
  const { gate } = setUp()
  const made: string[] = []
  const render = (url: string, handle: (response: ServerResponse) => Promise<void>) => {
    const request = { url, headers: { 'x-fresco-address': '1.1.1.1' } } as unknown as IncomingMessage
    const response = Object.assign(new EventEmitter(), { destroyed: false, writeHead: vi.fn(() => response), end: vi.fn() })
    const done = gate.render(request, response as unknown as ServerResponse, () => {
      made.push(url)
      return handle(response as unknown as ServerResponse)
    })
    return { done, response }
  }
  const hang = () => new Promise<void>(() => undefined)
  render('/slow-reader', (response) => {
    response.writeHead(200)
    return hang()
  })
  await vi.waitFor(() => expect(made).toEqual(['/slow-reader']))
  render('/hangs', hang)
  await vi.waitFor(() => expect(made).toEqual(['/slow-reader', '/hangs']))
  for (let i = 1; i < costlyLimits.ofAddress; i++) render(`/${i}`, hang)
  const { done, response } = render('/one-more', hang)
  await done
  expect(response.writeHead).toHaveBeenCalledWith(429, expect.anything())
  expect(made).toEqual(['/slow-reader', '/hangs'])
  await Promise.race([render('/icons/icon.svg', async () => undefined).done, render('/api/canvases', async () => undefined).done])
  expect(made.slice(2)).toEqual(['/icons/icon.svg', '/api/canvases'])
})
