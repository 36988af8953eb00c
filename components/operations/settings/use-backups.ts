/** Loads the backups again and again while the card is shown, and asks for one. */

import { useCallback, useState } from 'react'
import type { ShownBackups } from '../../../lib/backups.ts'
import type { Problem } from '../../../lib/words/operations-words.ts'
import { sendRequest } from '../send-request.ts'
import { useRepeatedLoad } from '../use-repeated-load.ts'

export interface BackupsState {
  /** Null until they arrive. */
  readonly backups: ShownBackups | null
  /** Why there are no newer ones, or why a backup was refused. */
  readonly problem: Problem | null
  readonly isSending: boolean
}

const path = '/api/admin/backups'
const loadEveryMs = 3_000
const patienceMs = 15_000

export const useBackups = (onSignedOut: () => void) => {
  const [state, setState] = useState<BackupsState>({ backups: null, problem: null, isSending: false })

  const send = useCallback(
    async (method: 'GET' | 'POST') => {
      const result = await sendRequest(path, { method, signal: AbortSignal.timeout(patienceMs) }).catch(() => null)
      if (result?.kind === 'ok') return { response: result.response, problem: null }
      if (result?.code === 'unauthenticated') onSignedOut()
      return { response: null, problem: result?.problem ?? ({ kind: 'no_answer' } as const) }
    },
    [onSignedOut],
  )

  const load = useCallback(async () => {
    const { response, problem } = await send('GET')
    const backups = (await response?.json().catch(() => null)) as ShownBackups | null | undefined
    setState((before) => ({ ...before, backups: backups ?? before.backups, problem: problem ?? (backups ? null : { kind: 'no_answer' }) }))
  }, [send])

  useRepeatedLoad(load, loadEveryMs)

  const backUp = async () => {
    setState((before) => ({ ...before, isSending: true }))
    const { problem } = await send('POST')
    await load()
    setState((before) => ({ ...before, isSending: false, problem: problem ?? before.problem }))
  }
  return { state, backUp }
}
