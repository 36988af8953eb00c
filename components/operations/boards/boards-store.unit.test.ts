import { expect, test } from 'vitest'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import type { RequestResult } from '../send-request.ts'
import type { BoardField, BoardValues } from './board-fields.ts'
import { createBoards } from './boards-store.ts'
import { newStep } from './step-edits.ts'
import { board } from './testing/board.ts'

const refused = (code: 'stale_rev' | 'invalid_request' | 'unavailable', fields: string[] = []): RequestResult => {
  const problem: Problem = { kind: 'refused', code, detail: code, seconds: 0, fields }
  return { kind: 'problem', code, status: 409, problem }
}
const noAnswer: RequestResult = { kind: 'problem', code: null, status: null, problem: { kind: 'no_answer' } }

/** A server with one board, which refuses an old rev. `patched` has the bodies and revs of the changes that it was sent. */
const setUp = async () => {
  const server = { stored: board, answers: [] as RequestResult[], patched: [] as { rev: string | null; change: unknown }[], loses: false }
  const boards = createBoards(async (_path, init = {}) => {
    const answer = server.answers.shift()
    if (answer) return answer
    const ok = (value: unknown): RequestResult => ({ kind: 'ok', response: Response.json(value) })
    if (init.method !== 'PATCH') return ok({ canvases: [server.stored] })
    const rev = new Headers(init.headers).get('if-match')
    const change = JSON.parse(String(init.body)) as Partial<AdminCanvas>
    server.patched.push({ rev, change })
    if (rev !== `"${server.stored.rev}"`) return refused('stale_rev')
    server.stored = { ...server.stored, ...change, rev: server.stored.rev + 1 }
    return server.loses ? noAnswer : ok(server.stored)
  })
  await boards.load()
  const draft = () => boards.store.getState().drafts['main']
  const type = <Name extends BoardField>(field: Name, value: BoardValues[Name]) => boards.type(board, field, value)
  return { server, ...boards, type, draft, state: boards.store.getState }
}

test('a save sends only the edited fields with the rev, and shows the answer at once', async () => {
  const { type, save, server, state } = await setUp()
  type('title', 'Finale')
  type('cooldownMs', '2.5')
  await save('main')
  expect(server.patched).toEqual([{ rev: '"3"', change: { title: 'Finale' } }])
  expect(state()).toMatchObject({ saved: 'main', saving: null, drafts: {}, boards: [{ title: 'Finale', rev: 4 }] })
  type('title', 'Finale 2')
  expect(state().saved).toBeNull()
})

test('a list that arrives while the host types changes no draft', async () => {
  const { type, load, server, state, draft } = await setUp()
  type('title', 'Finale')
  server.stored = { ...board, rev: 4, title: 'Theirs' }
  await load()
  expect(state().boards).toMatchObject([{ title: 'Theirs', rev: 4 }])
  expect(draft()).toMatchObject({ base: { rev: 3 }, typed: { title: 'Finale' }, meanwhile: null })
})

test('B3 after a lost race the form keeps what was typed, shows what changed, and saves over it the next time', async () => {
  const { type, save, server, state, draft } = await setUp()
  type('title', 'Mine')
  server.stored = { ...board, rev: 5, title: 'Theirs', state: 'paused' }
  await save('main')
  expect(draft()).toMatchObject({
    typed: { title: 'Mine' },
    base: { rev: 5 },
    meanwhile: [
      { field: 'title', before: { title: 'Main board' }, after: { title: 'Theirs' } },
      { field: 'state', before: { state: 'open' }, after: { state: 'paused' } },
    ],
  })
  expect(state()).toMatchObject({ saved: null, boards: [{ title: 'Theirs' }] })
  await save('main')
  expect(server.patched.at(-1)).toEqual({ rev: '"5"', change: { title: 'Mine' } })
  expect(state()).toMatchObject({ saved: 'main', drafts: {}, boards: [{ title: 'Mine', state: 'paused', rev: 6 }] })
})

test('B3 a save goes on over a newer revision in which nothing of the form has changed, such as one with an announcement', async () => {
  const { type, save, server, state } = await setUp()
  type('title', 'Mine')
  server.stored = { ...board, rev: 4 }
  await save('main')
  expect(server.patched).toEqual([
    { rev: '"3"', change: { title: 'Mine' } },
    { rev: '"4"', change: { title: 'Mine' } },
  ])
  expect(state()).toMatchObject({ saved: 'main', saving: null, drafts: {}, boards: [{ title: 'Mine', rev: 5 }] })
})

