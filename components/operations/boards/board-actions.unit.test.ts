import { expect, test } from 'vitest'
import type { RequestResult } from '../send-request.ts'
import { createBoardActions } from './board-actions.ts'
import { createBoards } from './boards-store.ts'
import { blankNewBoard } from './new-board.ts'
import { board } from './testing/board.ts'

/** A server that answers what the test wants. `sent` has the requests that are no loads. */
const setUp = async (answer: () => RequestResult) => {
  const sent: { method: string; path: string; rev: string | null; body: unknown }[] = []
  const boards = createBoards(async (path, init = {}) => {
    if (init.method === undefined) return { kind: 'ok', response: Response.json({ canvases: [board] }) }
    const body = init.body === undefined ? null : (JSON.parse(String(init.body)) as unknown)
    sent.push({ method: init.method, path, rev: new Headers(init.headers).get('if-match'), body })
    return answer()
  })
  await boards.load()
  return { boards, actions: createBoardActions(boards), sent, state: boards.store.getState }
}

const ok = (value: unknown) => (): RequestResult => ({ kind: 'ok', response: Response.json(value) })
const stale = (): RequestResult => {
  const problem = { kind: 'refused', code: 'stale_rev', detail: 'It has rev 9.', seconds: 0, fields: [] } as const
  return { kind: 'problem', code: 'stale_rev', status: 409, problem }
}

test('what cannot be undone is sent with the revision that the host has, and with the address', async () => {
  const { actions, sent } = await setUp(ok({ ...board, rev: 4 }))
  await actions.startOver(board)
  await actions.remove(board)
  expect(sent).toEqual([
    { method: 'POST', path: '/api/admin/canvases/main/start-over', rev: '"3"', body: { confirm: 'main' } },
    { method: 'DELETE', path: '/api/admin/canvases/main', rev: '"3"', body: { confirm: 'main' } },
  ])
})

test('B3 a draft goes on over the revision of the host’s own announcement', async () => {
  const { boards, actions, state } = await setUp(ok({ ...board, rev: 4 }))
  boards.type(board, 'title', 'Mine')
  await actions.announce(board, { text: 'Hello', level: 'info', lastsMs: null })
  expect(state().drafts['main']).toMatchObject({ base: { rev: 4 }, typed: { title: 'Mine' } })
})

test('B3 a draft does not go on over a revision that somebody else made before the announcement', async () => {
  const { boards, actions, state } = await setUp(ok({ ...board, rev: 5 }))
  boards.type(board, 'title', 'Mine')
  await actions.announce(board, { text: 'Hello', level: 'info', lastsMs: null })
  expect(state().drafts['main']).toMatchObject({ base: { rev: 3 } })
})

test('a new board is chosen, and its texts are gone', async () => {
  const made = { ...board, id: 'winter', title: 'Winter' }
  const { boards, actions, state } = await setUp(ok(made))
  const typed = { ...blankNewBoard, title: 'Winter' }
  boards.typeNewBoard(typed)
  await actions.create(typed)
  expect(state()).toMatchObject({ chosen: 'winter', newBoard: null, boards: [{ id: 'main' }, { id: 'winter' }] })
})

test('an action that did not work says why, and a new board keeps its texts', async () => {
  const { boards, actions, state } = await setUp(stale)
  boards.typeNewBoard(blankNewBoard)
  expect(await actions.archive(board)).toBe(false)
  expect(state()).toMatchObject({ acting: null, failed: { name: 'archive', id: 'main', problem: { code: 'stale_rev' } } })
  expect(await actions.create(blankNewBoard)).toBe(false)
  expect(state()).toMatchObject({ newBoard: blankNewBoard, failed: { name: 'create' } })
})

test('of two actions at once only the first is sent', async () => {
  const { actions, sent } = await setUp(ok({ ...board, rev: 4 }))
  expect(await Promise.all([actions.startOver(board), actions.remove(board)])).toEqual([true, false])
  expect(sent).toHaveLength(1)
})
