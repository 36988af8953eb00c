/**
 * Who calls, as the routes need to know it: a painter (a new guest if need be), or an admin.
 *
 * A bad Bearer is refused before anything else of the request is looked at: the program that sent it is mistaken about who it
 * is, and must not go on as a guest.
 */
import type { Painter } from '../../lib/painter.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { ApiRequest, Peer } from './exchange.ts'
import type { Identity } from './identity.ts'
import type { Limits } from './limits.ts'
import type { Sessions } from './sessions.ts'

type Known = Exclude<Identity, { kind: 'bad_token' }>

export type Identified = { ok: true; identity: Known } | { ok: false; refusal: Refusal }
export type PainterFound =
  /** `setCookie`: the header that makes the browser this new guest. */
  { ok: true; painter: Painter; setCookie: string | null } | { ok: false; refusal: Refusal }
export type AdminFound = { ok: true; painter: Painter } | { ok: false; refusal: Refusal }

export interface Callers {
  identify(request: ApiRequest): Identified
  /** The painter that was identified, or a new guest. */
  painter(request: ApiRequest, identity: Known): PainterFound | Promise<PainterFound>
  admin(request: ApiRequest): AdminFound
  /** Whether the browser speaks https, so that cookies must not travel otherwise. */
  isSecure(request: ApiRequest): boolean
}

const badToken: Refusal = { code: 'unauthenticated', detail: 'This Bearer token is not valid here.' }

export const createCallers = (options: { sessions: Sessions; limits: Limits; publicUrls: readonly string[] }): Callers => {
  const { sessions, limits, publicUrls } = options

  const identify: Callers['identify'] = (request) => {
    const identity = sessions.identify({ cookie: request.header('cookie'), authorization: request.header('authorization') })
    return identity.kind === 'bad_token' ? { ok: false, refusal: badToken } : { ok: true, identity }
  }
  const isSecure: Callers['isSecure'] = (request) => speaksHttps({ peer: request.peer, host: request.header('host'), publicUrls })

  const newGuest = async (request: ApiRequest): Promise<PainterFound> => {
    const limited = await limits.newPainter(request.peer.address)
    if (limited) return { ok: false, refusal: limited }
    const painter = sessions.newGuest()
    return { ok: true, painter, setCookie: sessions.sessionCookie({ painter, admin: false, secure: isSecure(request) }) }
  }

  return {
    identify,
    isSecure,
    painter: (request, identity) =>
      identity.kind === 'none' ? newGuest(request) : { ok: true, painter: identity.painter, setCookie: null },
    admin(request) {
      const identified = identify(request)
      if (!identified.ok) return identified
      switch (identified.identity.kind) {
        case 'admin':
          return { ok: true, painter: identified.identity.painter }
        case 'painter':
          return { ok: false, refusal: { code: 'forbidden', detail: 'This needs an admin.' } }
        case 'none':
          return { ok: false, refusal: { code: 'unauthenticated', detail: 'This needs the admin token as a Bearer, or an admin session.' } }
      }
    },
  }
}

/** A trusted proxy knows; else the public address that the request was sent to; else, when all of them are https, so is this. */
export const speaksHttps = (options: { peer: Peer; host: string | null; publicUrls: readonly string[] }): boolean => {
  const { peer, host, publicUrls } = options
  if (peer.protocol !== null) return peer.protocol === 'https'
  const urls = publicUrls.map((url) => new URL(url))
  const here = urls.filter((url) => url.host === host)
  const candidates = here.length > 0 ? here : urls
  return candidates.length > 0 && candidates.every((url) => url.protocol === 'https:')
}
