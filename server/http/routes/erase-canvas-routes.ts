/** Deletes a board, and starts one over. Both need the revision and, in the body, the id of the board once more. */
import { z } from 'zod'
import { asCanvasId } from '../../../lib/brand.ts'
import { type Canvas, canvasIdPattern } from '../../../lib/canvas.ts'
import { type Erasing, isGone, planErasing } from '../../../lib/erasing.ts'
import { invalid, type Refusal } from '../../../lib/refusal.ts'
import { newEpoch } from '../../new-epoch.ts'
import { type Parsed, parse } from '../../parse.ts'
import { noCanvas } from '../../refusals.ts'
import { forAdmins, type Operator } from '../callers.ts'
import { type Answer, json } from '../exchange.ts'
import { readRev } from '../if-match.ts'
import { problemAnswer } from '../problem.ts'
import { readJson } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import { adminCanvasAnswer } from './admin-canvas-answer.ts'
import { staleAnswer } from './admin-canvas-routes.ts'
import type { RouteParts } from './route-parts.ts'

const confirmSchema = z.strictObject({ confirm: z.string('must be the id of the board') }, 'must be a JSON object with confirm only')

export const eraseCanvasRoutes = (parts: RouteParts): Route[] => {
  const act = (name: string, action: string, erasing: Erasing) =>
    forAdmins(parts.access.callers, async (call, admin) => {
      const answer = await erase(parts, call, { erasing, admin, action })
      parts.operations.logger.info({ event: 'admin_action', action: name, by: admin.painter.id, status: answer.status, id: call.params.id })
      return answer
    })
  return [
    { method: 'DELETE', path: '/api/admin/canvases/:id', handle: act('canvas.delete', 'canvas.delete', 'delete') },
    { method: 'POST', path: '/api/admin/canvases/:id/start-over', handle: act('canvas.start-over', 'canvas.start_over', 'start_over') },
  ]
}

interface Wanted {
  readonly erasing: Erasing
  readonly admin: Operator
  readonly action: string
}

const erase = async (parts: RouteParts, { request, params }: Call, wanted: Wanted): Promise<Answer> => {
  const { store, operations } = parts
  const { erasing, admin, action } = wanted
  const id = params.id ?? ''
  const canvas = canvasIdPattern.test(id) ? await store.getCanvas(asCanvasId(id)) : null
  if (isGone(canvas)) return problemAnswer(noCanvas)
  const rev = readRev(request)
  if (!rev.ok) return problemAnswer(rev.refusal)
  const confirmed = await readConfirmation(request, canvas)
  if (!confirmed.ok) return problemAnswer(confirmed.refusal)
  if (erasing === 'start_over' && canvas.archivedAtMs != null) return problemAnswer(archived(canvas))
  const draft = { action, target: canvas.id, details: { title: canvas.title } }
  return operations.acts.run(admin, draft, () => begin(parts, canvas, { erasing, rev: rev.value }))
}

const begin = async (parts: RouteParts, canvas: Canvas, { erasing, rev }: { erasing: Erasing; rev: number }): Promise<Answer> => {
  const { store, placing, operations, clock } = parts
  const change = planErasing(erasing, newEpoch())
  const outcome = await store.updateCanvas({ id: canvas.id, change, rev, groupId: operations.newGroupId(), nowMs: clock.now() })
  if (outcome.kind === 'not_found') return problemAnswer(noCanvas)
  if (outcome.kind === 'stale') return staleAnswer(outcome.canvas, rev)
  placing.canvases.forget(canvas.id)
  operations.wakePublisher()
  const begun = outcome.canvas
  // The board is erased. Whatever fails from here on is repeated by a publisher's process.
  await operations.boardErased(begun.id).catch((error: unknown) => {
    operations.logger.warn({ event: 'board_not_erased', canvas: begun.id, err: error })
  })
  placing.canvases.forget(canvas.id)
  if (erasing === 'delete') return json(202, { deleting: true })
  return adminCanvasAnswer(parts, 200, (await store.getCanvas(begun.id).catch(() => null)) ?? begun)
}

const readConfirmation = async (request: Call['request'], { id }: Canvas): Promise<Parsed<true>> => {
  const read = await readJson(request)
  const parsed = read.ok ? parse(confirmSchema, read.value) : read
  if (!parsed.ok) return parsed
  if (parsed.value.confirm === id) return { ok: true, value: true }
  return { ok: false, refusal: invalid([{ path: 'confirm', message: `must be the id of the board, "${id}"` }]) }
}

const archived = ({ id }: Canvas): Refusal => ({
  code: 'canvas_closed',
  detail: `The canvas "${id}" is an archive, which cannot be started over. It can be deleted.`,
})