test('a color whose save was lost is not added twice', async () => {
  const { server, save, state, ...boards } = await setUp()
  boards.type('colors', { names: {}, added: [{ hex: '#FF6F91', name: 'coral' }] })
  server.loses = true
  await save('main')
  await save('main')
  expect(state()).toMatchObject({ saved: 'main', drafts: {}, boards: [{ palette: ['#FFFFFF', '#000000', '#FF6F91'] }] })
})

test('a save whose answer was lost is recognised at the next try', async () => {
  const { type, save, server, state, draft } = await setUp()
  type('title', 'Mine')
  server.loses = true
  await save('main')
  expect(draft()).toMatchObject({ typed: { title: 'Mine' }, problem: { kind: 'no_answer' } })
  await save('main')
  expect(state()).toMatchObject({ saved: 'main', drafts: {}, boards: [{ title: 'Mine', rev: 4 }] })
})

test('what is typed during a save stays', async () => {
  const { type, save, draft, state } = await setUp()
  type('title', 'One')
  const saving = save('main')
  type('title', 'One and two')
  await saving
  expect(draft()).toMatchObject({ base: { title: 'One', rev: 4 }, typed: { title: 'One and two' } })
  expect(state().saved).toBe('main')
})

test('a wrong field is not sent, and it is marked until it is typed in', async () => {
  const { type, save, server, draft } = await setUp()
  type('maxCharges', 'many')
  await save('main')
  expect(draft()).toMatchObject({ wrong: ['maxCharges'], attempts: 1 })
  expect(server.patched).toEqual([])
  type('maxCharges', '20')
  expect(draft()?.wrong).toEqual([])
})

test('a field that only the server refuses is marked, and another refusal is a sentence', async () => {
  const { type, save, server, draft } = await setUp()
  type('title', 'Finale')
  server.answers = [refused('invalid_request', ['title'])]
  await save('main')
  expect(draft()).toMatchObject({ wrong: ['title'], problem: { code: 'invalid_request' } })
  server.answers = [refused('unavailable')]
  await save('main')
  expect(draft()).toMatchObject({ wrong: [], problem: { code: 'unavailable' }, typed: { title: 'Finale' } })
})

test('a step that the server refuses is marked', async () => {
  const { server, save, draft, ...boards } = await setUp()
  const step = { ...newStep(board, 'late', '2026-12-04T18:00'), type: 'open' as const }
  boards.type('schedule', { late: step, early: { ...step, id: 'early', at: '2026-12-03T18:00' } })
  server.answers = [refused('invalid_request', ['schedule.1.at'])]
  await save('main')
  expect(draft()).toMatchObject({ wrong: ['schedule'], wrongParts: ['late'] })
})

test('what was typed for a board goes with the board', async () => {
  const { type, load, server, state } = await setUp()
  type('title', 'Finale')
  server.answers = [{ kind: 'ok', response: Response.json({ canvases: [] }) }]
  await load()
  expect(state().drafts).toEqual({})
})

test('a decimal point is not lost while a number is typed', async () => {
  const { type, draft } = await setUp()
  for (const text of ['2.', '2.5', '2.50']) type('cooldownMs', text)
  expect(draft()?.typed.cooldownMs).toBe('2.50')
  type('cooldownMs', '2.5')
  expect(draft()).toBeUndefined()
})

test('a list that cannot be loaded leaves the old one and says why', async () => {
  const { load, server, state } = await setUp()
  server.answers = [noAnswer]
  await load()
  expect(state()).toMatchObject({ boards: [{ id: 'main' }], problem: { kind: 'no_answer' } })
  await load()
  expect(state().problem).toBeNull()
})

test('a list that was requested before a save does not bring the old board back', async () => {
  const { type, save, load, server, state } = await setUp()
  type('title', 'Finale')
  await save('main')
  server.answers = [{ kind: 'ok', response: Response.json({ canvases: [board] }) }]
  await load()
  expect(state().boards).toMatchObject([{ title: 'Finale', rev: 4 }])
  server.answers = [{ kind: 'ok', response: Response.json({ canvases: [{ ...board, epoch: 'restored' }] }) }]
  await load()
  expect(state().boards).toMatchObject([{ title: 'Main board', rev: 3 }])
})

test('an ended session is reported, and what was typed stays for the next sign-in', async () => {
  const { type, load, server, state, draft } = await setUp()
  type('title', 'Finale')
  const problem: Problem = { kind: 'refused', code: 'unauthenticated', detail: '', seconds: 0, fields: [] }
  server.answers = [{ kind: 'problem', code: 'unauthenticated', status: 401, problem }]
  await load()
  expect(state().isSignedOut).toBe(true)
  await load()
  expect([state().isSignedOut, draft()?.typed]).toEqual([false, { title: 'Finale' }])
})
