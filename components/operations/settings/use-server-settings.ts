/** The settings of the process that answers, loaded once and when asked for. */
import { useCallback, useEffect, useState } from 'react'
import type { Problem } from '../../../lib/words/operations-words.ts'
import { sendRequest } from '../send-request.ts'

export interface ServerSetting {
  readonly name: string
  readonly value: string | null
  readonly source: 'environment' | 'file' | 'default'
}

export interface ServerSettings {
  readonly process: { readonly id: string; readonly roles: readonly string[] }
  readonly settings: readonly ServerSetting[]
}

const patienceMs = 15_000
const silent: Problem = { kind: 'no_answer' }

export const useServerSettings = () => {
  const [found, setFound] = useState<ServerSettings | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const load = useCallback(async () => {
    setProblem(null)
    const result = await sendRequest('/api/admin/settings', { signal: AbortSignal.timeout(patienceMs) }).catch(() => null)
    if (result?.kind === 'problem') return setProblem(result.problem)
    const settings = (await result?.response.json().catch(() => null)) as ServerSettings | null
    if (settings) setFound(settings)
    else setProblem(silent)
  }, [])
  useEffect(() => void load(), [load])
  return { found, problem, load }
}
