/** Lists dead letters and stuck commits, retries or discards them, and pauses publishing. Each action is logged with the operator's id. */
import { asCommitId } from '../../../lib/brand.ts'
import type { DeadLetter, StuckCommit } from '../../../lib/dead-letter.ts'
import { pointOf } from '../../../lib/geometry.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { forAdmins } from '../callers.ts'
import { type Answer, json } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

/** The most in one answer, the oldest first. */
const maxListed = 100
/** The most pixels listed for each, so that the answer stays small; `pixelCount` has the total. */
const maxPixelsShown = 64

const notStuck: Refusal = { code: 'not_found', detail: 'There is no unpublished commit with this id.' }
const noDeadLetter: Refusal = { code: 'not_found', detail: 'There is no dead letter with this id.' }
const noRetry: Refusal = {
  code: 'not_found',
  detail: 'There is no dead letter with this id, or only a newer version of Fresco can retry it.',
}

export const outboxRoutes = (parts: RouteParts): Route[] => {
  const { store, clock, access, operations } = parts
  const { callers } = access
  const { publishing, newGroupId, wakePublisher, logger, acts } = operations
  const acting = (name: string, action: string, act: (call: Call) => Promise<Answer>) =>
    forAdmins(callers, async (call, admin) => {
      const { id } = call.params
      const answer = await acts.run(admin, { action, target: id ?? null }, () => act(call))
      logger.info({ event: 'admin_action', action: name, by: admin.painter.id, status: answer.status, ...(id !== undefined && { id }) })
      return answer
    })

  const pausing = (paused: boolean) => async () => {
    await publishing.set(paused)
    return json(200, { paused })
  }

  return [
    { method: 'GET', path: '/api/admin/outbox/dead', handle: forAdmins(callers, () => list(parts)) },
    {
      method: 'POST',
      path: '/api/admin/outbox/dead/:id/retry',
      handle: acting('dead-letter.retry', 'dead_letter.retry', async ({ params }) => {
        const outcome = await store.retryDeadLetter({ id: asCommitId(params.id ?? ''), groupId: newGroupId(), nowMs: clock.now() })
        if (!outcome) return problemAnswer(noRetry)
        wakePublisher()
        return json(200, outcome)
      }),
    },
    {
      method: 'POST',
      path: '/api/admin/outbox/dead/:id/discard',
      handle: acting('dead-letter.discard', 'dead_letter.discard', async ({ params }) => {
        const isDone = await store.discardDeadLetter(asCommitId(params.id ?? ''))
        return isDone ? json(200, { discarded: true }) : problemAnswer(noDeadLetter)
      }),
    },
    {
      method: 'POST',
      path: '/api/admin/outbox/stuck/:id/retry',
      handle: acting('stuck.retry', 'stuck.retry', async ({ params }) => {
        const isReset = await store.resetAttempts(asCommitId(params.id ?? ''))
        if (!isReset) return problemAnswer(notStuck)
        wakePublisher()
        return json(200, { retried: true })
      }),
    },
    { method: 'POST', path: '/api/admin/outbox/pause', handle: acting('publishing.pause', 'publishing.pause', pausing(true)) },
    { method: 'POST', path: '/api/admin/outbox/resume', handle: acting('publishing.resume', 'publishing.resume', pausing(false)) },
  ]
}

const list = async ({ store, placing: { canvases }, operations: { publishing } }: RouteParts): Promise<Answer> => {
  await publishing.refresh()
  const found = await store.listDeadLetters({ limit: maxListed })
  const dead = await Promise.all(found.map(async (one) => show(one, (await canvases.get(one.canvas))?.tileSize ?? null)))
  const stuck = (await store.listStuck({ limit: maxListed })).map(showStuck)
  return json(200, { paused: publishing.isPaused, stuck, dead })
}

const showStuck = ({ id, canvas, tile, seq, atMs, cause, attempts, error }: StuckCommit) => {
  const at = new Date(atMs).toISOString()
  return { id, canvas, tile, seq, at, cause, attempts, error }
}

const show = ({ pixels, content, diedAtMs, ...commit }: DeadLetter, tileSize: number | null) => ({
  ...showStuck(commit),
  kind: content?.kind ?? 'pixels',
  pixelCount: pixels.length,
  pixels:
    tileSize === null
      ? []
      : pixels.slice(0, maxPixelsShown).map(({ position, color, by }) => ({ ...pointOf(tileSize, commit.tile, position), color, by })),
  diedAt: new Date(diedAtMs).toISOString(),
})
