/** Undoing one placement, or those of a stroke. */
import { z } from 'zod'
import type { Painter } from '../../../lib/painter.ts'
import { maxUndos } from '../../../lib/plan-undo.ts'
import { problemOf, type Refusal } from '../../../lib/refusal.ts'
import { painterOf } from '../../accounts/caller.ts'
import { parse } from '../../parse.ts'
import { noPlacement, type ShownUndoOutcome } from '../../placement/undo-use-case.ts'
import { type Answer, type ApiRequest, json, withHeaders } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import { readJson } from '../read-body.ts'
import type { Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

const strokeSchema = z.object(
  {
    ids: z
      .array(z.string('must be the id of a placement'), 'must be a list of ids')
      .min(1, 'must not be empty')
      .max(maxUndos, `must be at most ${maxUndos} ids`),
  },
  'must be a JSON object',
)

const noPainter: Refusal = { code: 'unauthenticated', detail: 'Only the painter of a placement can undo it. Send its session or token.' }

export const undoRoutes = ({ access: { callers }, placing }: RouteParts): Route[] => {
  /** An anonymous caller has placed nothing, so no guest is made. */
  const asPainter = async (request: ApiRequest, run: (painter: Painter) => Promise<Answer>): Promise<Answer> => {
    const resolved = callers.resolve(request)
    if (!resolved.ok) return problemAnswer(resolved.refusal)
    if (painterOf(resolved.caller) === null) return problemAnswer(noPainter)
    const found = await callers.painter(request, resolved.caller)
    if (!found.ok) return problemAnswer(found.refusal)
    return withHeaders(await run(found.painter), found.headers)
  }

  const undoStroke = async (request: ApiRequest): Promise<Answer> => {
    const read = await readJson(request)
    if (!read.ok) return problemAnswer(read.refusal)
    const body = parse(strokeSchema, read.value)
    if (!body.ok) return problemAnswer(body.refusal)
    return asPainter(request, async (painter) => {
      const undone = await placing.undo({ painter, ids: body.value.ids })
      return undone.kind === 'refused' ? problemAnswer(undone.refusal) : json(200, { results: undone.results.map(showResult) })
    })
  }

  const undoOne = (request: ApiRequest, id: string): Promise<Answer> =>
    asPainter(request, async (painter) => {
      const undone = await placing.undo({ painter, ids: [id] })
      const [result = { kind: 'refused', refusal: noPlacement } as const] = undone.kind === 'done' ? undone.results : [undone]
      return result.kind === 'undone' ? json(200, result.undo) : problemAnswer(result.refusal)
    })

  return [
    { method: 'POST', path: '/api/placements/undo', handle: ({ request }) => undoStroke(request) },
    { method: 'POST', path: '/api/placements/:id/undo', handle: ({ request, params }) => undoOne(request, params.id ?? '') },
  ]
}

const showResult = (result: ShownUndoOutcome) => (result.kind === 'undone' ? result.undo : problemOf(result.refusal))
