/** Finds the caller of a request for a route: an existing painter or a new guest, or an admin. */

import type { Actor } from '../../lib/act.ts'
import type { Painter } from '../../lib/painter.ts'
import type { Refusal } from '../../lib/refusal.ts'
import { type Caller, type Credentials, painterOf } from '../accounts/caller.ts'
import type { CallerResolver, ResolvedCaller } from '../accounts/resolve-caller.ts'
import type { Sessions } from '../accounts/sessions.ts'
import { commandLine } from '../acts/acts.ts'
import type { Limits } from '../limits/limits.ts'
import type { Answer, ApiRequest, Peer } from './exchange.ts'
import { problemAnswer } from './problem.ts'
import type { Call, Route } from './router.ts'
import { cliUserAgent } from './setup-watch.ts'

export type PainterFound =
  /** The headers are for the answer. They carry a new guest's cookie, or renewed credentials. */
  { ok: true; painter: Painter; headers: Readonly<Record<string, string>> } | { ok: false; refusal: Refusal }
/** An admin, as the record of acts names them. */
export interface Operator extends Actor {
  readonly painter: Painter
}
export type AdminFound = { ok: true; operator: Operator } | { ok: false; refusal: Refusal }

export interface Callers {
  resolve(request: ApiRequest): ResolvedCaller
  /** The caller's painter, or a new guest for an anonymous caller. */
  painter(request: ApiRequest, caller: Caller): PainterFound | Promise<PainterFound>
  /** Reads from the store whether the operator's session is open. */
  admin(request: ApiRequest): Promise<AdminFound>
  /** Whether the browser uses https. Its cookies are then sent over https only. */
  isSecure(request: ApiRequest): boolean
}

export interface CallersOptions {
  readonly resolver: CallerResolver
  readonly sessions: Pick<Sessions, 'newGuest' | 'sessionCookie' | 'renewal'>
  readonly limits: Pick<Limits, 'newPainter'>
  readonly publicUrls: readonly string[]
}

const noAdmin: Refusal = { code: 'unauthenticated', detail: 'Only for admins: send the admin token as a Bearer, or an admin session.' }
const otherPainter: Refusal = {
  code: 'unauthenticated',
  detail: 'This request does not come from the painter in Fresco-Painter. Keep the cookie, or use a token from POST /api/tokens.',
}
const noHeaders = {}
const fromElsewhere: Refusal = { code: 'forbidden', detail: 'A request from another site cannot create a guest.' }

/** An image or a script of another site would use up the new guests of its visitor's address. Only browsers send this header. */
export const isFromElsewhere = (request: ApiRequest) => ['cross-site', 'same-site'].includes(request.header('sec-fetch-site') ?? '')

export const createCallers = ({ resolver, sessions, limits, publicUrls }: CallersOptions): Callers => {
  const resolve: Callers['resolve'] = (request) => resolver.resolve(callOf(request))
  const isSecure: Callers['isSecure'] = (request) => speaksHttps({ peer: request.peer, host: request.header('host'), publicUrls })

  const newGuest = async (request: ApiRequest): Promise<PainterFound> => {
    if (isFromElsewhere(request)) return { ok: false, refusal: fromElsewhere }
    const limited = await limits.newPainter(request.peer.address)
    if (limited) return { ok: false, refusal: limited }
    const painter = sessions.newGuest()
    const setCookie = sessions.sessionCookie({ painter, session: null, secure: isSecure(request) })
    return { ok: true, painter, headers: { 'set-cookie': setCookie } }
  }

  const renewal = (request: ApiRequest): Readonly<Record<string, string>> => {
    const renewed = sessions.renewal({ credentials: credentialsOf(request), secure: isSecure(request) })
    if (!renewed) return noHeaders
    return 'token' in renewed ? { 'fresco-token': renewed.token } : { 'set-cookie': renewed.setCookie }
  }

  return {
    resolve,
    isSecure,
    painter(request, caller) {
      const expected = request.header('fresco-painter')
      const painter = painterOf(caller)
      if (expected !== null && painter?.id !== expected) return { ok: false, refusal: otherPainter }
      return painter === null ? newGuest(request) : { ok: true, painter, headers: renewal(request) }
    },
    async admin(request) {
      const first = resolve(request)
      if (!first.ok) return first
      const { caller } = first
      if (caller.kind === 'admin' && caller.via === 'token') return { ok: true, operator: withToken(caller.painter, request) }
      const staff = await resolver.resolveStaff(callOf(request))
      if (staff.ok && staff.caller.kind === 'admin') return { ok: true, operator: withSession(staff.caller.painter) }
      const isOther = caller.kind !== 'admin' && caller.kind !== 'anonymous'
      return { ok: false, refusal: isOther ? { code: 'forbidden', detail: 'Only for admins.' } : noAdmin }
    },
  }
}

const withSession = (painter: Painter): Operator => ({ painter, by: painter.id, via: 'session' })

const withToken = (painter: Painter, request: ApiRequest): Operator =>
  request.header('user-agent') === cliUserAgent ? { painter, ...commandLine } : { painter, by: painter.id, via: 'token' }

/** Makes a route's handler that answers admins only. */
export const forAdmins =
  (callers: Callers, handle: (call: Call, admin: Operator) => Promise<Answer>): Route['handle'] =>
  async (call) => {
    const admin = await callers.admin(call.request)
    return admin.ok ? handle(call, admin.operator) : problemAnswer(admin.refusal)
  }

const credentialsOf = (request: ApiRequest): Credentials => ({
  cookie: request.header('cookie'),
  authorization: request.header('authorization'),
})

const callOf = (request: ApiRequest) => ({ credentials: credentialsOf(request), address: request.peer.address, way: 'bearer' }) as const

/** The protocol of a trusted proxy, else that of the public address with this host. Without one, all public addresses must be https. */
export const speaksHttps = (options: { peer: Peer; host: string | null; publicUrls: readonly string[] }): boolean => {
  const { peer, host, publicUrls } = options
  if (peer.protocol !== null) return peer.protocol === 'https'
  const urls = publicUrls.map((url) => new URL(url))
  const here = urls.filter((url) => url.host === host)
  const candidates = here.length > 0 ? here : urls
  return candidates.length > 0 && candidates.every((url) => url.protocol === 'https:')
}
