/** Lists the canvases for an admin, and changes a canvas while people paint. A change reaches clients through the canvas's control log. */
import { z } from 'zod'
import { asCanvasId } from '../../../lib/brand.ts'
import { type Canvas, type CanvasChange, canvasIdPattern, canvasLimits, canvasStates, isCanvasTitle } from '../../../lib/canvas.ts'
import { showAdminCanvas } from '../../../lib/show-canvas.ts'
import { invalid, type Parsed, parse } from '../../parse.ts'
import { noCanvas } from '../../refusals.ts'
import { forAdmins } from '../callers.ts'
import { type Answer, json } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import { readJson } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

const { maxTitle, maxCooldownMs, maxCharges } = canvasLimits
const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z.int(message).min(min, message).max(max, message).optional()
}
const titleRule = `must be 1 to ${maxTitle} characters, not blank and without control characters`

const changeSchema = z.strictObject(
  {
    title: z.string(titleRule).trim().refine(isCanvasTitle, titleRule).optional(),
    cooldownMs: whole(0, maxCooldownMs),
    maxCharges: whole(1, maxCharges),
    startCharges: whole(0, maxCharges),
    state: z.enum(canvasStates, `must be ${canvasStates.join(', ')}`).optional(),
  },
  'must be a JSON object with title, cooldownMs, maxCharges, startCharges or state only',
)

/** A revision, with or without the quotation marks of an entity tag. */
const revPattern = /^(?:(\d{1,15})|"(\d{1,15})")$/

export const adminCanvasRoutes = (parts: RouteParts): Route[] => [
  {
    method: 'GET',
    path: '/api/admin/canvases',
    // Not from the cache: after `stale_rev` an admin needs the newest revision.
    handle: forAdmins(parts.access.callers, async () => {
      const canvases = await parts.store.listCanvases()
      return json(200, { canvases: canvases.map((canvas) => showAdminCanvas(canvas, parts.operations.online(canvas.id))) })
    }),
  },
  {
    method: 'PATCH',
    path: '/api/admin/canvases/:id',
    handle: forAdmins(parts.access.callers, async (call, admin) => {
      const answer = await update(parts, call)
      parts.operations.logger.info({ event: 'admin_action', action: 'canvas.set', by: admin.id, status: answer.status, id: call.params.id })
      return answer
    }),
  },
]

const update = async ({ store, placing, operations, clock }: RouteParts, { request, params }: Call): Promise<Answer> => {
  const id = params.id ?? ''
  const canvas = canvasIdPattern.test(id) ? await store.getCanvas(asCanvasId(id)) : null
  if (!canvas) return problemAnswer(noCanvas)
  const match = revPattern.exec(request.header('if-match') ?? '')
  if (!match) return problemAnswer(invalid([{ path: 'If-Match', message: 'must be the rev of the canvas that you have' }]))
  const read = await readJson(request)
  const parsed: Parsed<CanvasChange> = read.ok ? readChange(canvas, read.value) : read
  if (!parsed.ok) return problemAnswer(parsed.refusal)
  const rev = Number(match[1] ?? match[2])
  const outcome = await store.updateCanvas({
    id: canvas.id,
    change: parsed.value,
    rev,
    groupId: operations.newGroupId(),
    nowMs: clock.now(),
  })
  switch (outcome.kind) {
    case 'not_found':
      return problemAnswer(noCanvas)
    case 'stale':
      return problemAnswer({ code: 'stale_rev', detail: `The canvas has rev ${outcome.canvas.rev}, not ${rev}. Nothing was changed.` })
    case 'updated':
      placing.canvases.forget(canvas.id)
      operations.wakePublisher()
      return json(200, showAdminCanvas(outcome.canvas, operations.online(canvas.id)))
  }
}

const readChange = (canvas: Canvas, body: unknown): Parsed<CanvasChange> => {
  const parsed = parse(changeSchema, body)
  if (!parsed.ok) return parsed
  if (Object.keys(parsed.value).length === 0) return { ok: false, refusal: invalid([{ path: '', message: 'must change something' }]) }
  // The keys that are absent have no value, so the cast only drops `undefined`.
  const change = parsed.value as CanvasChange
  const { startCharges, maxCharges: most } = { ...canvas, ...change }
  if (startCharges <= most) return { ok: true, value: change }
  return { ok: false, refusal: invalid([{ path: 'startCharges', message: `must not be more than maxCharges, which is ${most}` }]) }
}
