/** The boards, and what a host has typed for each. Lists that arrive later change fields that nobody touched, and never a draft. */
import { createStore } from 'zustand/vanilla'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import { type Draft, DraftSaver, newDraft, withTyped } from '../draft.ts'
import { bodyOf, type sendRequest, signedInRequests } from '../send-request.ts'
import type { AnnouncementTexts, BoardAction } from './board-actions.ts'
import type { BoardField, BoardValues } from './board-fields.ts'
import {
  changeOf,
  type Difference,
  differencesOf,
  editedFields,
  isSameRevision,
  isTouched,
  refusedFields,
  refusedSteps,
  type Typed,
  wrongFields,
} from './board-form.ts'
import type { NewBoard } from './new-board.ts'

type BoardDraft = Draft<AdminCanvas, Typed, BoardField, Difference>

export interface BoardsState {
  /** Null until the first list arrives. */
  readonly boards: readonly AdminCanvas[] | null
  /** Why the newest list could not be loaded. */
  readonly problem: Problem | null
  readonly isSignedOut: boolean
  /** The board in the form; null for the first one. */
  readonly chosen: string | null
  readonly drafts: Readonly<Record<string, BoardDraft>>
  readonly saving: string | null
  /** The board that was saved last, until the host types again. */
  readonly saved: string | null
  /** What is typed for a new board; null while none is made. */
  readonly newBoard: NewBoard | null
  /** The announcements that are typed and not sent, by board. */
  readonly announcements: Readonly<Record<string, AnnouncementTexts>>
  /** The action that is being sent. */
  readonly acting: BoardAction | null
  /** The last action that did not work. */
  readonly failed: (BoardAction & { readonly problem: Problem }) | null
}

export const boardsPath = '/api/admin/canvases'
const boardKind = {
  changeOf,
  differencesOf,
  editedFields,
  isSameRevision,
  isTouched,
  refusedFields,
  refusedParts: refusedSteps,
  wrongFields,
}

const initial: BoardsState = {
  boards: null,
  problem: null,
  isSignedOut: false,
  chosen: null,
  drafts: {},
  saving: null,
  saved: null,
  newBoard: null,
  announcements: {},
  acting: null,
  failed: null,
}

/** The state with a list from the server. A list that was requested before a save may arrive after it. */
const withBoards = ({ boards, drafts }: BoardsState, received: readonly AdminCanvas[]): Partial<BoardsState> => ({
  drafts: Object.fromEntries(Object.entries(drafts).filter(([id]) => received.some((board) => board.id === id))),
  boards: received.map(
    (board) => boards?.find(({ id, epoch, rev }) => id === board.id && epoch === board.epoch && rev > board.rev) ?? board,
  ),
  problem: null,
  isSignedOut: false,
})

const withBoard = (boards: readonly AdminCanvas[], board: AdminCanvas) =>
  boards.some(({ id }) => id === board.id) ? boards.map((each) => (each.id === board.id ? board : each)) : [...boards, board]

export const createBoards = (send: typeof sendRequest) => {
  const store = createStore<BoardsState>(() => initial)
  const { getState, setState } = store

  const request = signedInRequests(send, () => setState({ isSignedOut: true }))

  const setDraft = (id: string, draft: BoardDraft | null) =>
    setState(({ drafts: { [id]: _, ...others } }) => ({ drafts: draft ? { ...others, [id]: draft } : others }))

  const load = async () => {
    const result = await request(boardsPath)
    const body = result.kind === 'ok' ? await bodyOf<{ canvases: AdminCanvas[] }>(result.response) : null
    if (body) setState(withBoards(getState(), body.canvases))
    else setState({ problem: result.kind === 'problem' ? result.problem : { kind: 'no_answer' } })
  }

  /** Shows a board as the server has answered it. A draft over the revision before it moves to the answer, because the host made both. */
  const setBoard = (board: AdminCanvas) => {
    const { boards, drafts } = getState()
    setState(withBoards(getState(), withBoard(boards ?? [], board)))
    const draft = drafts[board.id]
    if (draft && draft.base.epoch === board.epoch && draft.base.rev === board.rev - 1) setDraft(board.id, { ...draft, base: board })
  }

  const save = async (id: string) => {
    if (getState().saving !== null) return
    await new DraftSaver(boardKind, {
      path: `${boardsPath}/${id}`,
      get: () => getState().drafts[id] ?? null,
      set: (draft) => setDraft(id, draft),
      send: request,
      async reload() {
        await load()
        return getState().boards?.find((board) => board.id === id) ?? null
      },
      show: setBoard,
      onSaving: (isSaving) => setState({ saving: isSaving ? id : null }),
      onSaved: () => setState({ saved: id }),
    }).save()
  }

  return {
    store,
    load,
    save,
    request,
    setBoard,
    choose: (id: string) => setState({ chosen: id, newBoard: null }),
    discard: (id: string) => setDraft(id, null),
    typeNewBoard: (newBoard: NewBoard | null) => setState({ newBoard }),
    typeAnnouncement: (id: string, texts: AnnouncementTexts) =>
      setState(({ announcements }) => ({ announcements: { ...announcements, [id]: texts } })),
    type<Name extends BoardField>(board: AdminCanvas, field: Name, value: BoardValues[Name]) {
      const draft = getState().drafts[board.id] ?? newDraft<AdminCanvas, Typed>(board, {})
      setDraft(board.id, withTyped(boardKind, draft, { field, value }))
      setState({ saved: null })
    },
  }
}

export type Boards = ReturnType<typeof createBoards>
