import { expect, test } from 'vitest'
import type { RequestResult } from '../send-request.ts'
import { createLog, type ShownAct, withNewest } from './log-store.ts'

const act = (id: string, outcome: ShownAct['outcome'] = 'done'): ShownAct => ({
  id,
  at: '2026-01-01T00:00:00.000Z',
  by: 'p_admin',
  via: 'session',
  action: 'canvas.change',
  target: 'main',
  details: {},
  outcome,
  code: null,
})
const page = (ids: string, next: string | null = null) => ({ acts: ids.split('').map((id) => act(id)), next })
const idsOf = (acts: readonly ShownAct[] | null) => acts?.map(({ id }) => id).join('')

/** Answers requests in turn, and notes their queries. */
const start = (answers: (ReturnType<typeof page> | 'down' | 'signed_out')[]) => {
  const queries: string[] = []
  const log = createLog(async (path) => {
    queries.push(path.slice(path.indexOf('?') + 1))
    const answer = answers.shift() ?? 'down'
    if (answer === 'down') return { kind: 'problem', code: null, status: null, problem: { kind: 'no_answer' } }
    if (answer !== 'signed_out') return { kind: 'ok', response: Response.json(answer) }
    const problem = { kind: 'refused', code: 'unauthenticated', detail: '', seconds: 0, fields: [] } as const
    return { kind: 'problem', code: 'unauthenticated', status: 401, problem } as RequestResult
  })
  return { log, queries, shown: () => idsOf(log.store.getState().acts) }
}

test('newer acts are added at the top, outcomes are renewed, and earlier acts stay', () => {
  const known = { acts: [act('d', null), ...page('cba').acts], next: null }
  const { acts, next } = withNewest(known, page('fed', 'd'))
  expect([idsOf(acts), next, acts[2]?.outcome]).toEqual(['fedcba', null, 'done'])
  expect(withNewest(known, page('zyx', 'x'))).toEqual(page('zyx', 'x'))
  expect(idsOf(withNewest(known, page('dc')).acts)).toBe('dc')
})

test('earlier acts are loaded page by page, and loading again keeps them', async () => {
  const { log, queries, shown } = start([page('dc', 'c'), page('ba'), page('ed', 'd')])
  await log.load()
  await log.showEarlier()
  expect([shown(), log.store.getState().next, queries]).toEqual(['dcba', null, ['', 'before=c']])
  await log.showEarlier()
  await log.load()
  expect([shown(), queries.length]).toEqual(['edcba', 3])
})

test('while the server does not answer the acts stay, with the problem', async () => {
  const { log, shown } = start([page('ba', 'a'), 'down', 'down', page('ba')])
  await log.load()
  await log.load()
  await log.showEarlier()
  expect([shown(), log.store.getState().problem, log.store.getState().isLoadingEarlier]).toEqual(['ba', { kind: 'no_answer' }, false])
  await log.load()
  expect(log.store.getState().problem).toBeNull()
})

test('an answer for acts that are no longer chosen is dropped, and an ended session is noticed', async () => {
  const { log, queries, shown } = start([page('b'), page('a'), 'signed_out'])
  const first = log.load()
  await log.choose({ kind: 'canvas', target: 'main' })
  await first
  expect([shown(), queries]).toEqual(['a', ['', 'kind=canvas&target=main']])
  await log.load()
  expect(log.store.getState().isSignedOut).toBe(true)
})
