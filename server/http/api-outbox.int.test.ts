/** The operator's control of publishing, over HTTP. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { canvasOfEntry } from '../../lib/control-log.ts'
import { countAttempts } from '../store/store.fixture.ts'
import { adminToken, type Fixture, startApi } from './api.fixture.ts'

let api: Fixture
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const admin = { authorization: `Bearer ${adminToken}` }
const makeDeadLetter = async () => {
  await api.post('/api/pixels', { gx: 65, gy: 2, color: 1 })
  await api.sequence()
  const [commit] = await api.store.getUnpublished({ limit: 1 })
  if (!commit) throw new Error('nothing waits')
  await api.store.noteFailure({ ids: [commit.id], error: 'bad', uncount: false })
  expect(await api.store.moveToDeadLetters({ id: commit.id, attempts: 1, groupId: 'burial00', nowMs: api.clock.nowMs })).toBe(true)
  return commit
}
test('dead letters are listed with their pixels, and can be retried once their tombstone is published', async () => {
  const { id, pixels } = await makeDeadLetter()
  const answer = await api.get('/api/admin/outbox/dead', admin)
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      paused: false,
      stuck: [],
      dead: [
        {
          id,
          canvas: 'main',
          tile: 1,
          seq: 1,
          at: '2026-01-01T00:00:00.000Z',
          cause: 'paint',
          kind: 'pixels',
          pixelCount: 1,
          pixels: [{ gx: 65, gy: 2, color: 1, by: pixels[0]?.by }],
          attempts: 1,
          error: 'bad',
          diedAt: '2026-01-01T00:00:00.000Z',
        },
      ],
    },
  ])
  const pixel = await (await api.get('/api/canvases/main/pixels/65/2')).json()
  expect(pixel).toMatchObject({ color: '#FFFFFF', by: null, at: null, history: [{ color: '#FFFFFF', cause: 'rollback' }] })

  const retry = () => api.post(`/api/admin/outbox/dead/${id}/retry`, undefined, admin)
  const done = await retry()
  expect([done.status, await done.json()]).toEqual([200, { placed: 1 }])
  expect((await retry()).status).toBe(404)
  expect((await (await api.get('/api/admin/outbox/dead', admin)).json()).dead).toEqual([])
})

test('a change of a canvas that could not be published is listed as one, and a retry announces the canvas again', async () => {
  const patch = (json: unknown, rev: string) =>
    api.send('PATCH', '/api/admin/canvases/main', { json, headers: { ...admin, 'if-match': rev } })
  await patch({ title: 'Finale' }, '1')
  await api.sequence()
  const [{ id } = { id: null }] = await api.store.getUnpublished({ limit: 1 })
  if (!id) throw new Error('nothing waits')
  await api.store.moveToDeadLetters({ id, attempts: 1, groupId: 'burial00', nowMs: api.clock.nowMs })
  const dead = async () => (await (await api.get('/api/admin/outbox/dead', admin)).json()).dead
  expect(await dead()).toMatchObject([{ id, canvas: 'main', tile: 65_536, seq: 1, kind: 'control', pixelCount: 0, pixels: [] }])

  const retry = () => api.post(`/api/admin/outbox/dead/${id}/retry`, undefined, admin)
  const done = await retry()
  expect([done.status, await done.json()]).toEqual([200, { placed: 0, rev: 3 }])
  expect((await retry()).status).toBe(404)
  expect(await dead()).toEqual([])
  await api.sequence()
  const waiting = await api.store.getUnpublished({ limit: 10 })
  expect(waiting.map((entry) => [entry.seq, entry.cause, canvasOfEntry(entry)?.title])).toEqual([
    [1, 'skipped', undefined],
    [2, 'paint', 'Finale'],
  ])
})

test('a dead letter is discarded', async () => {
  const { id } = await makeDeadLetter()
  const discard = () => api.post(`/api/admin/outbox/dead/${id}/discard`, undefined, admin)
  const done = await discard()
  expect([done.status, await done.json()]).toEqual([200, { discarded: true }])
  expect((await discard()).status).toBe(404)
})

test('a stuck commit is listed with its tile, time and error, and a retry resets its attempts', async () => {
  const { id } = await makeDeadLetter()
  for (let attempt = 0; attempt < 5; attempt++) await countAttempts(api.store, [id])
  await api.store.noteFailure({ ids: [id], error: 'refused', uncount: false })
  const stuck = async () => (await (await api.get('/api/admin/outbox/dead', admin)).json()).stuck
  expect(await stuck()).toEqual([
    { id, canvas: 'main', tile: 1, seq: 1, at: '2026-01-01T00:00:00.000Z', cause: 'skipped', attempts: 5, error: 'refused' },
  ])
  const retry = (of: string) => api.post(`/api/admin/outbox/stuck/${of}/retry`, undefined, admin)
  const done = await retry(id)
  expect([done.status, await done.json()]).toEqual([200, { retried: true }])
  expect(await stuck()).toEqual([])
  expect((await retry('somecommit-0')).status).toBe(404)
})

test('publishing is paused and resumed', async () => {
  const paused = async () => (await (await api.get('/api/admin/outbox/dead', admin)).json()).paused
  const pause = await api.post('/api/admin/outbox/pause', undefined, admin)
  expect([pause.status, await pause.json(), await paused()]).toEqual([200, { paused: true }, true])
  const resume = await api.post('/api/admin/outbox/resume', undefined, admin)
  expect([resume.status, await resume.json(), await paused()]).toEqual([200, { paused: false }, false])
})

test.each([
  ['GET', '/api/admin/outbox/dead'],
  ['POST', '/api/admin/outbox/dead/somecommit-0/retry'],
  ['POST', '/api/admin/outbox/dead/somecommit-0/discard'],
  ['POST', '/api/admin/outbox/stuck/somecommit-0/retry'],
  ['POST', '/api/admin/outbox/pause'],
  ['POST', '/api/admin/outbox/resume'],
])('%s %s is for admins', async (method, path) => {
  expect((await api.send(method, path)).status).toBe(401)
  const { token } = await (await api.post('/api/tokens')).json()
  expect((await api.send(method, path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(403)
  expect(await api.store.isPublishingPaused()).toBe(false)
})
