/** Deleting and starting over a board by an admin, over HTTP. */
import { expect, test } from 'vitest'
import { asCanvasId, asEpoch } from '../../lib/brand.ts'
import { planErasing } from '../../lib/erasing.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

const path = '/api/admin/canvases'
const setUp = async () => {
  const api = await start({ canvas: { cooldownMs: 0 } })
  const act = (method: 'DELETE' | 'POST', to: string, json: unknown, rev: string | null = '1', headers: Record<string, string> = asAdmin) =>
    api.send(method, to, { json, headers: { ...headers, ...(rev === null ? {} : { 'if-match': rev }) } })
  const remove = (json: unknown = { confirm: 'main' }, rev?: string | null, headers?: Record<string, string>) =>
    act('DELETE', `${path}/main`, json, rev, headers)
  const startOver = (json: unknown = { confirm: 'main' }, rev?: string | null, headers?: Record<string, string>) =>
    act('POST', `${path}/main/start-over`, json, rev, headers)
  const canvas = async () => bodyOf(await api.get('/api/canvases/main'))
  return { ...api, act, remove, startOver, canvas }
}
const pixel = { gx: 1, gy: 1, color: 1 }

test('B1 a deleted board is gone for everybody at once, and its id can be used again', async () => {
  const { remove, get, post, send, sequence } = await setUp()
  const placed = await bodyOf(await post('/api/pixels', pixel))
  await sequence()
  const answer = await remove()
  expect([answer.status, await bodyOf(answer)]).toEqual([202, { deleting: true }])
  for (const rest of ['', '/tiles/0/board', '/tiles/0/commits', '/stats', '/board.png', '/pixels/1/1']) {
    await expectProblem(await get(`/api/canvases/main${rest}`), 'canvas_not_found')
  }
  await expectProblem(await post('/api/pixels', pixel), 'canvas_not_found')
  await expectProblem(await get(`/api/placements/${placed.id}`), 'not_found')
  await expectProblem(await remove(), 'canvas_not_found')
  expect(await bodyOf(await get(path, asAdmin))).toEqual({ canvases: [] })
  const board = { id: 'main', title: 'Again', width: 100, height: 70, state: 'open', cooldownMs: 0 }
  expect((await send('POST', path, { json: board, headers: asAdmin })).status).toBe(201)
  expect((await bodyOf(await get('/api/canvases/main/pixels/1/1'))).by).toBeNull()
  await post('/api/pixels', { ...pixel, color: 2 })
  await sequence()
  expect((await bodyOf(await get('/api/canvases/main/tiles/0/commits'))).commits).toMatchObject([{ seq: 1 }])
})

test('B1 a board that is started over is empty and paused, and keeps its settings', async () => {
  const { startOver, get, post, send, sequence, canvas } = await setUp()
  await post('/api/pixels', pixel)
  await sequence()
  const before = await canvas()
  const answer = await startOver()
  expect(answer.status).toBe(200)
  const after = await bodyOf(answer)
  expect(after).toMatchObject({ title: before.title, palette: before.palette, state: 'paused', erasing: null })
  expect(after.epoch).not.toBe(before.epoch)
  expect(after.rev).toBeGreaterThan(before.rev)
  const board = await get('/api/canvases/main/tiles/0/board')
  expect([board.headers.get('fresco-epoch'), board.headers.get('fresco-seq')]).toEqual([after.epoch, '0'])
  expect(new Uint8Array(await board.arrayBuffer()).every((color) => color === 0)).toBe(true)
  expect((await bodyOf(await get('/api/canvases/main/pixels/1/1'))).history).toEqual([])
  await expectProblem(await post('/api/pixels', pixel), 'canvas_paused')
  const open = await send('PATCH', `${path}/main`, { json: { state: 'open' }, headers: { ...asAdmin, 'if-match': String(after.rev) } })
  expect(open.status).toBe(200)
  expect((await post('/api/pixels', pixel)).status).toBe(201)
  await sequence()
  expect((await bodyOf(await get('/api/canvases/main/tiles/0/commits'))).commits).toMatchObject([{ seq: 1 }])
})

