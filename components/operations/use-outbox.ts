/** The commits that cannot be published, whether publishing is paused, and an operator's actions on both. */
import { useCallback, useEffect, useState } from 'react'
import type { Problem } from '../../lib/words/operations-words.ts'
import { sendRequest } from './send-request.ts'

interface FailedCommit {
  readonly id: string
  readonly canvas: string
  readonly tile: number
  readonly seq: number
  readonly attempts: number
  readonly error: string | null
}

interface OutboxState {
  readonly paused: boolean
  readonly stuck: readonly (FailedCommit & { readonly at: string; readonly cause: string })[]
  readonly dead: readonly (FailedCommit & { readonly kind: string; readonly pixelCount: number; readonly diedAt: string })[]
}

export interface OutboxActions extends OutboxState {
  /** An action is being sent. */
  readonly isBusy: boolean
  readonly problem: Problem | null
  /** Shows for a while why an action did not work. */
  readonly showProblem: (problem: Problem) => void
  readonly pause: () => void
  readonly resume: () => void
  readonly retry: (id: string) => void
  readonly retryStuck: (id: string) => void
  readonly discard: (id: string) => void
}

const lookEveryMs = 5_000
/** A problem is shown for this long. */
const problemMs = 10_000
const base = '/api/admin/outbox'

/** The counts are the overview's. When one changes, the lists are read again at once. */
export const useOutbox = (
  { dead: deadCount, stuck: stuckCount }: { dead: number; stuck: number },
  onSignedOut: () => void,
): OutboxActions => {
  const [known, setKnown] = useState<OutboxState>({ paused: false, stuck: [], dead: [] })
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  const look = useCallback(async () => {
    const result = await sendRequest(`${base}/dead`)
    if (result.kind === 'ok') setKnown((await result.response.json()) as OutboxState)
  }, [])

  useEffect(() => {
    void [deadCount, stuckCount]
    // The page already reports a server that does not answer. The next turn tries again.
    const turn = () => void look().catch(() => undefined)
    turn()
    const timer = setInterval(turn, lookEveryMs)
    return () => clearInterval(timer)
  }, [look, deadCount, stuckCount])

  useEffect(() => {
    if (problem === null) return
    const timer = setTimeout(() => setProblem(null), problemMs)
    return () => clearTimeout(timer)
  }, [problem])

  const act = async (path: string) => {
    setBusy(true)
    setProblem(null)
    const result = await sendRequest(`${base}/${path}`, { method: 'POST' })
    // Not found: another operator or the publisher has already done it.
    if (result.kind === 'problem' && result.code !== 'not_found') setProblem(result.problem)
    if (result.kind === 'problem' && result.code === 'unauthenticated') onSignedOut()
    await look().catch(() => undefined)
    setBusy(false)
  }

  return {
    ...known,
    isBusy,
    problem,
    showProblem: setProblem,
    pause: () => void act('pause'),
    resume: () => void act('resume'),
    retry: (id) => void act(`dead/${id}/retry`),
    retryStuck: (id) => void act(`stuck/${id}/retry`),
    discard: (id) => void act(`dead/${id}/discard`),
  }
}
