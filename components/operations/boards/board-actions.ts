/** What a host does to a board at once, without the save bar: announcements, an archive, a new start, a deletion, and a new board. */
import type { AnnouncementLevel } from '../../../lib/announcement.ts'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import { type Boards, boardsPath } from './boards-store.ts'
import { bodyOf, idOf, type NewBoard } from './new-board.ts'

export type ActionName = 'create' | 'announce' | 'takeDown' | 'archive' | 'startOver' | 'delete'

export interface BoardAction {
  readonly name: ActionName
  /** The board; for a new one, its address. */
  readonly id: string
}

export interface AnnouncementTexts {
  readonly text: string
  readonly level: AnnouncementLevel
  readonly lastsMs: number | null
}

interface Sent {
  readonly action: BoardAction
  readonly method: string
  readonly path: string
  readonly body?: unknown
  /** The revision that the host has. The server refuses the action if it has another one. */
  readonly rev?: number
}

/** Each resolves to whether it worked. The problem of one that did not is in the store. */
export const createBoardActions = ({ store, request, load, setBoard }: Boards) => {
  const { getState, setState } = store

  const send = async ({ action, method, path, body, rev }: Sent): Promise<boolean> => {
    if (getState().acting !== null) return false
    setState({ acting: action, failed: null })
    const headers = { 'content-type': 'application/json', ...(rev === undefined ? {} : { 'if-match': `"${rev}"` }) }
    const result = await request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const answer = result.kind === 'ok' ? ((await result.response.json().catch(() => null)) as AdminCanvas | null) : null
    // The answer to a deletion is not a board.
    if (answer?.epoch) setBoard(answer)
    else await load()
    setState({ acting: null, failed: result.kind === 'ok' ? null : { ...action, problem: result.problem } })
    return result.kind === 'ok'
  }

  const pathOf = ({ id }: AdminCanvas) => `${boardsPath}/${id}`
  const actionOf = (name: ActionName, { id }: AdminCanvas) => ({ name, id })

  return {
    async create(board: NewBoard): Promise<boolean> {
      const id = idOf(board).trim()
      const body = bodyOf(board, getState().boards ?? [])
      const isDone = await send({ action: { name: 'create', id }, method: 'POST', path: boardsPath, body })
      if (isDone) setState({ chosen: id, saved: null, newBoard: null })
      return isDone
    },
    announce: (board: AdminCanvas, body: AnnouncementTexts) =>
      send({ action: actionOf('announce', board), method: 'POST', path: `${pathOf(board)}/announcement`, body }),
    takeDown: (board: AdminCanvas) =>
      send({ action: actionOf('takeDown', board), method: 'DELETE', path: `${pathOf(board)}/announcement` }),
    archive: (board: AdminCanvas) =>
      send({
        action: actionOf('archive', board),
        method: 'PATCH',
        path: pathOf(board),
        body: { archived: true, state: 'closed' },
        rev: board.rev,
      }),
    startOver: (board: AdminCanvas) =>
      send({
        action: actionOf('startOver', board),
        method: 'POST',
        path: `${pathOf(board)}/start-over`,
        body: { confirm: board.id },
        rev: board.rev,
      }),
    remove: (board: AdminCanvas) =>
      send({ action: actionOf('delete', board), method: 'DELETE', path: pathOf(board), body: { confirm: board.id }, rev: board.rev }),
    forget: () => setState({ failed: null }),
  }
}

export type BoardActions = ReturnType<typeof createBoardActions>
