/** Thumbnails of the boards over HTTP. */
import { expect, test } from 'vitest'
import { readPngFormat } from '../../lib/png/png-format.ts'
import { updateCanvas } from '../store/store.fixture.ts'
import { expectProblem, start } from './api-expectations.fixture.ts'
import { thumbnailKeepMs } from './thumbnails.ts'

const path = '/api/canvases/main/thumbnail.png'

const setUp = async () => {
  const api = await start({ canvas: { width: 600, height: 300, tileSize: 512 } })
  const reads = { boards: 0 }
  const { readBoard } = api.store
  api.store.readBoard = (ref) => {
    reads.boards++
    return readBoard.call(api.store, ref)
  }
  const look = async (headers?: Record<string, string>) => {
    const response = await api.get(path, headers)
    return { status: response.status, etag: response.headers.get('etag') ?? '', response }
  }
  const paint = async () => {
    expect((await api.post('/api/pixels', { gx: 1, gy: 1, color: 1 })).status).toBe(201)
    await api.sequence()
  }
  return { ...api, reads, look, paint }
}

test('B4 a thumbnail is a small PNG that has the shape of the board', async () => {
  const { look } = await setUp()
  const { status, response } = await look()
  expect([status, response.headers.get('content-type'), response.headers.get('access-control-allow-origin')]).toEqual([
    200,
    'image/png',
    '*',
  ])
  expect(readPngFormat(new Uint8Array(await response.arrayBuffer()))).toMatchObject({ width: 200, height: 100, kind: 'indexed' })
})

test('A6 a thumbnail is made once for all requests, and again only after somebody has painted', async () => {
  const { look, paint, reads, clock } = await setUp()
  const [first, second] = await Promise.all([look(), look()])
  expect([first.etag, reads.boards]).toEqual([second.etag, 2])
  clock.nowMs += thumbnailKeepMs
  expect([(await look()).etag, reads.boards]).toEqual([first.etag, 2])
  await paint()
  expect([(await look()).etag, reads.boards]).toEqual([first.etag, 2])
  clock.nowMs += thumbnailKeepMs
  const later = await look()
  expect([later.etag === first.etag, reads.boards]).toEqual([false, 4])
})

test('a thumbnail that has not changed is not sent again', async () => {
  const { look } = await setUp()
  const { etag } = await look()
  expect((await look({ 'if-none-match': etag })).status).toBe(304)
  expect((await look({ 'if-none-match': '"another"' })).status).toBe(200)
})

test('a board that has grown has a new thumbnail', async () => {
  const { look, store, clock, canvases } = await setUp()
  await look()
  await updateCanvas(store, { height: 1_200 })
  canvases.forget('main' as never)
  clock.nowMs += thumbnailKeepMs
  expect(readPngFormat(new Uint8Array(await (await look()).response.arrayBuffer()))).toMatchObject({ width: 120, height: 240 })
})

test('while the store is down, the last thumbnail is shown, and a first one is unavailable', async () => {
  const { look, store, clock, get } = await setUp()
  const { etag } = await look()
  store.isDown = true
  clock.nowMs += thumbnailKeepMs
  expect((await look()).etag).toBe(etag)
  const other = await start()
  await other.get('/api/canvases/main')
  other.store.isDown = true
  await expectProblem(await other.get(path), 'unavailable')
  await expectProblem(await get('/api/canvases/nowhere/thumbnail.png'), 'unavailable')
})

test('a board that does not exist has no thumbnail', async () => {
  const { get } = await setUp()
  for (const id of ['nowhere', 'MAIN', '__proto__']) await expectProblem(await get(`/api/canvases/${id}/thumbnail.png`), 'canvas_not_found')
})
