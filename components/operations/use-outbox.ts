/** What cannot be published and whether publishing is paused, and the acts of an operator on them. */
import { useCallback, useEffect, useState } from 'react'
import { askServer } from './ask-server.ts'

export interface ShownDeadLetter {
  readonly id: string
  readonly canvas: string
  readonly tile: number
  readonly seq: number
  readonly pixelCount: number
  readonly attempts: number
  readonly error: string | null
  readonly diedAt: string
}

export interface ShownStuckCommit {
  readonly id: string
  readonly canvas: string
  readonly tile: number
  readonly seq: number
  readonly at: string
  readonly cause: string
  readonly attempts: number
  readonly error: string | null
}

interface Known {
  readonly paused: boolean
  readonly stuck: readonly ShownStuckCommit[]
  readonly dead: readonly ShownDeadLetter[]
}

export interface OutboxActs extends Known {
  /** An act is on its way. */
  readonly isBusy: boolean
  readonly problem: string | null
  /** Shows why something did not work, for a while. */
  readonly tell: (problem: string) => void
  readonly pause: () => void
  readonly resume: () => void
  readonly retry: (id: string) => void
  readonly retryStuck: (id: string) => void
  readonly discard: (id: string) => void
}

const lookEveryMs = 5_000
/** What did not work is said for so long. */
const problemMs = 10_000
const base = '/api/admin/outbox'

/** The counts are what the overview says: when one changes, the lists are read again at once. */
export const useOutbox = ({ dead: deadCount, stuck: stuckCount }: { dead: number; stuck: number }, onSignedOut: () => void): OutboxActs => {
  const [known, setKnown] = useState<Known>({ paused: false, stuck: [], dead: [] })
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  const look = useCallback(async () => {
    const asked = await askServer(`${base}/dead`)
    if (asked.kind === 'ok') setKnown((await asked.response.json()) as Known)
  }, [])

  useEffect(() => {
    void [deadCount, stuckCount]
    // A server that does not answer is told by the sentence above; the next turn asks again.
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
    const asked = await askServer(`${base}/${path}`, { method: 'POST' })
    // Not found: another operator has done it, or the publisher has.
    if (asked.kind === 'problem' && asked.code !== 'not_found') setProblem(asked.problem)
    if (asked.kind === 'problem' && asked.code === 'unauthenticated') onSignedOut()
    await look().catch(() => undefined)
    setBusy(false)
  }

  return {
    ...known,
    isBusy,
    problem,
    tell: setProblem,
    pause: () => void act('pause'),
    resume: () => void act('resume'),
    retry: (id) => void act(`dead/${id}/retry`),
    retryStuck: (id) => void act(`stuck/${id}/retry`),
    discard: (id) => void act(`dead/${id}/discard`),
  }
}
