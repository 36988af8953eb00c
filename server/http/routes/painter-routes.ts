/** Who I am, tokens for programs, and becoming an admin. */
import { newcomerCharges, showCharges } from '../../../lib/charges.ts'
import { adminPainterId } from '../../../lib/painter.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import type { Store } from '../../store/port.ts'
import type { Callers } from '../callers.ts'
import type { CanvasCache } from '../canvas-cache.ts'
import { type Answer, type ApiRequest, json, noContent, withCookie } from '../exchange.ts'
import type { Limits } from '../limits.ts'
import { noCanvas, problemAnswer } from '../problem.ts'
import { readJson } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import { adminSessionSchema, parse } from '../schemas.ts'
import { adminPainter, type Sessions } from '../sessions.ts'
import type { SignInLink } from '../sign-in-link.ts'

export interface PainterRouteDeps {
  readonly store: Pick<Store, 'getCharges'>
  readonly canvases: CanvasCache
  readonly callers: Callers
  readonly sessions: Sessions
  readonly limits: Limits
  readonly signInLink: Pick<SignInLink, 'redeem'>
  readonly now: () => number
}

export const painterRoutes = (deps: PainterRouteDeps): Route[] => [
  { method: 'GET', path: '/api/me', fast: true, handle: (call) => me(deps, call) },
  { method: 'POST', path: '/api/tokens', fast: true, handle: ({ request }) => makeToken(deps, request) },
  { method: 'POST', path: '/api/admin/session', fast: false, handle: ({ request }) => beAdmin(deps, request) },
  { method: 'DELETE', path: '/api/admin/session', fast: false, handle: ({ request }) => endAdmin(deps, request) },
]

const me = async ({ callers, canvases, limits, store, now }: PainterRouteDeps, { request, query }: Call): Promise<Answer> => {
  const identified = callers.identify(request)
  if (!identified.ok) return problemAnswer(identified.refusal)
  const canvas = await canvases.get(query.get('canvas') ?? 'main')
  if (!canvas) return problemAnswer(noCanvas)
  const found = await callers.painter(request, identified.identity)
  if (!found.ok) return problemAnswer(found.refusal)
  const { painter, setCookie } = found
  const limited = await limits.painter(painter.id)
  if (limited) return problemAnswer(limited)
  const charges = (await store.getCharges(painter.id, canvas.id)) ?? newcomerCharges(canvas, painter.createdAtMs)
  const { id, name, role } = painter
  return withCookie(json(200, { painter: { id, name, role }, charges: showCharges(canvas, charges, now()) }), setCookie)
}

/** For the painter that asks; for a new one when nobody does. No cookie is set: the token is all that a program needs. */
const makeToken = async ({ callers, limits, sessions }: PainterRouteDeps, request: ApiRequest): Promise<Answer> => {
  const identified = callers.identify(request)
  if (!identified.ok) return problemAnswer(identified.refusal)
  const limited = await limits.newPainter(request.peer.address)
  if (limited) return problemAnswer(limited)
  const { identity } = identified
  const painter = identity.kind === 'none' ? sessions.newGuest() : identity.painter
  return json(201, { token: sessions.issueToken(painter), painter: { id: painter.id, name: painter.name } })
}

const noProof: Refusal = {
  code: 'invalid_request',
  detail: 'This needs a token or a link.',
  errors: [{ path: 'token', message: 'must be the admin token' }],
}
const wrongToken: Refusal = { code: 'unauthenticated', detail: 'This is not the admin token.' }
const usedLink: Refusal = { code: 'unauthenticated', detail: 'This link was used already, or its hour is over.' }

/** The session keeps its painter, if it had one. */
const beAdmin = async ({ callers, sessions, signInLink }: PainterRouteDeps, request: ApiRequest): Promise<Answer> => {
  const identified = callers.identify(request)
  if (!identified.ok) return problemAnswer(identified.refusal)
  const read = await readJson(request)
  if (!read.ok) return problemAnswer(read.refusal)
  const body = parse(adminSessionSchema, read.value)
  if (!body.ok) return problemAnswer(body.refusal)
  const { token, link } = body.value
  if (token === undefined && link === undefined) return problemAnswer(noProof)
  if (token !== undefined && !sessions.isAdminToken(token)) return problemAnswer(wrongToken)
  if (token === undefined && link !== undefined && !signInLink.redeem(link)) return problemAnswer(usedLink)
  const { identity } = identified
  const painter = identity.kind === 'none' ? adminPainter : identity.painter
  const setCookie = sessions.sessionCookie({ painter, admin: true, secure: callers.isSecure(request) })
  return withCookie(json(200, { painter: { id: painter.id, name: painter.name, role: 'admin' } }), setCookie)
}

const endAdmin = ({ callers, sessions }: PainterRouteDeps, request: ApiRequest): Answer => {
  const identified = callers.identify(request)
  if (!identified.ok) return problemAnswer(identified.refusal)
  const { identity } = identified
  if (identity.kind !== 'admin' || identity.via !== 'cookie') return noContent()
  const secure = callers.isSecure(request)
  const { painter } = identity
  const setCookie =
    painter.id === adminPainterId ? sessions.endCookie({ secure }) : sessions.sessionCookie({ painter, admin: false, secure })
  return withCookie(noContent(), setCookie)
}
