/** New boards by an admin, over HTTP. */
import { expect, test } from 'vitest'
import { canvasLimits } from '../../lib/canvas.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

const path = '/api/admin/canvases'
const smallest = { id: 'side', title: 'Side', width: 200, height: 100 }
const setUp = async () => {
  const api = await start()
  const create = (json: unknown, headers: Record<string, string> = asAdmin) => api.send('POST', path, { json, headers })
  const ids = async () => (await bodyOf(await api.get(path, asAdmin))).canvases.map(({ id }: { id: string }) => id)
  return { ...api, create, ids }
}

test('B1 a new board is paused, has an epoch of its own and is painted after it is opened', async () => {
  const { create, get, post, send, ids } = await setUp()
  const answer = await create(smallest)
  expect(answer.status).toBe(201)
  const created = await bodyOf(answer)
  expect(created).toMatchObject({ ...smallest, tileSize: 256, state: 'paused', rev: 1, cooldownMs: 5_000, maxCharges: 10, online: 3 })
  expect(created.palette[created.background]).toBe('#FFFFFF')
  const main = await bodyOf(await get('/api/canvases/main'))
  expect(created.epoch).not.toBe(main.epoch)
  expect(await ids()).toEqual(['main', 'side'])
  expect(await bodyOf(await get('/api/canvases/side'))).toMatchObject(smallest)
  const pixel = { canvas: 'side', gx: 199, gy: 99, color: '#000000' }
  await expectProblem(await post('/api/pixels', pixel), 'canvas_paused')
  expect((await send('PATCH', `${path}/side`, { json: { state: 'open' }, headers: { ...asAdmin, 'if-match': '1' } })).status).toBe(200)
  expect((await post('/api/pixels', pixel)).status).toBe(201)
})

test('B1 a new board takes a tile size, a palette, a background and the fields of a change', async () => {
  const { create } = await setUp()
  const wanted = {
    ...{ ...smallest, tileSize: 64, palette: ['#AA0000', '#00BB00', '#0000CC'], background: 2 },
    ...{ cooldownMs: 0, maxCharges: 7, startCharges: 7, state: 'open' },
  }
  const answer = await create({ ...wanted, palette: ['#aa0000', '#00BB00', '#0000cc'] })
  expect([answer.status, await bodyOf(answer)]).toMatchObject([201, { ...wanted, tilesX: 4, tilesY: 2 }])
})

test('an id that is in use is refused, and the board stays', async () => {
  const { create, get } = await setUp()
  await expectProblem(await create({ ...smallest, id: 'main' }), 'canvas_exists')
  expect((await bodyOf(await get('/api/canvases/main'))).width).not.toBe(200)
})

test(`B5 there are at most ${canvasLimits.maxCanvases} boards`, async () => {
  const { create, ids } = await setUp()
  for (let index = 1; index < canvasLimits.maxCanvases; index++) expect((await create({ ...smallest, id: `b-${index}` })).status).toBe(201)
  await expectProblem(await create(smallest), 'canvas_limit')
  expect(await ids()).toHaveLength(canvasLimits.maxCanvases)
})

test.each([
  [null, ''],
  [[], ''],
  [{ ...smallest, unknown: 1 }, ''],
  [{ ...smallest, id: 'No' }, 'id'],
  [{ ...smallest, id: '' }, 'id'],
  [{ ...smallest, id: 'x'.repeat(33) }, 'id'],
  [{ ...smallest, id: '../main' }, 'id'],
  [{ ...smallest, id: undefined }, 'id'],
  [{ ...smallest, title: undefined }, 'title'],
  [{ ...smallest, title: ' ' }, 'title'],
  [{ ...smallest, width: 0 }, 'width'],
  [{ ...smallest, width: 16_385 }, 'width'],
  [{ ...smallest, width: '200' }, 'width'],
  [{ ...smallest, height: 1.5 }, 'height'],
  [{ ...smallest, height: undefined }, 'height'],
  [{ ...smallest, tileSize: 100 }, 'tileSize'],
  [{ ...smallest, tileSize: 32 }, 'tileSize'],
  [{ ...smallest, tileSize: 2_048 }, 'tileSize'],
  [{ ...smallest, palette: ['#000000'] }, 'palette'],
  [{ ...smallest, palette: ['#000000', '#000000'] }, 'palette'],
  [{ ...smallest, palette: ['#aaaaaa', '#AAAAAA'] }, 'palette'],
  [{ ...smallest, palette: ['#000000', 'red'] }, 'palette.1'],
  [{ ...smallest, background: 32 }, 'background'],
  [{ ...smallest, background: -1 }, 'background'],
  [{ ...smallest, palette: ['#000000', '#111111'], background: 2 }, 'background'],
  [{ ...smallest, startCharges: 11 }, 'startCharges'],
])('the board %j is refused with the field, and none is created', async (board, field) => {
  const { create, ids } = await setUp()
  expect((await expectProblem(await create(board), 'invalid_request')).errors).toMatchObject([{ path: field }])
  expect(await ids()).toEqual(['main'])
})

test('the largest and the smallest board are accepted', async () => {
  const { create } = await setUp()
  const sizes = [
    { id: 'x'.repeat(32), width: 16_384, height: 16_384, tileSize: 1_024 },
    { id: '-', width: 1, height: 1, tileSize: 64 },
  ]
  for (const size of sizes) expect([(await create({ ...smallest, ...size })).status, size.id]).toEqual([201, size.id])
})

test('only an admin creates boards', async () => {
  const { create, ids } = await setUp()
  await expectProblem(await create(smallest, {}), 'unauthenticated')
  expect(await ids()).toEqual(['main'])
})
