/** Loads the last report of the checks, and makes a new one when the host wants it. */
import { useCallback, useEffect, useState } from 'react'
import type { ChecksReport } from '../../../lib/checks.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import { sendRequest } from '../send-request.ts'

export interface ChecksState {
  readonly kind: 'loading' | 'checking' | 'shown'
  /** Null until the process that answers has made one. */
  readonly report: ChecksReport | null
  /** Why there is no newer report. */
  readonly problem: Problem | null
}

const path = '/api/admin/checks'
/** The server gives up after six seconds. */
const patienceMs = 15_000

export const useChecks = (onSignedOut: () => void) => {
  const [state, setState] = useState<ChecksState>({ kind: 'loading', report: null, problem: null })

  const load = useCallback(
    async (query: string, signal?: AbortSignal) => {
      const late = AbortSignal.timeout(patienceMs)
      const failed = (problem: Problem) => setState(({ report }) => ({ kind: 'shown', report, problem }))
      try {
        const result = await sendRequest(path + query, { signal: signal ? AbortSignal.any([signal, late]) : late })
        if (result.kind === 'problem') {
          if (result.code === 'unauthenticated') onSignedOut()
          return failed(result.problem)
        }
        const { report } = (await result.response.json()) as { report: ChecksReport | null }
        setState({ kind: 'shown', report, problem: null })
      } catch {
        if (!signal?.aborted) failed({ kind: 'no_answer' })
      }
    },
    [onSignedOut],
  )

  useEffect(() => {
    const controller = new AbortController()
    void load('?last=true', controller.signal)
    return () => controller.abort()
  }, [load])

  const check = () => {
    setState(({ report }) => ({ kind: 'checking', report, problem: null }))
    void load('')
  }
  return { state, check }
}
