import { expect, test } from 'vitest'
import { text } from './exchange.ts'
import { createRouter, type Route } from './router.ts'

const route = (method: Route['method'], path: string, open = false): Route => ({
  method,
  path,
  open,
  handle: () => text(200, path),
})

const router = createRouter([
  route('POST', '/api/pixels'),
  route('GET', '/api/canvases', true),
  route('GET', '/api/canvases/:id', true),
  route('DELETE', '/api/canvases/:id'),
  route('GET', '/api/canvases/:id/tiles/:tile/board', true),
])

const find = (method: string, path: string) => {
  const found = router.find(method, path)
  return found.kind === 'found' ? [found.route.path, found.params] : found
}

test('a route is found with its parameters', () => {
  expect(find('POST', '/api/pixels')).toEqual(['/api/pixels', {}])
  expect(find('HEAD', '/api/canvases')).toEqual(['/api/canvases', {}])
  expect(find('GET', '/api/canvases/main')).toEqual(['/api/canvases/:id', { id: 'main' }])
  expect(find('DELETE', '/api/canvases/x')).toEqual(['/api/canvases/:id', { id: 'x' }])
  expect(find('GET', '/api/canvases/a/tiles/257/board')).toEqual(['/api/canvases/:id/tiles/:tile/board', { id: 'a', tile: '257' }])
})

test('a path without a route is not found', () => {
  for (const path of [
    '',
    '/',
    '/api',
    '/api/pixels/',
    '/api//pixels',
    '/api/canvases/',
    '/api/canvases/a/tiles//board',
    '/api/canvases/a/tiles/1/board/x',
  ]) {
    expect(find('GET', path)).toEqual({ kind: 'not_found' })
  }
})

test('a wrong method gets the allowed ones', () => {
  expect(find('GET', '/api/pixels')).toEqual({ kind: 'wrong_method', allow: ['POST', 'OPTIONS'], open: false })
  expect(find('POST', '/api/canvases/x')).toEqual({ kind: 'wrong_method', allow: ['GET', 'HEAD', 'DELETE', 'OPTIONS'], open: true })
})
