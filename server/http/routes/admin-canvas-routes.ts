/** Lists the canvases for an admin, and changes a canvas while people paint. A change reaches clients through the canvas's control log. */
import { changesOf } from '../../../lib/act.ts'
import { asCanvasId } from '../../../lib/brand.ts'
import { type Canvas, type CanvasChange, canvasIdPattern } from '../../../lib/canvas.ts'
import { planCanvasChange, type WantedChange } from '../../../lib/plan-canvas-change.ts'
import { parse } from '../../parse.ts'
import { noCanvas } from '../../refusals.ts'
import { storeTime } from '../../store/store-time.ts'
import { forAdmins, type Operator } from '../callers.ts'
import { type Answer, json } from '../exchange.ts'
import { readRev } from '../if-match.ts'
import { problemAnswer } from '../problem.ts'
import { maxSettingsKiB, readJson } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import { adminCanvasAnswer, showForAdmins } from './admin-canvas-answer.ts'
import { settingsSchema } from './canvas-settings-schema.ts'
import type { RouteParts } from './route-parts.ts'

export const adminCanvasRoutes = (parts: RouteParts): Route[] => [
  {
    method: 'GET',
    path: '/api/admin/canvases',
    // Not from the cache: after `stale_rev` an admin needs the newest revision.
    handle: forAdmins(parts.access.callers, async () => {
      const canvases = await parts.store.listCanvases()
      return json(200, { canvases: await showForAdmins(parts, canvases) })
    }),
  },
  {
    method: 'PATCH',
    path: '/api/admin/canvases/:id',
    handle: forAdmins(parts.access.callers, async (call, admin) => {
      const answer = await update(parts, call, admin)
      parts.operations.logger.info({
        event: 'admin_action',
        action: 'canvas.set',
        by: admin.painter.id,
        status: answer.status,
        id: call.params.id,
      })
      return answer
    }),
  },
]

const update = async (parts: RouteParts, { request, params }: Call, admin: Operator): Promise<Answer> => {
  const id = params.id ?? ''
  const canvas = canvasIdPattern.test(id) ? await parts.store.getCanvas(asCanvasId(id)) : null
  if (!canvas) return problemAnswer(noCanvas)
  const match = readRev(request)
  if (!match.ok) return problemAnswer(match.refusal)
  const read = await readJson(request, maxSettingsKiB)
  const parsed = read.ok ? parse(settingsSchema, read.value) : read
  if (!parsed.ok) return problemAnswer(parsed.refusal)
  const rev = match.value
  if (canvas.rev !== rev) return staleAnswer(canvas, rev)
  // The keys that are absent have no value, so the cast only drops `undefined`.
  const planned = planCanvasChange(canvas, parsed.value as WantedChange, await storeTime(parts.store, parts.clock))
  if (!planned.ok) return problemAnswer(planned.refusal)
  const { change } = planned
  const action = Object.keys(change).every((name) => name === 'schedule') ? 'canvas.schedule' : 'canvas.change'
  const draft = { action, target: canvas.id, details: changesOf(canvas, change) }
  return parts.operations.acts.run(admin, draft, () => save(parts, canvas, change))
}

/** The store refuses the change if the canvas has changed since it was read. */
const save = async (parts: RouteParts, { id, rev }: Canvas, change: CanvasChange): Promise<Answer> => {
  const { store, placing, operations, clock } = parts
  const outcome = await store.updateCanvas({ id, change, rev, groupId: operations.newGroupId(), nowMs: clock.now() })
  switch (outcome.kind) {
    case 'not_found':
      return problemAnswer(noCanvas)
    case 'stale':
      return staleAnswer(outcome.canvas, rev)
    case 'updated':
      placing.canvases.forget(id)
      operations.wakePublisher()
      return adminCanvasAnswer(parts, 200, outcome.canvas)
  }
}

export const staleAnswer = (canvas: Canvas, rev: number) =>
  problemAnswer({ code: 'stale_rev', detail: `The canvas has rev ${canvas.rev}, not ${rev}. Nothing was changed.` })
