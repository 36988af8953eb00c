/**
 * Who calls, as the routes need to know it: a painter (a new guest if need be), or an admin.
 *
 * A bad Bearer is refused before anything else of the request is looked at: the program that sent it is mistaken about who it
 * is, and must not go on as a guest.
 */
import type { Painter } from '../../lib/painter.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { Credentials, Identity } from '../accounts/identity.ts'
import type { Sessions } from '../accounts/sessions.ts'
import type { SignInGuard } from '../accounts/sign-in-guard.ts'
import type { Limits } from '../limits/limits.ts'
import type { ApiRequest, Peer } from './exchange.ts'

type Known = Exclude<Identity, { kind: 'bad_token' }>

export type Identified = { ok: true; identity: Known } | { ok: false; refusal: Refusal }
export type PainterFound =
  /** `headers`: for the answer. They make the browser this new guest, or renew what the client has. */
  { ok: true; painter: Painter; headers: Readonly<Record<string, string>> } | { ok: false; refusal: Refusal }
export type AdminFound = { ok: true; painter: Painter } | { ok: false; refusal: Refusal }

export interface Callers {
  identify(request: ApiRequest): Identified
  /** The painter that was identified, or a new guest. */
  painter(request: ApiRequest, identity: Known): PainterFound | Promise<PainterFound>
  /** Looks into the store whether the operator's session is still open. */
  admin(request: ApiRequest): Promise<AdminFound>
  /** Whether the browser speaks https, so that cookies must not travel otherwise. */
  isSecure(request: ApiRequest): boolean
}

export interface CallersOptions {
  readonly sessions: Sessions
  /** Whether an operator's session is open, after a look into the store. */
  readonly checkAdminSession: (id: string) => Promise<boolean>
  readonly signIns: Pick<SignInGuard, 'refuseToken'>
  readonly limits: Limits
  readonly publicUrls: readonly string[]
}

const noAdmin: Refusal = { code: 'unauthenticated', detail: 'This needs the admin token as a Bearer, or an admin session.' }
const otherPainter: Refusal = {
  code: 'unauthenticated',
  detail:
    'This request does not come from the painter that Fresco-Painter names. Is the cookie kept? A token from POST /api/tokens needs none.',
}
const noHeaders = {}
const fromElsewhere: Refusal = { code: 'forbidden', detail: 'A request from another site makes no guest.' }

/** Another site's image or script would use up the guests of its visitor's address. Only browsers send this header. */
const isFromElsewhere = (request: ApiRequest) => ['cross-site', 'same-site'].includes(request.header('sec-fetch-site') ?? '')

export const createCallers = (options: CallersOptions): Callers => {
  const { sessions, signIns, limits, publicUrls } = options

  const identify: Callers['identify'] = (request) => {
    const identity = sessions.identify(credentialsOf(request))
    const refusal = signIns.refuseToken({ identity, address: request.peer.address, way: 'bearer' })
    if (refusal) return { ok: false, refusal }
    return { ok: true, identity: identity.kind === 'bad_token' ? { kind: 'none' } : identity }
  }
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
    identify,
    isSecure,
    painter(request, identity) {
      const expected = request.header('fresco-painter')
      if (expected !== null && (identity.kind === 'none' || identity.painter.id !== expected)) return { ok: false, refusal: otherPainter }
      return identity.kind === 'none' ? newGuest(request) : { ok: true, painter: identity.painter, headers: renewal(request) }
    },
    async admin(request) {
      const identified = identify(request)
      if (!identified.ok) return identified
      const { identity } = identified
      if (identity.kind === 'admin' && identity.session === null) return { ok: true, painter: identity.painter }
      // This process may know of a session later than others, or of its end.
      const session = sessions.claimedSession(request.header('cookie'))
      if (session !== null && (await options.checkAdminSession(session))) {
        const now = identify(request)
        if (now.ok && now.identity.kind === 'admin') return { ok: true, painter: now.identity.painter }
      }
      return identity.kind === 'painter'
        ? { ok: false, refusal: { code: 'forbidden', detail: 'This needs an admin.' } }
        : { ok: false, refusal: noAdmin }
    },
  }
}

const credentialsOf = (request: ApiRequest): Credentials => ({
  cookie: request.header('cookie'),
  authorization: request.header('authorization'),
})

/** A trusted proxy knows; else the public address that the request was sent to; else, when all of them are https, so is this. */
export const speaksHttps = (options: { peer: Peer; host: string | null; publicUrls: readonly string[] }): boolean => {
  const { peer, host, publicUrls } = options
  if (peer.protocol !== null) return peer.protocol === 'https'
  const urls = publicUrls.map((url) => new URL(url))
  const here = urls.filter((url) => url.host === host)
  const candidates = here.length > 0 ? here : urls
  return candidates.length > 0 && candidates.every((url) => url.protocol === 'https:')
}
