/** Announces something to everybody on a board, and takes the announcement off. Both are changes of the canvas, in its control log. */
import { z } from 'zod'
import type { Announcement } from '../../../lib/announcement.ts'
import { asCanvasId, type CanvasId } from '../../../lib/brand.ts'
import { type CanvasChange, canvasIdPattern } from '../../../lib/canvas.ts'
import { isGone } from '../../../lib/erasing.ts'
import { firstCommitId } from '../../../lib/plan-group.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { parse } from '../../parse.ts'
import { noCanvas } from '../../refusals.ts'
import { storeTime } from '../../store/store-time.ts'
import { forAdmins, type Operator } from '../callers.ts'
import type { Answer } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import { readJson } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import { adminCanvasAnswer } from './admin-canvas-answer.ts'
import { announcementFields } from './field-schemas.ts'
import type { RouteParts } from './route-parts.ts'

const announcementSchema = z.strictObject(announcementFields, 'must be a JSON object with text, level and lastsMs only')

export const announcementRoutes = (parts: RouteParts): Route[] => {
  const act = (action: string, handle: (parts: RouteParts, call: Call, admin: Operator) => Promise<Answer>) =>
    forAdmins(parts.access.callers, async (call, admin) => {
      const answer = await handle(parts, call, admin)
      parts.operations.logger.info({ event: 'admin_action', action, by: admin.painter.id, status: answer.status, id: call.params.id })
      return answer
    })
  const path = '/api/admin/canvases/:id/announcement'
  return [
    { method: 'POST', path, handle: act('canvas.announce', announce) },
    { method: 'DELETE', path, handle: act('canvas.announcement.remove', remove) },
  ]
}

const announce = async (parts: RouteParts, { request, params }: Call, admin: Operator): Promise<Answer> => {
  const read = await readJson(request)
  const parsed = read.ok ? parse(announcementSchema, read.value) : read
  if (!parsed.ok) return problemAnswer(parsed.refusal)
  const { text, level, lastsMs } = parsed.value
  const atMs = await storeTime(parts.store, parts.clock)
  const draft = { action: 'canvas.announce', target: params.id ?? null, details: { text, level, ...(lastsMs !== null && { lastsMs }) } }
  return parts.operations.acts.run(admin, draft, () =>
    saveAnnouncement(parts, params.id, {
      status: 201,
      announcement: (id) => ({ id, text, level, atMs, untilMs: lastsMs === null ? null : atMs + lastsMs }),
    }),
  )
}

const remove = (parts: RouteParts, { params }: Call, admin: Operator): Promise<Answer> =>
  parts.operations.acts.run(admin, { action: 'canvas.remove_announcement', target: params.id ?? null }, () =>
    saveAnnouncement(parts, params.id, { status: 200, announcement: () => null }),
  )

interface Wanted {
  readonly status: 200 | 201
  readonly announcement: (id: string) => Announcement | null
}

const archived: Refusal = { code: 'canvas_closed', detail: 'The board is an archive. Nothing can be announced on it any more.' }

/** Nobody else's change can be lost by an announcement. So after a race with one it is saved beside it, and needs no `If-Match`. */
const saveAnnouncement = async (parts: RouteParts, name = '', wanted: Wanted): Promise<Answer> => {
  const { store, placing, operations, clock } = parts
  const id: CanvasId | null = canvasIdPattern.test(name) ? asCanvasId(name) : null
  let canvas = id && (await store.getCanvas(id))
  for (;;) {
    if (isGone(canvas)) return problemAnswer(noCanvas)
    if (typeof canvas.archivedAtMs === 'number') return problemAnswer(archived)
    const groupId = operations.newGroupId()
    const change: CanvasChange = { announcement: wanted.announcement(firstCommitId(groupId)) }
    if (!change.announcement && !canvas.announcement) return adminCanvasAnswer(parts, wanted.status, canvas)
    const outcome = await store.updateCanvas({ id: canvas.id, change, rev: canvas.rev, groupId, nowMs: clock.now() })
    if (outcome.kind === 'updated') {
      placing.canvases.forget(canvas.id)
      operations.wakePublisher()
      return adminCanvasAnswer(parts, wanted.status, outcome.canvas)
    }
    canvas = outcome.kind === 'stale' ? outcome.canvas : null
  }
}
