/**
 * The operator's control of publishing: lists dead letters and stuck commits, retries or discards them, pauses and resumes. Each action
 * is logged with the operator's id.
 */
import { asCommitId } from '../../../lib/brand.ts'
import type { DeadLetter, StuckCommit } from '../../../lib/dead-letter.ts'
import { pointOf } from '../../../lib/geometry.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import type { Logger } from '../../observability/log.ts'
import type { PublishingSwitch } from '../../publishing/publishing-switch.ts'
import type { CanvasCache } from '../../store/canvas-cache.ts'
import type { Store } from '../../store/port.ts'
import type { Callers } from '../callers.ts'
import { type Answer, json } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'

export interface OutboxRouteDeps {
  readonly store: Pick<Store, 'listDeadLetters' | 'retryDeadLetter' | 'discardDeadLetter' | 'listStuck' | 'resetAttempts'>
  readonly canvases: CanvasCache
  readonly callers: Callers
  readonly publishing: Pick<PublishingSwitch, 'isPaused' | 'refresh' | 'set'>
  readonly newGroupId: () => string
  /** A retried commit waits in the outbox. */
  readonly wakePublisher: () => void
  readonly logger: Logger
  readonly now: () => number
}

/** The most in one answer, the oldest first. */
const maxListed = 100
/** The most pixels listed for each, so that the answer stays small; `pixelCount` has the total. */
const maxPixelsShown = 64

const notStuck: Refusal = { code: 'not_found', detail: 'There is no unpublished commit with this id.' }
const noLetter: Refusal = { code: 'not_found', detail: 'There is no dead letter with this id.' }

export const outboxRoutes = (deps: OutboxRouteDeps): Route[] => {
  const { callers, logger } = deps
  const acting =
    (action: string, act: (call: Call) => Promise<Answer>) =>
    async (call: Call): Promise<Answer> => {
      const admin = await callers.admin(call.request)
      if (!admin.ok) return problemAnswer(admin.refusal)
      const answer = await act(call)
      const { id } = call.params
      logger.info({ event: 'admin_action', action, by: admin.painter.id, status: answer.status, ...(id === undefined ? {} : { id }) })
      return answer
    }

  const pausing = (paused: boolean) => async () => {
    await deps.publishing.set(paused)
    return json(200, { paused })
  }

  return [
    { method: 'GET', path: '/api/admin/outbox/dead', fast: true, handle: (call) => list(deps, call) },
    {
      method: 'POST',
      path: '/api/admin/outbox/dead/:id/retry',
      fast: true,
      handle: acting('dead-letter.retry', async ({ params }) => {
        const { store, newGroupId, now, wakePublisher } = deps
        const outcome = await store.retryDeadLetter({ id: asCommitId(params.id ?? ''), groupId: newGroupId(), nowMs: now() })
        if (!outcome) return problemAnswer(noLetter)
        wakePublisher()
        return json(200, outcome)
      }),
    },
    {
      method: 'POST',
      path: '/api/admin/outbox/dead/:id/discard',
      fast: true,
      handle: acting('dead-letter.discard', async ({ params }) => {
        const isDone = await deps.store.discardDeadLetter(asCommitId(params.id ?? ''))
        return isDone ? json(200, { discarded: true }) : problemAnswer(noLetter)
      }),
    },
    {
      method: 'POST',
      path: '/api/admin/outbox/stuck/:id/retry',
      fast: true,
      handle: acting('stuck.retry', async ({ params }) => {
        const isReset = await deps.store.resetAttempts(asCommitId(params.id ?? ''))
        if (!isReset) return problemAnswer(notStuck)
        deps.wakePublisher()
        return json(200, { retried: true })
      }),
    },
    { method: 'POST', path: '/api/admin/outbox/pause', fast: true, handle: acting('publishing.pause', pausing(true)) },
    { method: 'POST', path: '/api/admin/outbox/resume', fast: true, handle: acting('publishing.resume', pausing(false)) },
  ]
}

const list = async ({ store, canvases, callers, publishing }: OutboxRouteDeps, { request }: Call): Promise<Answer> => {
  const admin = await callers.admin(request)
  if (!admin.ok) return problemAnswer(admin.refusal)
  await publishing.refresh()
  const letters = await store.listDeadLetters({ limit: maxListed })
  const dead = await Promise.all(letters.map(async (letter) => show(letter, (await canvases.get(letter.canvas))?.tileSize ?? null)))
  const stuck = (await store.listStuck({ limit: maxListed })).map(showStuck)
  return json(200, { paused: publishing.isPaused, stuck, dead })
}

const showStuck = ({ id, canvas, tile, seq, atMs, cause, attempts, error }: StuckCommit) => ({
  id,
  canvas,
  tile,
  seq,
  at: new Date(atMs).toISOString(),
  cause,
  attempts,
  error,
})

const show = ({ id, canvas, tile, seq, atMs, cause, pixels, attempts, error, diedAtMs }: DeadLetter, tileSize: number | null) => ({
  id,
  canvas,
  tile,
  seq,
  at: new Date(atMs).toISOString(),
  cause,
  pixelCount: pixels.length,
  pixels:
    tileSize === null
      ? []
      : pixels.slice(0, maxPixelsShown).map(({ position, color, by }) => ({ ...pointOf(tileSize, tile, position), color, by })),
  attempts,
  error,
  diedAt: new Date(diedAtMs).toISOString(),
})
