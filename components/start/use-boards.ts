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
  readonly retry: () => void
}

/** Null when they did not arrive. */
const fetchBoards = async (): Promise<BoardCard[] | null> => {
  const response = await fetch('/api/canvases', { cache: 'no-store', signal: AbortSignal.timeout(patienceMs) }).catch(() => null)
  if (!response?.ok) return null
  const body = (await response.json().catch(() => null)) as { canvases: ListedCanvas[] } | null
  return body?.canvases.map(boardCardOf) ?? null
}

export const useBoards = (first: readonly BoardCard[] | null): BoardsOfPage => {
  const [{ boards, loadedAt, hasFailed }, setState] = useState({ boards: first, loadedAt: null as number | null, hasFailed: false })
  const isLoading = useRef(false)

  const load = useCallback(async () => {
    if (isLoading.current) return
    isLoading.current = true
    const newest = await fetchBoards()
    isLoading.current = false
    setState((state) => (newest ? { boards: newest, loadedAt: Date.now(), hasFailed: false } : { ...state, hasFailed: true }))
  }, [])

  useEffect(() => {
    const loadIfShown = () => {
      if (document.visibilityState === 'visible') void load()
    }
    setState((state) => (state.boards && state.loadedAt === null ? { ...state, loadedAt: Date.now() } : state))
    if (first === null) void load()
    const timer = setInterval(loadIfShown, loadEveryMs)
    document.addEventListener('visibilitychange', loadIfShown)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', loadIfShown)
    }
  }, [first, load])

  const state = hasFailed ? 'failed' : boards === null ? 'loading' : 'live'
  return { boards, state, loadedAt, retry: () => void load() }
}
