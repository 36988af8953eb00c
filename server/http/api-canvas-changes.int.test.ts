/** Changes of a canvas by an admin, over HTTP. */
import { expect, test } from 'vitest'
import { asSeq } from '../../lib/brand.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { StoreError } from '../store/port.ts'
import { updateCanvas } from '../store/store.fixture.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

const path = '/api/admin/canvases/main'
const setUp = async () => {
  const api = await start()
  const patch = (json: unknown, rev: string | null = '1', to = path) =>
    api.send('PATCH', to, { json, headers: { ...asAdmin, ...(rev === null ? {} : { 'if-match': rev }) } })
  const storedRev = async () => (await bodyOf(await api.get('/api/canvases/main'))).rev
  return { ...api, patch, storedRev }
}

test('A2 a change is in the answer, in the next read and in the control log', async () => {
  const { patch, get, sequence, store } = await setUp()
  const change = { title: 'Finale', cooldownMs: 1_000, maxCharges: 20, startCharges: 7, state: 'paused' }
  const { startCharges: _, ...shown } = change
  const answer = await patch(change)
  expect([answer.status, await bodyOf(answer)]).toMatchObject([200, { ...shown, rev: 2 }])
  expect(await bodyOf(await get('/api/canvases/main'))).toMatchObject({ ...shown, rev: 2 })
  await sequence()
  const page = await store.readCommits({ canvas: 'main' as never, tile: controlTile, after: asSeq(0), limit: 10 })
  expect(page?.kind === 'page' && page.commits.map(canvasOfEntry)).toMatchObject([{ ...change, rev: 2 }])
})

test('the next placement follows the new rules', async () => {
  const { patch, post } = await setUp()
  await patch({ state: 'closed' })
  await expectProblem(await post('/api/pixels', { gx: 1, gy: 1, color: 1 }), 'canvas_closed')
})

test('a painter gets the charges of the new rules at once, also when another process changed them', async () => {
  const { get, post, store } = await setUp()
  const { token } = await bodyOf(await post('/api/tokens'))
  const charges = async () => (await bodyOf(await get('/api/me', { authorization: `Bearer ${token}` }))).charges
  expect(await charges()).toMatchObject({ available: null, max: null })
  await updateCanvas(store, { cooldownMs: 60_000, maxCharges: 7, startCharges: 2 })
  expect(await charges()).toMatchObject({ available: 2, max: 7 })
})

test('an old rev is refused as stale, and a missing or malformed one as invalid', async () => {
  const { patch, storedRev } = await setUp()
  expect((await patch({ title: 'One' }, '"1"')).status).toBe(200)
  const stale = await expectProblem(await patch({ title: 'Two' }), 'stale_rev')
  expect(stale.detail).toBe('The canvas has rev 2, not 1. Nothing was changed.')
  for (const rev of [null, '', '*', 'x', '-1', '"1', '1.5']) {
    expect((await expectProblem(await patch({ title: 'Two' }, rev), 'invalid_request')).errors).toMatchObject([{ path: 'If-Match' }])
  }
  expect(await storedRev()).toBe(2)
})

test.each([
  [{}, ''],
  [null, ''],
  [[], ''],
  ['text', ''],
  [{ epoch: 'another' }, ''],
  [{ title: 'A', tileSize: 64 }, ''],
  [{ title: '' }, 'title'],
  [{ title: ' ' }, 'title'],
  [{ title: 'a\u0000b' }, 'title'],
  [{ title: 'x'.repeat(81) }, 'title'],
  [{ title: '\u{1f600}'.repeat(81) }, 'title'],
  [{ title: 'a\ud800' }, 'title'],
  [{ title: 'a\u202eb' }, 'title'],
  [{ title: 'a\u2028b' }, 'title'],
  [{ title: '\u200b \u3164' }, 'title'],
  [{ title: 5 }, 'title'],
  [{ cooldownMs: -1 }, 'cooldownMs'],
  [{ cooldownMs: 86_400_001 }, 'cooldownMs'],
  [{ cooldownMs: 1.5 }, 'cooldownMs'],
  [{ cooldownMs: null }, 'cooldownMs'],
  [{ maxCharges: 0 }, 'maxCharges'],
  [{ maxCharges: 10_001 }, 'maxCharges'],
  [{ startCharges: 10_001 }, 'startCharges'],
  [{ startCharges: 6, maxCharges: 5 }, 'startCharges'],
  [{ state: 'broken' }, 'state'],
])('the change %j is refused with the field, and changes nothing', async (change, field) => {
  const { patch, storedRev } = await setUp()
  const { errors } = await expectProblem(await patch(change), 'invalid_request')
  expect(errors).toMatchObject([{ path: field }])
  expect(await storedRev()).toBe(1)
})

test('the largest values are accepted', async () => {
  const { patch } = await setUp()
  const largest = { title: 'x'.repeat(80), cooldownMs: 86_400_000, maxCharges: 10_000 }
  expect(await bodyOf(await patch({ ...largest, startCharges: 10_000 }))).toMatchObject(largest)
})

test.each(['\u{1f600}'.repeat(80), '\u05d0\u200f!', '\u{1f468}\u200d\u{1f469}', '<b>'])('the title %j is saved as it is', async (title) => {
  const { patch } = await setUp()
  expect(await bodyOf(await patch({ title }))).toMatchObject({ title })
})

test('only admins change canvases, and only canvases that exist', async () => {
  const { patch, send } = await setUp()
  const headers = { 'if-match': '1' }
  await expectProblem(await send('PATCH', path, { json: { title: 'Mine' }, headers }), 'unauthenticated')
  await expectProblem(await patch({ title: 'None' }, '1', '/api/admin/canvases/nowhere'), 'canvas_not_found')
  await expectProblem(await patch({ title: 'None' }, '1', '/api/admin/canvases/%F0'), 'canvas_not_found')
})

test('an admin lists the canvases with their rules and the people on them', async () => {
  const { patch, get } = await setUp()
  const answer = await bodyOf(await patch({ startCharges: 4 }))
  expect(answer).toMatchObject({ startCharges: 4, online: 3, rev: 2 })
  expect(await bodyOf(await get('/api/admin/canvases', asAdmin))).toEqual({ canvases: [answer] })
  await expectProblem(await get('/api/admin/canvases'), 'unauthenticated')
})

test('A1 a change that the store cannot save is answered 503, and nothing is changed', async () => {
  const { patch, store, storedRev } = await setUp()
  store.isDown = true
  await expectProblem(await patch({ title: 'Lost' }), 'unavailable')
  store.isDown = false
  expect(await storedRev()).toBe(1)
})

test('a change whose outcome is unknown is not reported as unchanged, and a repetition with the same rev changes nothing more', async () => {
  const { patch, store, storedRev } = await setUp()
  const save = store.updateCanvas.bind(store)
  store.updateCanvas = async (update) => {
    await save(update)
    throw new StoreError('unavailable', 'the answer was lost')
  }
  const problem = await expectProblem(await patch({ title: 'Saved' }), 'unavailable')
  expect(problem.detail).toContain('cannot say whether this was saved')
  store.updateCanvas = save
  await expectProblem(await patch({ title: 'Saved' }), 'stale_rev')
  expect(await storedRev()).toBe(2)
})
