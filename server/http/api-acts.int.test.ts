/** The record of what staff do, over HTTP. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adminToken, type Fixture, startApi } from './api.fixture.ts'

let api: Fixture
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const admin = { authorization: `Bearer ${adminToken}` }
const acts = async (search = '', headers: Record<string, string> = admin) =>
  (await (await api.get(`/api/admin/acts${search}`, headers)).json()) as { acts: Record<string, unknown>[]; next: string | null }
const actions = async () => (await acts()).acts.map(({ action, target, outcome, code }) => [action, target, outcome, code])
const patch = (json: unknown, rev: string, headers = {}) =>
  api.send('PATCH', '/api/admin/canvases/main', { json, headers: { ...admin, 'if-match': rev, ...headers } })

test('A8 a change of a board is on record with old and new values, and one that is refused with its code', async () => {
  await patch({ title: 'Finale', cooldownMs: 1_000 }, '1')
  const { cooldownMs } = (await api.store.listCanvases())[0] ?? {}
  expect(cooldownMs).toBe(1_000)
  const updateCanvas = api.store.updateCanvas.bind(api.store)
  api.store.updateCanvas = (update) => updateCanvas({ ...update, rev: 1 })
  expect((await patch({ title: 'Late' }, '2')).status).toBe(409)
  const { acts: listed, next } = await acts()
  expect(next).toBeNull()
  expect(listed).toMatchObject([
    { action: 'canvas.change', target: 'main', outcome: 'refused', code: 'stale_rev', details: { title: { from: 'Finale', to: 'Late' } } },
    {
      at: '2026-01-01T00:00:00.000Z',
      by: 'p_admin',
      via: 'token',
      action: 'canvas.change',
      target: 'main',
      outcome: 'done',
      code: null,
      details: { title: { from: 'Main', to: 'Finale' }, cooldownMs: { to: 1_000 } },
    },
  ])
})

test('A8 every act of staff is on record, and requests that change nothing are not', async () => {
  const post = (path: string, json?: unknown, headers = {}) => api.post(path, json, { ...admin, ...headers })
  await post('/api/admin/canvases', { id: 'winter', title: 'Winter', width: 64, height: 64 })
  await patch({ schedule: [] }, '1')
  await patch({ title: '' }, '1')
  await post('/api/admin/canvases/main/announcement', { text: 'Hello' })
  await api.send('DELETE', '/api/admin/canvases/main/announcement', { headers: admin })
  await post('/api/admin/canvases/winter/start-over', { confirm: 'winter' }, { 'if-match': '1' })
  await post('/api/admin/outbox/pause')
  await post('/api/admin/outbox/resume')
  await post('/api/admin/outbox/dead/none/retry')
  await post('/api/admin/outbox/dead/none/discard')
  await post('/api/admin/outbox/stuck/none/retry')
  await api.send('PATCH', '/api/admin/site', { json: { name: 'Winter' }, headers: { ...admin, 'if-match': '1' } })
  await api.send('DELETE', '/api/admin/site/logo', { headers: admin })
  expect((await actions()).reverse()).toEqual([
    ['canvas.create', 'winter', 'done', null],
    ['canvas.schedule', 'main', 'done', null],
    ['canvas.announce', 'main', 'done', null],
    ['canvas.remove_announcement', 'main', 'done', null],
    ['canvas.start_over', 'winter', 'done', null],
    ['publishing.pause', null, 'done', null],
    ['publishing.resume', null, 'done', null],
    ['dead_letter.retry', 'none', 'refused', 'not_found'],
    ['dead_letter.discard', 'none', 'refused', 'not_found'],
    ['stuck.retry', 'none', 'refused', 'not_found'],
    ['site.change', null, 'done', null],
    ['site.remove_logo', null, 'done', null],
  ])
})

test('A8 signing in is on record with its address, also while the store is away, and a wrong token is not', async () => {
  const session = (method: string, headers: Record<string, string>, body: string | null = null) =>
    api.api.handle(new Request('http://localhost/api/admin/session', { method, body, headers }))
  const signIn = (token: string) => session('POST', { 'content-type': 'application/json' }, JSON.stringify({ token }))
  await signIn('wrong')
  api.store.isDown = true
  const signedIn = await signIn(adminToken)
  expect(signedIn.status).toBe(200)
  api.store.isDown = false
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  await api.adminSessions.refresh()
  await session('DELETE', { cookie })
  expect((await acts()).acts).toMatchObject([
    { action: 'session.sign_out', by: 'p_admin', via: 'session', details: {} },
    { action: 'session.sign_in', by: 'p_admin', via: 'session', details: { address: 'unknown', way: 'token' } },
  ])
})

test('A8 while the store is away an act is refused and does not happen', async () => {
  api.store.saveAct = () => Promise.reject(Object.assign(new Error('away'), { code: 'unavailable' }))
  expect((await patch({ title: 'Finale' }, '1')).status).toBe(503)
  expect((await api.store.listCanvases())[0]?.title).toBe('Main')
})

test('an act of the command line names it', async () => {
  await patch({ title: 'Finale' }, '1', { 'user-agent': 'fresco-cli' })
  expect((await acts()).acts).toMatchObject([{ by: 'command line', via: 'command_line' }])
})

test('acts are read in pages, of one kind and one board, by admins only', async () => {
  for (let index = 0; index < 5; index++) {
    api.clock.nowMs += 1_000
    await api.post(`/api/admin/outbox/${index % 2 === 0 ? 'pause' : 'resume'}`, undefined, admin)
  }
  await patch({ title: 'Finale' }, '1')
  const ofAll = (await acts()).acts.map(({ id }) => id)
  const pages: unknown[] = []
  for (let before: string | null = ''; before !== null; ) {
    const page = await acts(`?limit=2${before === '' ? '' : `&before=${before}`}`)
    pages.push(...page.acts.map(({ id }) => id))
    before = page.next
  }
  expect(pages).toEqual(ofAll)
  expect(ofAll).toHaveLength(6)
  expect((await acts('?kind=canvas&target=main')).acts).toHaveLength(1)
  expect((await acts('?target=winter')).acts).toEqual([])
  expect((await acts('?before=0')).acts).toEqual([])
  for (const search of ['limit=0', 'limit=101', 'limit=x', 'before=%00', 'before=', `before=${'a'.repeat(41)}`, 'kind=A', 'target=%22']) {
    const answer = await api.get(`/api/admin/acts?${search}`, admin)
    expect([search, answer.status]).toEqual([search, 400])
  }
  expect((await api.get('/api/admin/acts')).status).toBe(401)
  expect((await api.get('/api/admin/acts', { authorization: 'Bearer wrong' })).status).toBe(401)
})
