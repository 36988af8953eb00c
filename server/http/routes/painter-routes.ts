/** The caller's painter with its charges, and tokens for programs. */
import { newPainterCharges, showCharges } from '../../../lib/charges.ts'
import { adminPainterId } from '../../../lib/painter.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { painterOf } from '../../accounts/caller.ts'
import { noCanvas } from '../../refusals.ts'
import { type Answer, type ApiRequest, json, withHeaders } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

export const painterRoutes = (parts: RouteParts): Route[] => [
  { method: 'GET', path: '/api/me', handle: (call) => me(parts, call) },
  { method: 'POST', path: '/api/tokens', handle: ({ request }) => makeToken(parts, request) },
]

const me = async ({ store, clock, placing, access }: RouteParts, { request, query }: Call): Promise<Answer> => {
  const { callers, limits } = access
  const resolved = callers.resolve(request)
  if (!resolved.ok) return problemAnswer(resolved.refusal)
  const canvas = await placing.canvases.get(query.get('canvas') ?? 'main')
  if (!canvas) return problemAnswer(noCanvas)
  const found = await callers.painter(request, resolved.caller)
  if (!found.ok) return problemAnswer(found.refusal)
  const { painter, headers } = found
  const limited = await limits.painter(painter.id)
  if (limited) return problemAnswer(limited)
  // A cached canvas may have the rules of a second ago, when the page asks because they have changed.
  const [newest, stored] = await Promise.all([store.getCanvas(canvas.id), store.getCharges(painter.id, canvas.id)])
  const rules = newest ?? canvas
  const chargesNowMs = clock.chargesNow()
  const charges = stored ?? newPainterCharges(rules, painter.createdAtMs, chargesNowMs)
  const { id, name, role } = painter
  return withHeaders(json(200, { painter: { id, name, role }, charges: showCharges(rules, charges, chargesNowMs, clock.now()) }), headers)
}

/** Issues a token to the calling painter, or to a new guest. No cookie is set, because a program needs only the token. */
const makeToken = async ({ access: { callers, limits, sessions } }: RouteParts, request: ApiRequest): Promise<Answer> => {
  const resolved = callers.resolve(request)
  if (!resolved.ok) return problemAnswer(resolved.refusal)
  const { caller } = resolved
  if (caller.kind === 'admin' && caller.painter.id === adminPainterId) return problemAnswer(operatorToken)
  const limited = await limits.newPainter(request.peer.address)
  if (limited) return problemAnswer(limited)
  // Only browsers send an origin. The page requests a token when the browser keeps no cookie.
  const painter = painterOf(caller) ?? sessions.newGuest({ isBot: request.header('origin') === null })
  return json(201, { token: sessions.issueToken(painter), painter: { id: painter.id, name: painter.name } })
}

const operatorToken: Refusal = {
  code: 'forbidden',
  detail: 'The operator has no other token. Programs of the operator use the admin token.',
}
