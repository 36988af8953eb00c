/** Who I am, tokens for programs, and becoming an admin. */
import { newcomerCharges, showCharges } from '../../../lib/charges.ts'
import { adminPainterId, type Painter } from '../../../lib/painter.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import type { AdminSessions } from '../../accounts/admin-sessions.ts'
import type { SignInGuard } from '../../accounts/sign-in-guard.ts'
import type { Store } from '../../store/port.ts'
import type { Callers } from '../callers.ts'
import type { CanvasCache } from '../canvas-cache.ts'
import { type Answer, type ApiRequest, json, noContent, withHeaders } from '../exchange.ts'
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
  readonly adminSessions: Pick<AdminSessions, 'open' | 'end' | 'endAll'>
  readonly signIns: SignInGuard
  readonly now: () => number
  /** The time by which charges grow. */
  readonly chargesNow: () => number
}

export const painterRoutes = (deps: PainterRouteDeps): Route[] => [
  { method: 'GET', path: '/api/me', fast: true, handle: (call) => me(deps, call) },
  { method: 'POST', path: '/api/tokens', fast: true, handle: ({ request }) => makeToken(deps, request) },
  { method: 'POST', path: '/api/admin/session', fast: false, handle: ({ request }) => beAdmin(deps, request) },
  { method: 'DELETE', path: '/api/admin/session', fast: false, handle: ({ request }) => endAdmin(deps, request) },
  { method: 'DELETE', path: '/api/admin/sessions', fast: true, handle: ({ request }) => endAllAdmins(deps, request) },
]

const me = async ({ callers, canvases, limits, store, now, chargesNow }: PainterRouteDeps, { request, query }: Call): Promise<Answer> => {
  const identified = callers.identify(request)
  if (!identified.ok) return problemAnswer(identified.refusal)
  const canvas = await canvases.get(query.get('canvas') ?? 'main')
  if (!canvas) return problemAnswer(noCanvas)
  const found = await callers.painter(request, identified.identity)
  if (!found.ok) return problemAnswer(found.refusal)
  const { painter, headers } = found
  const limited = await limits.painter(painter.id)
  if (limited) return problemAnswer(limited)
  const stored = await store.getCharges(painter.id, canvas.id)
  const chargesNowMs = chargesNow()
  const charges = stored ?? newcomerCharges(canvas, painter.createdAtMs, chargesNowMs)
  const { id, name, role } = painter
  return withHeaders(json(200, { painter: { id, name, role }, charges: showCharges(canvas, charges, chargesNowMs, now()) }), headers)
}

/** For the painter that asks; for a new one when nobody does. No cookie is set: the token is all that a program needs. */
const makeToken = async ({ callers, limits, sessions }: PainterRouteDeps, request: ApiRequest): Promise<Answer> => {
  const identified = callers.identify(request)
  if (!identified.ok) return problemAnswer(identified.refusal)
  const { identity } = identified
  if (identity.kind === 'admin' && identity.painter.id === adminPainterId) return problemAnswer(operatorToken)
  const limited = await limits.newPainter(request.peer.address)
  if (limited) return problemAnswer(limited)
  const painter = identity.kind === 'none' ? sessions.newGuest() : identity.painter
  return json(201, { token: sessions.issueToken(painter), painter: { id: painter.id, name: painter.name } })
}

const operatorToken: Refusal = { code: 'forbidden', detail: 'Programs of the operator use the admin token: the operator has no other.' }
const noProof: Refusal = {
  code: 'invalid_request',
  detail: 'This needs a token or a link.',
  errors: [{ path: 'token', message: 'must be the admin token' }],
}
const wrongToken = 'This is not the admin token.'
const usedLink = 'This link was used already, or its hour is over.'

/** Whether the body proves an operator. */
const prove = (
  { sessions, signIns, signInLink }: PainterRouteDeps,
  address: string,
  body: { token?: string | undefined; link?: string | undefined },
) => {
  const { token, link } = body
  if (token === undefined && link === undefined) return { ok: false as const, refusal: noProof }
  const throttled = signIns.refuse(address)
  if (throttled) return { ok: false as const, refusal: throttled }
  const way = token === undefined ? 'link' : 'token'
  const isRight = token === undefined ? signInLink.redeem(link ?? '') : sessions.isAdminToken(token)
  if (isRight) return { ok: true as const, way } as const
  return { ok: false as const, refusal: signIns.failed({ address, way, detail: way === 'link' ? usedLink : wrongToken }) }
}

/** The session keeps its painter, if it had one. */
const beAdmin = async (deps: PainterRouteDeps, request: ApiRequest): Promise<Answer> => {
  const { callers, sessions, adminSessions, signIns } = deps
  const identified = callers.identify(request)
  if (!identified.ok) return problemAnswer(identified.refusal)
  const read = await readJson(request)
  if (!read.ok) return problemAnswer(read.refusal)
  const body = parse(adminSessionSchema, read.value)
  if (!body.ok) return problemAnswer(body.refusal)
  const { address } = request.peer
  const proof = prove(deps, address, body.value)
  if (!proof.ok) return problemAnswer(proof.refusal)
  const { identity } = identified
  const painter = identity.kind === 'none' ? adminPainter : identity.painter
  // Signing in again ends the session that this browser had.
  if (identity.kind === 'admin' && identity.session !== null) await adminSessions.end(identity.session)
  const session = await adminSessions.open()
  signIns.signedIn({ address, way: proof.way, by: painter.id })
  const setCookie = sessions.sessionCookie({ painter, session, secure: callers.isSecure(request) })
  const shown = { painter: { id: painter.id, name: painter.name, role: 'admin' } }
  return json(200, shown, { 'set-cookie': setCookie })
}

/** What the browser is once its operator has signed out: its painter again, or nobody. */
const formerAdmin = ({ callers, sessions }: PainterRouteDeps, request: ApiRequest, painter: Painter): Answer => {
  const secure = callers.isSecure(request)
  const isOperator = painter.id === adminPainterId
  const setCookie = isOperator ? sessions.endCookie({ secure }) : sessions.sessionCookie({ painter, session: null, secure })
  return noContent({ 'set-cookie': setCookie })
}

const endAdmin = async (deps: PainterRouteDeps, request: ApiRequest): Promise<Answer> => {
  const { callers, sessions, adminSessions, signIns } = deps
  const identified = callers.identify(request)
  if (!identified.ok) return problemAnswer(identified.refusal)
  const session = sessions.claimedSession(request.header('cookie'))
  if (session === null) return noContent()
  await adminSessions.end(session)
  const { identity } = identified
  const painter = identity.kind === 'none' ? adminPainter : identity.painter
  signIns.signedOut({ address: request.peer.address, by: painter.id, everywhere: false })
  return formerAdmin(deps, request, painter)
}

/** Signs every operator out, everywhere. */
const endAllAdmins = async (deps: PainterRouteDeps, request: ApiRequest): Promise<Answer> => {
  const { callers, adminSessions, signIns } = deps
  const admin = await callers.admin(request)
  if (!admin.ok) return problemAnswer(admin.refusal)
  await adminSessions.endAll()
  signIns.signedOut({ address: request.peer.address, by: admin.painter.id, everywhere: true })
  return request.header('authorization') === null ? formerAdmin(deps, request, admin.painter) : noContent()
}
