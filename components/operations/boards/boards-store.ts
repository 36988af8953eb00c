/**
 * The boards, and what a host has typed for each. A draft keeps the board that the host had when typing began, so that a save over a
 * change of somebody else is refused. Lists that arrive later change fields that nobody touched, and never a draft.
 */
import { createStore } from 'zustand/vanilla'
import type { AdminCanvas } from '../../../lib/show-canvas.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import type { RequestResult, sendRequest } from '../send-request.ts'
import {
  type BoardField,
  boardFields,
  changeOf,
  type Difference,
  differencesOf,
  editedFields,
  type Typed,
  textOf,
  wrongFields,
} from './board-form.ts'

export interface Draft {
  readonly base: AdminCanvas
  readonly typed: Typed
  readonly wrong: readonly BoardField[]
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
}

const path = '/api/admin/canvases'
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
    setState(({ boards }) => ({
      boards: received.map(
        (board) => boards?.find(({ id, epoch, rev }) => id === board.id && epoch === board.epoch && rev > board.rev) ?? board,
      ),
      problem: null,
      isSignedOut: false,
    }))

  const load = async () => {
    const result = await request(path)
    const body = result.kind === 'ok' ? ((await result.response.json().catch(() => null)) as { canvases: AdminCanvas[] } | null) : null
    if (body) setBoards(body.canvases)
    else setState({ problem: result.kind === 'problem' ? result.problem : { kind: 'no_answer' } })
  }

  /** Keeps what the host typed while the change was on its way. */
  const onSaved = (id: string, sent: Typed, board: AdminCanvas) => {
    const typed = getState().drafts[id]?.typed ?? {}
    const rest: Typed = Object.fromEntries(Object.entries(typed).filter(([field, text]) => text !== sent[field as BoardField]))
    setDraft(id, editedFields(board, rest).length > 0 ? newDraft(board, rest) : null)
    setState({ saved: id })
  }

  const onStale = async (id: string, sent: Typed, problem: Problem) => {
    await load()
    const { boards, drafts } = getState()
    const draft = drafts[id]
    const theirs = boards?.find((board) => board.id === id)
    if (!draft) return
    if (!theirs || theirs.rev === draft.base.rev) return setDraft(id, { ...draft, problem })
    // The answer to an earlier save was lost, or somebody else made the same change.
    if (Object.keys(changeOf(theirs, sent)).length === 0) return onSaved(id, sent, theirs)
    setDraft(id, { ...newDraft(theirs, draft.typed), meanwhile: differencesOf(draft.base, theirs) })
  }

  const save = async (id: string) => {
    const { drafts, saving } = getState()
    const draft = drafts[id]
    if (!draft || saving !== null) return
    const { base, typed } = draft
    const wrong = wrongFields(base, typed)
    if (wrong.length > 0) return setDraft(id, { ...draft, wrong, attempts: draft.attempts + 1 })
    setState({ saving: id })
    const headers = { 'content-type': 'application/json', 'if-match': `"${base.rev}"` }
    const result = await request(`${path}/${id}`, { method: 'PATCH', headers, body: JSON.stringify(changeOf(base, typed)) })
    const board = result.kind === 'ok' ? ((await result.response.json().catch(() => null)) as AdminCanvas | null) : null
    if (board) {
      setBoards((getState().boards ?? []).map((each) => (each.id === id ? board : each)))
      onSaved(id, typed, board)
    } else if (result.kind === 'ok') onRefused(id, { kind: 'no_answer' })
    else if (result.code === 'stale_rev') await onStale(id, typed, result.problem)
    else onRefused(id, result.problem)
    setState({ saving: null })
  }

  const onRefused = (id: string, problem: Problem) => {
    const draft = getState().drafts[id]
    const paths = problem.kind === 'refused' ? problem.fields : []
    const wrong = boardFields.filter((field) => paths.includes(field))
    if (draft) setDraft(id, { ...draft, wrong, attempts: draft.attempts + 1, problem: wrong.length > 0 ? null : problem })
  }

  return {
    store,
    load,
    save,
    choose: (id: string) => setState({ chosen: id }),
    discard: (id: string) => setDraft(id, null),
    type(board: AdminCanvas, field: BoardField, text: string) {
      const { base, typed, wrong, ...rest } = getState().drafts[board.id] ?? newDraft(board, {})
      const all = { ...typed, [field]: text }
      const stillWrong = wrong.filter((each) => each !== field)
      // A text such as "5." or "5.0" is kept although the value is the board's, because the host is still typing.
      const isTouched = boardFields.some((each) => (all[each] ?? textOf(base, each)) !== textOf(base, each))
      setDraft(board.id, isTouched ? { ...rest, base, typed: all, wrong: stillWrong } : null)
      setState({ saved: null })
    },
  }
}

export type Boards = ReturnType<typeof createBoards>

const newDraft = (base: AdminCanvas, typed: Typed): Draft => ({ base, typed, wrong: [], attempts: 0, meanwhile: null, problem: null })
