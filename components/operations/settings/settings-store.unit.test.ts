import { expect, test } from 'vitest'
import { defaultSite, type ShownSite, showSite } from '../../../lib/site.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import type { RequestResult } from '../send-request.ts'
import { createSettings } from './settings-store.ts'

const refused = (code: 'stale_rev' | 'invalid_request' | 'unavailable' | 'unauthenticated', fields: string[] = []): RequestResult => {
  const problem: Problem = { kind: 'refused', code, detail: code, seconds: 0, fields }
  return { kind: 'problem', code, status: 409, problem }
}
const noAnswer: RequestResult = { kind: 'problem', code: null, status: null, problem: { kind: 'no_answer' } }

/** A server that refuses an old rev. `sent` has what it was sent. */
const setUp = async () => {
  const server = {
    stored: { ...showSite(defaultSite), name: 'Winter' } as ShownSite,
    answers: [] as RequestResult[],
    sent: [] as unknown[],
    loses: false,
  }
  const settings = createSettings(async (path, init = {}) => {
    const answer = server.answers.shift()
    if (answer) return answer
    const ok = (): RequestResult => ({ kind: 'ok', response: Response.json(server.stored) })
    if (!init.method) return ok()
    server.sent.push(`${init.method} ${path}`)
    if (init.method === 'PATCH') {
      const rev = new Headers(init.headers).get('if-match')
      const change = JSON.parse(String(init.body)) as Partial<ShownSite>
      server.sent.push([rev, change])
      if (rev !== `"${server.stored.rev}"`) return refused('stale_rev')
      server.stored = { ...server.stored, ...change, rev: server.stored.rev + 1 }
    } else {
      server.stored = { ...server.stored, logo: init.method === 'PUT' ? 'new' : null, rev: server.stored.rev + 1 }
    }
    return server.loses ? noAnswer : ok()
  })
  await settings.load()
  return { ...settings, server, state: settings.store.getState, draft: () => settings.store.getState().draft }
}

test('a save sends only the edited fields with the rev, and shows the answer', async () => {
  const { type, save, server, state } = await setUp()
  type('name', 'Summer')
  type('accent', '#aa0044')
  await save()
  expect(server.sent).toEqual(['PATCH /api/admin/site', ['"1"', { name: 'Summer', accent: '#AA0044' }]])
  expect(state()).toMatchObject({ isSaved: true, isSaving: false, draft: null, site: { name: 'Summer', rev: 2 } })
  type('name', 'Autumn')
  expect(state().isSaved).toBe(false)
})

test('B3 after a lost race the form keeps what was typed, shows what changed, and saves over it the next time', async () => {
  const { type, save, server, state, draft } = await setUp()
  type('name', 'Mine')
  server.stored = { ...server.stored, name: 'Theirs', contact: 'them', rev: 4 }
  await save()
  expect(draft()).toMatchObject({
    typed: { name: 'Mine' },
    base: { rev: 4 },
    meanwhile: [
      { field: 'name', before: 'Winter', after: 'Theirs' },
      { field: 'contact', before: '', after: 'them' },
    ],
  })
  expect(state()).toMatchObject({ isSaved: false, site: { name: 'Theirs' } })
  await save()
  expect(state()).toMatchObject({ isSaved: true, draft: null, site: { name: 'Mine', contact: 'them', rev: 5 } })
})

test('a change that the form does not show, such as another logo, does not stop a save', async () => {
  const { type, save, server, state } = await setUp()
  type('name', 'Mine')
  server.stored = { ...server.stored, logo: 'theirs', rev: 2 }
  await save()
  expect(state()).toMatchObject({ isSaved: true, draft: null, site: { name: 'Mine', logo: 'theirs', rev: 3 } })
})

test('a save whose answer was lost is recognised at the next try', async () => {
  const { type, save, server, state, draft } = await setUp()
  type('name', 'Mine')
  server.loses = true
  await save()
  expect(draft()).toMatchObject({ typed: { name: 'Mine' }, problem: { kind: 'no_answer' } })
  server.loses = false
  await save()
  expect(state()).toMatchObject({ isSaved: true, draft: null, site: { name: 'Mine', rev: 2 } })
})

test('what is typed during a save stays', async () => {
  const { type, save, draft } = await setUp()
  type('name', 'One')
  const saving = save()
  type('name', 'One and two')
  await saving
  expect(draft()).toMatchObject({ base: { name: 'One', rev: 2 }, typed: { name: 'One and two' } })
})

test('a wrong field is not sent, and one that only the server refuses is marked', async () => {
  const { type, save, server, draft } = await setUp()
  type('accent', 'red')
  await save()
  expect([draft()?.wrong, server.sent]).toEqual([['accent'], []])
  type('accent', '#112233')
  expect(draft()?.wrong).toEqual([])
  type('privacy', '<script>')
  server.answers = [refused('invalid_request', ['privacy'])]
  await save()
  expect(draft()).toMatchObject({ wrong: ['privacy'], problem: { code: 'invalid_request' }, attempts: 2, typed: { privacy: '<script>' } })
})

test('a logo is sent at once, and a draft goes on over the newer settings', async () => {
  const { type, setLogo, save, server, state, draft } = await setUp()
  type('name', 'Mine')
  await setLogo(new Blob(['png']))
  expect(state()).toMatchObject({ isSendingLogo: false, logoProblem: null, site: { logo: 'new', rev: 2 } })
  expect(draft()).toMatchObject({ base: { rev: 2 }, typed: { name: 'Mine' } })
  await save()
  await setLogo(null)
  expect(state().site).toMatchObject({ name: 'Mine', logo: null, rev: 4 })
  expect(server.sent.filter((each) => typeof each === 'string')).toEqual([
    'PUT /api/admin/site/logo',
    'PATCH /api/admin/site',
    'DELETE /api/admin/site/logo',
  ])
})

test('a logo that is refused leaves the old one and says why', async () => {
  const { setLogo, server, state } = await setUp()
  server.answers = [refused('invalid_request', ['logo'])]
  await setLogo(new Blob(['no png']))
  expect(state()).toMatchObject({ logoProblem: { code: 'invalid_request' }, isSendingLogo: false, site: { logo: null, rev: 1 } })
  await setLogo(new Blob(['png']))
  expect(state().logoProblem).toBeNull()
})

test('settings that cannot be loaded leave the old ones, and an ended session keeps what was typed', async () => {
  const { load, type, server, state, draft } = await setUp()
  type('name', 'Mine')
  server.answers = [noAnswer]
  await load()
  expect(state()).toMatchObject({ site: { name: 'Winter' }, problem: { kind: 'no_answer' } })
  server.answers = [refused('unauthenticated')]
  await load()
  expect(state().isSignedOut).toBe(true)
  await load()
  expect([state().isSignedOut, state().problem, draft()?.typed]).toEqual([false, null, { name: 'Mine' }])
})

test('settings that were requested before a save do not bring the old ones back, and a restore does', async () => {
  const { type, save, load, server, state } = await setUp()
  const loading = load()
  type('name', 'Mine')
  await save()
  await loading
  expect(state().site).toMatchObject({ name: 'Mine', rev: 2 })
  server.stored = { ...server.stored, name: 'Winter', rev: 1 }
  await load()
  expect(state().site).toMatchObject({ name: 'Winter', rev: 1 })
})
