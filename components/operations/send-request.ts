import { type FieldError, type ProblemCode, problemStatus } from '../../lib/refusal.ts'
import type { Problem } from '../../lib/words/operations-words.ts'

/** `code` is null if something in front of Fresco answered, and `status` if there was no answer. */
export type RequestResult =
  | { kind: 'ok'; response: Response }
  | { kind: 'problem'; code: ProblemCode | null; status: number | null; problem: Problem }

const noAnswer: RequestResult = { kind: 'problem', code: null, status: null, problem: { kind: 'no_answer' } }

/** One request of the operations page. Never rejects, except with an `AbortError`. */
export const sendRequest = async (path: string, init: RequestInit = {}): Promise<RequestResult> => {
  try {
    const response = await fetch(path, { cache: 'no-store', ...init })
    return response.ok ? { kind: 'ok', response } : await problemOf(response)
  } catch (error) {
    if (init.signal?.aborted) throw error
    return noAnswer
  }
}

/** Requests that end in time, and note that the session is over. */
export const signedInRequests =
  (send: typeof sendRequest, onSignedOut: () => void) =>
  async (path: string, init: RequestInit = {}, timeoutMs = 15_000): Promise<RequestResult> => {
    const result = await send(path, { ...init, signal: AbortSignal.timeout(timeoutMs) }).catch(() => noAnswer)
    if (result.kind === 'problem' && (result.code === 'unauthenticated' || result.code === 'forbidden')) onSignedOut()
    return result
  }

export const bodyOf = async <Body>(response: Response) => (await response.json().catch(() => null)) as Body | null

const problemOf = async (response: Response): Promise<RequestResult> => {
  const { status } = response
  const body = ((await response.json().catch(() => null)) ?? {}) as { code?: unknown; detail?: unknown; errors?: readonly FieldError[] }
  const code = isCode(body.code) ? body.code : null
  if (code === null) return { kind: 'problem', code, status, problem: { kind: 'foreign', status } }
  const seconds = Number(response.headers.get('Retry-After') ?? 0)
  const detail = typeof body.detail === 'string' ? body.detail : code
  const fields = (body.errors ?? []).map(({ path }) => path)
  return { kind: 'problem', code, status, problem: { kind: 'refused', code, detail, seconds, fields } }
}

const isCode = (code: unknown): code is ProblemCode => typeof code === 'string' && Object.hasOwn(problemStatus, code)
