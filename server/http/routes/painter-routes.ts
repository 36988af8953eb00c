/** The caller's painter with its charges, and tokens for programs. */
import { newcomerCharges, showCharges } from '../../../lib/charges.ts'
import { adminPainterId } from '../../../lib/painter.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { painterOf } from '../../accounts/caller.ts'
import type { Sessions } from '../../accounts/sessions.ts'
import type { Limits } from '../../limits/limits.ts'
import { noCanvas } from '../../refusals.ts'
import type { CanvasCache } from '../../store/canvas-cache.ts'
import type { Store } from '../../store/port.ts'
import type { Callers } from '../callers.ts'
import { type Answer, type ApiRequest, json, withHeaders } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'

export interface PainterRouteDeps {
  readonly store: Pick<Store, 'getCharges'>
  readonly canvases: CanvasCache
  readonly callers: Callers
  readonly sessions: Sessions
  readonly limits: Limits
  /** Charges grow by `chargesNow`. */
  readonly clocks: { readonly now: () => number; readonly chargesNow: () => number }
}

export const painterRoutes = (deps: PainterRouteDeps): Route[] => [
  { method: 'GET', path: '/api/me', handle: (call) => me(deps, call) },
  { method: 'POST', path: '/api/tokens', handle: ({ request }) => makeToken(deps, request) },
]

const me = async ({ callers, canvases, limits, store, clocks }: PainterRouteDeps, { request, query }: Call): Promise<Answer> => {
  const resolved = callers.resolve(request)
  if (!resolved.ok) return problemAnswer(resolved.refusal)
  const canvas = await canvases.get(query.get('canvas') ?? 'main')
  if (!canvas) return problemAnswer(noCanvas)
  const found = await callers.painter(request, resolved.caller)
  if (!found.ok) return problemAnswer(found.refusal)
  const { painter, headers } = found
  const limited = await limits.painter(painter.id)
  if (limited) return problemAnswer(limited)
  const stored = await store.getCharges(painter.id, canvas.id)
  const chargesNowMs = clocks.chargesNow()
  const charges = stored ?? newcomerCharges(canvas, painter.createdAtMs, chargesNowMs)
  const { id, name, role } = painter
  return withHeaders(json(200, { painter: { id, name, role }, charges: showCharges(canvas, charges, chargesNowMs, clocks.now()) }), headers)
}

/** Issues a token to the calling painter, or to a new guest. No cookie is set, because a program needs only the token. */
const makeToken = async ({ callers, limits, sessions }: PainterRouteDeps, request: ApiRequest): Promise<Answer> => {
  const resolved = callers.resolve(request)
  if (!resolved.ok) return problemAnswer(resolved.refusal)
  const { caller } = resolved
  if (caller.kind === 'admin' && caller.painter.id === adminPainterId) return problemAnswer(operatorToken)
  const limited = await limits.newPainter(request.peer.address)
  if (limited) return problemAnswer(limited)
  const painter = painterOf(caller) ?? sessions.newGuest()
  return json(201, { token: sessions.issueToken(painter), painter: { id: painter.id, name: painter.name } })
}

const operatorToken: Refusal = {
  code: 'forbidden',
  detail: 'The operator has no other token. Programs of the operator use the admin token.',
}
