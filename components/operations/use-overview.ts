/** Loads the overview every ten seconds, and receives it without the history each second. */
import { useCallback, useEffect, useState } from 'react'
import { io } from 'socket.io-client'
import type { Overview } from '../../lib/overview.ts'
import type { Problem } from '../../lib/words/operations-words.ts'
import { sendRequest } from './send-request.ts'

export type OverviewState =
  | { kind: 'loading'; problem: Problem | null }
  | { kind: 'signed_out' }
  /** `problem`: why the newest overview could not be loaded. */
  | { kind: 'ready'; overview: Overview; isSilent: boolean; problem: Problem | null }

const historyEveryMs = 10_000
/** After this long without a message the server counts as silent. */
const silentAfterMs = 4_000

export const useOverview = (): { state: OverviewState; refresh: () => void } => {
  const [state, setState] = useState<OverviewState>({ kind: 'loading', problem: null })
  const [turn, setTurn] = useState(0)
  const isReady = state.kind === 'ready'
  const refresh = useCallback(() => setTurn((value) => value + 1), [])

  useEffect(() => {
    void turn
    const controller = new AbortController()
    // The page already shows that its figures are old. The next turn tries again.
    const failed = (problem: Problem) => setState((old) => (old.kind === 'signed_out' ? old : { ...old, problem }))
    const load = async () => {
      const result = await sendRequest('/api/admin/overview', { signal: controller.signal })
      if (result.kind === 'ok')
        setState({ kind: 'ready', overview: (await result.response.json()) as Overview, isSilent: false, problem: null })
      else if (result.code === 'unauthenticated' || result.code === 'forbidden') setState({ kind: 'signed_out' })
      else failed(result.problem)
    }
    const turnOnce = () => void load().catch(() => controller.signal.aborted || failed({ kind: 'no_answer' }))
    turnOnce()
    const timer = setInterval(turnOnce, historyEveryMs)
    return () => {
      controller.abort()
      clearInterval(timer)
    }
  }, [turn])

  useEffect(() => {
    if (!isReady) return
    // Long polling first, upgraded to a WebSocket if possible, because some proxies never answer a WebSocket.
    const socket = io('/admin', { transports: ['polling', 'websocket'] })
    let receivedAtMs = performance.now()
    socket.on('overview', (received: Omit<Overview, 'history'>) => {
      receivedAtMs = performance.now()
      setState((old) =>
        old.kind === 'ready' ? { kind: 'ready', overview: { ...old.overview, ...received }, isSilent: false, problem: null } : old,
      )
    })
    // The server refuses a session that has ended, and the next load then shows the sign-in.
    socket.on('connect_error', (error: Error & { data?: unknown }) => error.data !== undefined && refresh())
    const timer = setInterval(() => {
      if (performance.now() - receivedAtMs > silentAfterMs) setState((old) => (old.kind === 'ready' ? { ...old, isSilent: true } : old))
    }, 1_000)
    return () => {
      clearInterval(timer)
      socket.disconnect()
    }
  }, [isReady, refresh])

  return { state, refresh }
}
