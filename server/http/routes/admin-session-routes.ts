/** Sessions of operators: signing in with the admin token or a sign-in link, and signing out. */
import { z } from 'zod'
import { adminPainterId, type Painter } from '../../../lib/painter.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { painterOf } from '../../accounts/caller.ts'
import { adminPainter } from '../../accounts/sessions.ts'
import type { Acts } from '../../acts/acts.ts'
import { parse } from '../../parse.ts'
import { forAdmins, type Operator } from '../callers.ts'
import { type Answer, type ApiRequest, json, noContent } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import { readJson } from '../read-body.ts'
import type { Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

type Access = RouteParts['access']

const adminSessionSchema = z.object(
  { token: z.string('must be the admin token').optional(), link: z.string('must be the secret of a sign-in link').optional() },
  'must be a JSON object',
)

export const adminSessionRoutes = ({ access, operations: { acts } }: RouteParts): Route[] => [
  { method: 'POST', path: '/api/admin/session', viaNext: true, handle: ({ request }) => signIn(access, acts, request) },
  { method: 'DELETE', path: '/api/admin/session', viaNext: true, handle: ({ request }) => signOut(access, acts, request) },
  {
    method: 'DELETE',
    path: '/api/admin/sessions',
    handle: forAdmins(access.callers, ({ request }, admin) => signOutEverywhere(access, acts, { request, admin })),
  },
]

const noProof: Refusal = {
  code: 'invalid_request',
  detail: 'The body must have a token or a link.',
  errors: [{ path: 'token', message: 'must be the admin token' }],
}
const wrongToken = 'This is not the admin token.'
const usedLink = 'This link was used already or has expired.'

/** Checks the token or the link in the body. */
const prove = (
  { sessions, signIns, signInLink }: Access,
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

/** The session keeps the painter of the browser, if there was one. */
const signIn = async (access: Access, acts: Acts, request: ApiRequest): Promise<Answer> => {
  const { callers, sessions, adminSessions, signIns } = access
  const resolved = callers.resolve(request)
  if (!resolved.ok) return problemAnswer(resolved.refusal)
  const read = await readJson(request)
  if (!read.ok) return problemAnswer(read.refusal)
  const body = parse(adminSessionSchema, read.value)
  if (!body.ok) return problemAnswer(body.refusal)
  const { address } = request.peer
  const proof = prove(access, address, body.value)
  if (!proof.ok) return problemAnswer(proof.refusal)
  const { caller } = resolved
  const painter = painterOf(caller) ?? adminPainter
  // Signing in again ends the browser's previous session.
  if (caller.kind === 'admin' && caller.session !== null) await adminSessions.end(caller.session)
  await acts.note({ by: painter.id, via: 'session' }, { action: 'session.sign_in', details: { address, way: proof.way } })
  const session = await adminSessions.open()
  signIns.signedIn({ address, way: proof.way, by: painter.id })
  const setCookie = sessions.sessionCookie({ painter, session, secure: callers.isSecure(request) })
  const shown = { painter: { id: painter.id, name: painter.name, role: 'admin' } }
  return json(200, shown, { 'set-cookie': setCookie })
}

/** Signs a browser out. It stays the painter that it was before signing in, if any. */
const withoutSession = ({ callers, sessions }: Access, request: ApiRequest, painter: Painter): Answer => {
  const secure = callers.isSecure(request)
  const isOperator = painter.id === adminPainterId
  const setCookie = isOperator ? sessions.endCookie({ secure }) : sessions.sessionCookie({ painter, session: null, secure })
  return noContent({ 'set-cookie': setCookie })
}

const signOut = async (access: Access, acts: Acts, request: ApiRequest): Promise<Answer> => {
  const { callers, sessions, adminSessions, signIns } = access
  const resolved = callers.resolve(request)
  if (!resolved.ok) return problemAnswer(resolved.refusal)
  const session = sessions.claimedSession(request.header('cookie'))
  if (session === null) return noContent()
  const { caller } = resolved
  const painter = painterOf(caller) ?? adminPainter
  if (caller.kind === 'admin') await acts.note({ by: painter.id, via: 'session' }, { action: 'session.sign_out' })
  await adminSessions.end(session)
  signIns.signedOut({ address: request.peer.address, by: painter.id, everywhere: false })
  return withoutSession(access, request, painter)
}

/** Ends the sessions of all operators. */
const signOutEverywhere = async (
  access: Access,
  acts: Acts,
  { request, admin }: { request: ApiRequest; admin: Operator },
): Promise<Answer> => {
  await acts.note(admin, { action: 'session.sign_out_everywhere' })
  await access.adminSessions.endAll()
  access.signIns.signedOut({ address: request.peer.address, by: admin.painter.id, everywhere: true })
  return request.header('authorization') === null ? withoutSession(access, request, admin.painter) : noContent()
}
