/** Announcements on a board, over HTTP. */
import { expect, test } from 'vitest'
import { asCanvasId, asSeq } from '../../lib/brand.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { updateCanvas } from '../store/store.fixture.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

const path = '/api/admin/canvases/main/announcement'
const setUp = async () => {
  const api = await start()
  return {
    ...api,
    announce: (json: unknown, to = path) => api.send('POST', to, { json, headers: asAdmin }),
    remove: (to = path) => api.send('DELETE', to, { headers: asAdmin }),
    stored: async () => bodyOf(await api.get('/api/canvases/main')),
  }
}

test('E3 an announcement is in the answer, in the canvas and in the control log, with its end', async () => {
  const { announce, stored, sequence, store } = await setUp()
  const answer = await announce({ text: ' Ten minutes left ', level: 'important', lastsMs: 600_000 })
  const announcement = { text: 'Ten minutes left', level: 'important', at: '2026-01-01T00:00:00.000Z', until: '2026-01-01T00:10:00.000Z' }
  expect([answer.status, await bodyOf(answer)]).toMatchObject([201, { rev: 2, announcement, startCharges: 5 }])
  await sequence()
  const page = await store.readCommits({ canvas: asCanvasId('main'), tile: controlTile, after: asSeq(0), limit: 10 })
  const [entry] = page?.kind === 'page' ? page.commits : []
  const logged = entry && canvasOfEntry(entry)
  expect([logged?.rev, logged?.announcement?.id]).toEqual([2, entry?.id])
  expect((await stored()).announcement).toEqual({ id: entry?.id, ...announcement })
})

test('E3 an announcement needs only its text, and is then for information and without an end', async () => {
  const { announce } = await setUp()
  expect(await bodyOf(await announce({ text: 'Hello' }))).toMatchObject({ announcement: { text: 'Hello', level: 'info', until: null } })
})

test('E3 each announcement has another id, also with the same text', async () => {
  const { announce } = await setUp()
  const ids = [await bodyOf(await announce({ text: 'Hello' })), await bodyOf(await announce({ text: 'Hello' }))]
  expect(new Set(ids.map(({ announcement }) => announcement.id)).size).toBe(2)
})

test('E3 an announcement is taken off, and taking off none changes nothing', async () => {
  const { announce, remove } = await setUp()
  await announce({ text: 'Hello' })
  for (let time = 0; time < 2; time++) {
    const answer = await remove()
    expect([answer.status, await bodyOf(answer)]).toMatchObject([200, { announcement: null, rev: 3 }])
  }
})

test('E3 an announcement that races with another change keeps that change', async () => {
  const { announce, store, stored } = await setUp()
  const read = store.getCanvas.bind(store)
  store.getCanvas = async (id) => {
    const canvas = await read(id)
    store.getCanvas = read
    await updateCanvas(store, { title: 'Changed meanwhile' })
    return canvas
  }
  expect((await announce({ text: 'Hello' })).status).toBe(201)
  expect(await stored()).toMatchObject({ rev: 3, title: 'Changed meanwhile', announcement: { text: 'Hello' } })
})

test.each([
  [null, ''],
  [{}, 'text'],
  [{ text: 'Hello', colour: 'red' }, ''],
  [{ text: '' }, 'text'],
  [{ text: ' \u200b ' }, 'text'],
  [{ text: 'two\nlines' }, 'text'],
  [{ text: 'a\u202eb' }, 'text'],
  [{ text: 'x'.repeat(281) }, 'text'],
  [{ text: 5 }, 'text'],
  [{ text: 'Hello', level: 'loud' }, 'level'],
  [{ text: 'Hello', lastsMs: 999 }, 'lastsMs'],
  [{ text: 'Hello', lastsMs: 2_592_000_001 }, 'lastsMs'],
  [{ text: 'Hello', lastsMs: 1_000.5 }, 'lastsMs'],
  [{ text: 'Hello', lastsMs: '1000' }, 'lastsMs'],
])('the announcement %j is refused with the field, and changes nothing', async (json, field) => {
  const { announce, stored } = await setUp()
  expect((await expectProblem(await announce(json), 'invalid_request')).errors).toMatchObject([{ path: field }])
  expect((await stored()).rev).toBe(1)
})

test.each([
  { text: '\u{1f600}'.repeat(280), lastsMs: 2_592_000_000 },
  { text: '<script>alert(1)</script>', lastsMs: 1_000 },
])('the largest and smallest values are accepted', async (json) => {
  const { announce } = await setUp()
  expect(await bodyOf(await announce(json))).toMatchObject({ announcement: { text: json.text } })
})

test('only admins announce, only on canvases that exist, and not on an archive', async () => {
  const { announce, remove, send, store } = await setUp()
  await expectProblem(await send('POST', path, { json: { text: 'Mine' } }), 'unauthenticated')
  await expectProblem(await send('DELETE', path), 'unauthenticated')
  for (const id of ['nowhere', '%F0']) {
    const elsewhere = `/api/admin/canvases/${id}/announcement`
    await expectProblem(await announce({ text: 'Hello' }, elsewhere), 'canvas_not_found')
    await expectProblem(await remove(elsewhere), 'canvas_not_found')
  }
  await updateCanvas(store, { state: 'closed', archivedAtMs: 1 })
  await expectProblem(await announce({ text: 'Hello' }), 'canvas_closed')
  await expectProblem(await remove(), 'canvas_closed')
})

test('A1 an announcement that the store cannot save is answered 503', async () => {
  const { announce, store, stored } = await setUp()
  store.isDown = true
  await expectProblem(await announce({ text: 'Lost' }), 'unavailable')
  store.isDown = false
  expect((await stored()).announcement).toBeNull()
})
