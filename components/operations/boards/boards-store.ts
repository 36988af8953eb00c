/**
 * The boards, and what a host has typed for each. A draft keeps the board that the host had when typing began, so that a save over a
 * change of somebody else is refused. Lists that arrive later change fields that nobody touched, and never a draft.
 */
import { createStore } from 'zustand/vanilla'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import type { RequestResult, sendRequest } from '../send-request.ts'
import type { AnnouncementTexts, BoardAction } from './board-actions.ts'
import type { BoardField, BoardValues } from './board-fields.ts'
import {
  changeOf,
  type Difference,
  differencesOf,
  editedFields,
  isTouched,
  refusedFields,
  refusedSteps,
  type Typed,
  wrongFields,
} from './board-form.ts'
import type { NewBoard } from './new-board.ts'

export interface Draft {
  readonly base: AdminCanvas
  readonly typed: Typed
  readonly wrong: readonly BoardField[]
  /** The steps of the schedule that the server refused. */
  readonly wrongSteps: readonly string[]
  /** How often a save found wrong fields. */
  readonly attempts: number
  /** What somebody else changed before the last save, which was refused. */
  readonly meanwhile: readonly Difference[] | null
  readonly problem: Problem | null
}

export interface BoardsState {
  /** Null until the first list arrives. */
  readonly boards: readonly AdminCanvas[] | null
  /** Why the newest list could not be loaded. */
  readonly problem: Problem | null
  readonly isSignedOut: boolean
  /** The board in the form; null for the first one. */
  readonly chosen: string | null
  readonly drafts: Readonly<Record<string, Draft>>
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
const patienceMs = 15_000
const noAnswer: RequestResult = { kind: 'problem', code: null, status: null, problem: { kind: 'no_answer' } }

export const createBoards = (send: typeof sendRequest) => {
  const store = createStore<BoardsState>(() => ({
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
  }))
  const { getState, setState } = store

  const request = async (to: string, init: RequestInit = {}): Promise<RequestResult> => {
    const result = await send(to, { ...init, signal: AbortSignal.timeout(patienceMs) }).catch(() => noAnswer)
    if (result.kind === 'problem' && (result.code === 'unauthenticated' || result.code === 'forbidden')) setState({ isSignedOut: true })
    return result
  }

  const setDraft = (id: string, draft: Draft | null) =>
    setState(({ drafts: { [id]: _, ...others } }) => ({ drafts: draft ? { ...others, [id]: draft } : others }))

  /** A list that was requested before a save may arrive after it. */
  const setBoards = (received: readonly AdminCanvas[]) =>
    setState(({ boards, drafts }) => ({
      drafts: Object.fromEntries(Object.entries(drafts).filter(([id]) => received.some((board) => board.id === id))),
      boards: received.map(
        (board) => boards?.find(({ id, epoch, rev }) => id === board.id && epoch === board.epoch && rev > board.rev) ?? board,
      ),
      problem: null,
      isSignedOut: false,
    }))

  const load = async () => {
    const result = await request(boardsPath)
    const body = result.kind === 'ok' ? await bodyOf<{ canvases: AdminCanvas[] }>(result.response) : null
    if (body) setBoards(body.canvases)
    else setState({ problem: result.kind === 'problem' ? result.problem : { kind: 'no_answer' } })
  }

  /** Shows a board as the server has answered it. A draft over the revision before it moves to the answer, because the host made both. */
  const setBoard = (board: AdminCanvas) => {
    const { boards, drafts } = getState()
    const isKnown = boards?.some(({ id }) => id === board.id)
    setBoards([...(boards ?? []).map((each) => (each.id === board.id ? board : each)), ...(isKnown ? [] : [board])])
    const draft = drafts[board.id]
    if (draft && draft.base.epoch === board.epoch && draft.base.rev === board.rev - 1) setDraft(board.id, { ...draft, base: board })
  }

  /** Keeps what the host typed while the change was on its way. */
  const onSaved = (id: string, sent: Typed, board: AdminCanvas) => {
    const typed = getState().drafts[id]?.typed ?? {}
    const rest: Typed = Object.fromEntries(Object.entries(typed).filter(([field, value]) => value !== sent[field as BoardField]))
    setDraft(id, editedFields(board, rest).length > 0 ? newDraft(board, rest) : null)
    setState({ saved: id })
  }

  /** Whether the save is to be sent again, because nothing that the form shows has changed meanwhile. */
  const onStale = async (id: string, sent: Typed, problem: Problem): Promise<boolean> => {
    await load()
    const { boards, drafts } = getState()
    const draft = drafts[id]
    const theirs = boards?.find((board) => board.id === id)
    if (!draft) return false
    const isNewer = theirs && (theirs.rev !== draft.base.rev || theirs.epoch !== draft.base.epoch)
    if (!isNewer) {
      setDraft(id, { ...draft, problem })
      return false
    }
    // The answer to an earlier save was lost, or somebody else made the same change.
    if (wrongFields(theirs, sent).length === 0 && Object.keys(changeOf(theirs, sent)).length === 0) {
      onSaved(id, sent, theirs)
      return false
    }
    const meanwhile = differencesOf(draft.base, theirs)
    setDraft(id, { ...newDraft(theirs, draft.typed), meanwhile: meanwhile.length > 0 ? meanwhile : null })
    return meanwhile.length === 0
  }

  const sendDraft = async (id: string, { base, typed }: Draft) => {
    const headers = { 'content-type': 'application/json', 'if-match': `"${base.rev}"` }
    const result = await request(`${boardsPath}/${id}`, { method: 'PATCH', headers, body: JSON.stringify(changeOf(base, typed)) })
    const board = result.kind === 'ok' ? await bodyOf<AdminCanvas>(result.response) : null
    if (board) {
      setBoard(board)
      onSaved(id, typed, board)
    } else if (result.kind === 'ok') onRefused(id, { kind: 'no_answer' })
    else if (result.code === 'stale_rev') return onStale(id, typed, result.problem)
    else onRefused(id, result.problem)
    return false
  }

  const save = async (id: string) => {
    const { drafts, saving } = getState()
    const draft = drafts[id]
    if (!draft || saving !== null) return
    const wrong = wrongFields(draft.base, draft.typed)
    if (wrong.length > 0) return setDraft(id, { ...draft, wrong, attempts: draft.attempts + 1 })
    setState({ saving: id })
    const isAgain = await sendDraft(id, draft)
    const newer = getState().drafts[id]
    if (isAgain && newer) await sendDraft(id, newer)
    setState({ saving: null })
  }

  const onRefused = (id: string, problem: Problem) => {
    const draft = getState().drafts[id]
    if (!draft) return
    const paths = problem.kind === 'refused' ? problem.fields : []
    const wrongSteps = refusedSteps(draft.base, draft.typed, paths)
    setDraft(id, { ...draft, wrong: refusedFields(paths), wrongSteps, attempts: draft.attempts + 1, problem })
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
      const { base, typed, wrong, ...rest } = getState().drafts[board.id] ?? newDraft(board, {})
      const all = { ...typed, [field]: value }
      const stillWrong = wrong.filter((each) => each !== field)
      setDraft(board.id, isTouched(base, all) ? { ...rest, base, typed: all, wrong: stillWrong } : null)
      setState({ saved: null })
    },
  }
}

export type Boards = ReturnType<typeof createBoards>

const bodyOf = async <Body>(response: Response) => (await response.json().catch(() => null)) as Body | null

const newDraft = (base: AdminCanvas, typed: Typed): Draft => ({
  base,
  typed,
  wrong: [],
  wrongSteps: [],
  attempts: 0,
  meanwhile: null,
  problem: null,
})
