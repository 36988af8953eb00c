/** Requests the history of one cell, 50 entries at a time. It is public, so it needs no painter. */
import { z } from 'zod'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { type ProblemCode, problemStatus } from '../../../lib/refusal.ts'

const painter = z.object({ id: z.string(), name: z.string() })

const entry = z.object({
  color: z.string(),
  by: painter.nullable(),
  at: z.string(),
  cause: z.string(),
  retracted: z.enum(['undo', 'rollback']).nullish().catch(null),
})

const pixel = z.object({
  color: z.string(),
  by: painter.nullable(),
  at: z.string().nullable(),
  history: z.array(entry),
  more: z.boolean().catch(false),
})

export type PixelEntry = z.output<typeof entry>
/** What stands on a cell, and what was there before, newest first. */
export type PixelFacts = z.output<typeof pixel>

/** `code` is the server's; null if there was no answer of Fresco. */
export type PixelAnswer =
  | { readonly ok: true; readonly facts: PixelFacts }
  | { readonly ok: false; readonly code: ProblemCode | null; readonly retryAfterMs: number | null }

export interface PixelRequest {
  readonly canvasId: string
  readonly cell: BoardPoint
  /** Only entries before this time. */
  readonly before?: string | undefined
  readonly signal: AbortSignal
}

const answerWithinMs = 10_000

const unanswered: PixelAnswer = { ok: false, code: null, retryAfterMs: null }

const problem = z.object({
  code: z.string().refine((code): code is ProblemCode => Object.hasOwn(problemStatus, code)),
  retryAfterMs: z.number().nullish().catch(null),
})

export const readPixel = async ({ canvasId, cell, before, signal }: PixelRequest): Promise<PixelAnswer> => {
  const query = before === undefined ? '' : `?before=${encodeURIComponent(before)}`
  const path = `/api/canvases/${encodeURIComponent(canvasId)}/pixels/${cell.gx}/${cell.gy}${query}`
  try {
    const response = await fetch(path, { signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]) })
    const body: unknown = await response.json()
    if (!response.ok) {
      const { code, retryAfterMs } = problem.parse(body)
      return { ok: false, code, retryAfterMs: retryAfterMs ?? null }
    }
    return { ok: true, facts: pixel.parse(body) }
  } catch {
    return unanswered
  }
}
