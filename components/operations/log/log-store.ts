/** The acts on record, newest first, as far back as a host has asked for. Newer acts are added at the top, and acts that are shown stay when a request fails. */
import { createStore } from 'zustand/vanilla'
import type { Act } from '../../../lib/act.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import type { RequestResult, sendRequest } from '../send-request.ts'

export type ShownAct = Omit<Act, 'atMs'> & { readonly at: string }

/** Empty for all. */
export interface Filter {
  readonly kind: string
  readonly target: string
}

export interface LogState {
  /** Null until the first ones arrive. */
  readonly acts: readonly ShownAct[] | null
  /** Where the earlier acts begin; null when there are none. */
  readonly next: string | null
  /** Why the last request did not work. */
  readonly problem: Problem | null
  readonly isSignedOut: boolean
  readonly isLoadingEarlier: boolean
  readonly filter: Filter
}

interface Page {
  readonly acts: readonly ShownAct[]
  readonly next: string | null
}

const patienceMs = 15_000
const silent: Problem = { kind: 'no_answer' }
const noAnswer: RequestResult = { kind: 'problem', code: null, status: null, problem: silent }

/** The newest page before the acts that are known. Without a common act there may be others between them, so the known ones are dropped. */
export const withNewest = (known: Pick<LogState, 'acts' | 'next'>, page: Page): Page => {
  const last = page.acts.at(-1)
  if (page.next === null || last === undefined) return page
  const acts = known.acts ?? []
  const older = acts.some(({ id }) => id >= last.id) ? acts.filter(({ id }) => id < last.id) : []
  return older.length === 0 ? page : { acts: [...page.acts, ...older], next: known.next }
}

export const createLog = (send: typeof sendRequest) => {
  const store = createStore<LogState>(() => ({
    acts: null,
    next: null,
    problem: null,
    isSignedOut: false,
    isLoadingEarlier: false,
    filter: { kind: '', target: '' },
  }))
  const { getState, setState } = store

  /** Null when it did not work, or when the host has chosen other acts meanwhile. */
  const request = async (before: string | null): Promise<Page | null> => {
    const { filter } = getState()
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries({ ...filter, before: before ?? '' })) if (value !== '') query.set(name, value)
    const result = await send(`/api/admin/acts?${query}`, { signal: AbortSignal.timeout(patienceMs) }).catch(() => noAnswer)
    const page = result.kind === 'ok' ? ((await result.response.json().catch(() => null)) as Page | null) : null
    if (getState().filter !== filter) return null
    if (page) setState({ problem: null, isSignedOut: false })
    else if (result.kind === 'ok') setState({ problem: silent })
    else setState({ problem: result.problem, isSignedOut: result.code === 'unauthenticated' || result.code === 'forbidden' })
    return page
  }

  const load = async () => {
    const page = await request(null)
    if (page) setState((known) => withNewest(known, page))
  }

  return {
    store,
    load,
    async showEarlier() {
      const { next, isLoadingEarlier } = getState()
      if (next === null || isLoadingEarlier) return
      setState({ isLoadingEarlier: true })
      const page = await request(next)
      // A newest page without a common act has replaced the known ones.
      if (page && getState().next === next) setState(({ acts }) => ({ acts: [...(acts ?? []), ...page.acts], next: page.next }))
      setState({ isLoadingEarlier: false })
    },
    choose(filter: Filter) {
      setState({ filter, acts: null, next: null, problem: null })
      return load()
    },
  }
}

export type Log = ReturnType<typeof createLog>