test('B1 a pixel for the former epoch is refused on the board that was started over, alone and in a batch', async () => {
  const { startOver, post, send, canvas } = await setUp()
  const { epoch: former } = await canvas()
  const { rev, epoch } = await bodyOf(await startOver())
  await send('PATCH', `${path}/main`, { json: { state: 'open' }, headers: { ...asAdmin, 'if-match': String(rev) } })
  await expectProblem(await post('/api/pixels', { ...pixel, epoch: former }), 'stale_epoch')
  await expectProblem(await post('/api/pixels/batch', { epoch: former, pixels: [pixel, pixel] }), 'stale_epoch')
  await expectProblem(await post('/api/pixels', { ...pixel, epoch: 7 }), 'invalid_request')
  expect((await post('/api/pixels', { ...pixel, epoch })).status).toBe(201)
  expect(await bodyOf(await post('/api/pixels/batch', { epoch, pixels: [{ ...pixel, gx: 2 }] }))).toMatchObject({ results: [{ gx: 2 }] })
})

test('B1 while its rows are removed, a board shows nothing and takes no pixel', async () => {
  const { get, post, store, sequence } = await setUp()
  await post('/api/pixels', pixel)
  await sequence()
  const change = { ...planErasing('start_over', asEpoch('epoch002')), state: 'open' as const }
  await store.updateCanvas({ id: asCanvasId('main'), change, rev: 1, groupId: 'startover0', nowMs: 1 })
  await expectProblem(await post('/api/pixels', pixel), 'canvas_paused')
  await expectProblem(await post('/api/pixels/batch', { pixels: [pixel] }), 'canvas_paused')
  const { canvases } = await bodyOf(await get(path, asAdmin))
  expect(canvases).toMatchObject([{ id: 'main', state: 'open', erasing: 'start_over', epoch: 'epoch002' }])
})

test.each([
  [null, ''],
  [{}, 'confirm'],
  [{ confirm: 'other' }, 'confirm'],
  [{ confirm: 'MAIN' }, 'confirm'],
  [{ confirm: true }, 'confirm'],
  [{ confirm: 'main', force: true }, ''],
])('the confirmation %j is refused, and nothing is erased', async (json, field) => {
  const { remove, startOver, canvas } = await setUp()
  for (const act of [remove, startOver]) {
    expect((await expectProblem(await act(json), 'invalid_request')).errors).toMatchObject([{ path: field }])
  }
  expect((await canvas()).rev).toBe(1)
})

test('an old or missing rev, another caller, and a board that does not exist are refused', async () => {
  const { act, remove, startOver, canvas } = await setUp()
  for (const erase of [remove, startOver]) {
    expect((await expectProblem(await erase(undefined, '7'), 'stale_rev')).detail).toBe('The canvas has rev 1, not 7. Nothing was changed.')
    await expectProblem(await erase(undefined, null), 'invalid_request')
    await expectProblem(await erase(undefined, '1', {}), 'unauthenticated')
  }
  await expectProblem(await act('DELETE', `${path}/nowhere`, { confirm: 'nowhere' }), 'canvas_not_found')
  await expectProblem(await act('POST', `${path}/nowhere/start-over`, { confirm: 'nowhere' }), 'canvas_not_found')
  expect((await canvas()).rev).toBe(1)
})

test('an archive can be deleted, and not started over', async () => {
  const { startOver, remove, send } = await setUp()
  await send('PATCH', `${path}/main`, { json: { archived: true }, headers: { ...asAdmin, 'if-match': '1' } })
  await expectProblem(await startOver(undefined, '2'), 'canvas_closed')
  expect((await remove(undefined, '2')).status).toBe(202)
})
