'use client'

/** The boards of the start page: those that the server rendered, then the newest, while the page is on the screen. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { type BoardCard, boardCardOf, type ListedCanvas } from '../../lib/start-page.ts'

const loadEveryMs = 5_000
const patienceMs = 10_000

export interface BoardsOfPage {
  /** Null until the first list has arrived. */
  readonly boards: readonly BoardCard[] | null
  /** `loading`: nothing has arrived yet. `failed`: the boards are old. */
  readonly state: 'loading' | 'live' | 'failed'
  /** When the boards arrived, by the visitor's clock. */
  readonly loadedAt: number | null
  /** What to add to the visitor's clock for the time of the server. Null until the page runs. */
  readonly clockOffsetMs: number | null
  readonly retry: () => void
}

interface Loaded {
  readonly boards: readonly BoardCard[]
  readonly clockOffsetMs: number | null
}

/** The header has whole seconds, rounded down. */
const offsetOf = (response: Response) => {
  const atMs = Date.parse(response.headers.get('date') ?? '')
  return Number.isNaN(atMs) ? null : atMs + 500 - Date.now()
}

/** Null when they did not arrive. */
const fetchBoards = async (): Promise<Loaded | null> => {
  const response = await fetch('/api/canvases', { cache: 'no-store', signal: AbortSignal.timeout(patienceMs) }).catch(() => null)
  if (!response?.ok) return null
  const body = (await response.json().catch(() => null)) as { canvases: ListedCanvas[] } | null
  return body && { boards: body.canvases.map(boardCardOf), clockOffsetMs: offsetOf(response) }
}

interface State extends Pick<BoardsOfPage, 'boards' | 'loadedAt' | 'clockOffsetMs'> {
  readonly hasFailed: boolean
}

/** `renderedAtMs` is the time of the server. */
export const useBoards = (first: readonly BoardCard[] | null, renderedAtMs: number): BoardsOfPage => {
  const [{ hasFailed, ...shown }, setState] = useState<State>({ boards: first, loadedAt: null, clockOffsetMs: null, hasFailed: false })
  const isLoading = useRef(false)

  const load = useCallback(async () => {
    if (isLoading.current) return
    isLoading.current = true
    const newest = await fetchBoards()
    isLoading.current = false
    setState((state) => {
      if (!newest) return { ...state, hasFailed: true }
      const clockOffsetMs = newest.clockOffsetMs ?? state.clockOffsetMs
      return { boards: newest.boards, loadedAt: Date.now(), clockOffsetMs, hasFailed: false }
    })
  }, [])

  useEffect(() => {
    const loadIfShown = () => {
      if (document.visibilityState === 'visible') void load()
    }
    setState((state) => ({ ...state, loadedAt: state.boards && Date.now(), clockOffsetMs: renderedAtMs - Date.now() }))
    if (first === null) void load()
    const timer = setInterval(loadIfShown, loadEveryMs)
    document.addEventListener('visibilitychange', loadIfShown)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', loadIfShown)
    }
  }, [first, renderedAtMs, load])

  const state = hasFailed ? 'failed' : shown.boards === null ? 'loading' : 'live'
  return { ...shown, state, retry: () => void load() }
}
