/** What the operations page knows: the whole overview every ten seconds, and what is in it without the history each second. */
import { useCallback, useEffect, useState } from 'react'
import { io } from 'socket.io-client'
import type { Overview } from '../../lib/overview.ts'

export type OverviewState =
  | { kind: 'loading'; isFailing: boolean }
  | { kind: 'signed_out' }
  | { kind: 'ready'; overview: Overview; isSilent: boolean }

const historyEveryMs = 10_000
/** So long without a word, and what is shown is old. */
const silentAfterMs = 4_000

export const useOverview = (): { state: OverviewState; refresh: () => void } => {
  const [state, setState] = useState<OverviewState>({ kind: 'loading', isFailing: false })
  const [turn, setTurn] = useState(0)
  const isReady = state.kind === 'ready'
  const refresh = useCallback(() => setTurn((value) => value + 1), [])

  useEffect(() => {
    void turn
    const controller = new AbortController()
    // What is shown falls silent by itself; the next turn asks again.
    const failed = () => setState((old) => (old.kind === 'loading' ? { kind: 'loading', isFailing: true } : old))
    const load = async () => {
      try {
        const response = await fetch('/api/admin/overview', { signal: controller.signal, cache: 'no-store' })
        if (response.status === 401 || response.status === 403) setState({ kind: 'signed_out' })
        else if (response.ok) setState({ kind: 'ready', overview: (await response.json()) as Overview, isSilent: false })
        else failed()
      } catch {
        failed()
      }
    }
    void load()
    const timer = setInterval(() => void load(), historyEveryMs)
    return () => {
      controller.abort()
      clearInterval(timer)
    }
  }, [turn])

  useEffect(() => {
    if (!isReady) return
    // Long polling first, upgraded to WebSocket where that passes: behind some proxies WebSocket never answers.
    const socket = io('/admin', { transports: ['polling', 'websocket'] })
    let heardAtMs = performance.now()
    socket.on('overview', (heard: Omit<Overview, 'history'>) => {
      heardAtMs = performance.now()
      setState((old) => (old.kind === 'ready' ? { kind: 'ready', overview: { ...old.overview, ...heard }, isSilent: false } : old))
    })
    // The server refuses a session that has ended; the next load shows the sign-in.
    socket.on('connect_error', (error: Error & { data?: unknown }) => error.data !== undefined && refresh())
    const timer = setInterval(() => {
      if (performance.now() - heardAtMs > silentAfterMs) setState((old) => (old.kind === 'ready' ? { ...old, isSilent: true } : old))
    }, 1_000)
    return () => {
      clearInterval(timer)
      socket.disconnect()
    }
  }, [isReady, refresh])

  return { state, refresh }
}
