/**
 * Who is asking. Browsers carry a signed cookie, programs a signed token or the admin token; all are checked without a
 * look-up. A forged or expired cookie is as none, a bad token is refused.
 *
 * An admin's cookie is signed under a key that the admin token goes into: whoever changes ADMIN_TOKEN ends all admin sessions.
 * Called by HTTP and by the socket gateway.
 */
import { parseCookie, stringifySetCookie } from 'cookie'
import { asPainterId } from '../../lib/brand.ts'
import { adminPainterId, guestName, type Painter } from '../../lib/painter.ts'
import type { Credentials, Identity } from './identity.ts'
import { Lru } from './lru.ts'
import { isSameSecret } from './same-secret.ts'
import { createStatements, type Statement } from './signed-statements.ts'

export const sessionCookieName = 'fresco_session'
const sessionMs = 365 * 86_400_000
/** Checking a signature costs as much as parsing a placement, and the same few painters ask again and again. */
const rememberedHeaders = 10_000
/** A longer header is checked each time, so that what is remembered stays small (A6). */
const maxRememberedLength = 1_024

export interface SessionsOptions {
  readonly sessionSecret: string
  readonly adminToken: string
  readonly now: () => number
  readonly randomBytes: (count: number) => Uint8Array
}

export interface Sessions {
  identify(credentials: Credentials): Identity
  /** Whether the `Cookie` header carries anything that claims to be a session. */
  hasSession(cookie: string | null | undefined): boolean
  newGuest(): Painter
  /** The `Set-Cookie` header that makes a browser this painter, and an admin too if `admin`. */
  sessionCookie(session: { painter: Painter; admin: boolean; secure: boolean }): string
  /** The `Set-Cookie` header that ends a session. */
  endCookie(options: { secure: boolean }): string
  issueToken(painter: Painter): string
  isAdminToken(token: string): boolean
}

const none: Identity = { kind: 'none' }
const badToken: Identity = { kind: 'bad_token' }

export const adminPainter: Painter = { id: adminPainterId, name: guestName(adminPainterId), role: 'admin', createdAtMs: 0 }

const painterOf = ({ painter, createdAtMs }: Statement, role: Painter['role']): Painter => ({
  id: painter,
  name: guestName(painter),
  role,
  createdAtMs,
})

export const createSessions = (options: SessionsOptions): Sessions => {
  const { sessionSecret: secret, adminToken, now } = options
  const guestCookies = createStatements({ secret, purpose: 'session' })
  const adminCookies = createStatements({ secret, purpose: `admin session of ${adminToken}` })
  const tokens = createStatements({ secret, purpose: 'token' })
  const seenCookies = new Lru<{ identity: Identity; expiresAtMs: number }>(rememberedHeaders)
  const seenTokens = new Lru<Identity>(rememberedHeaders)

  const readCookie = (header: string): { identity: Identity; expiresAtMs: number } => {
    const value = parseCookie(header)[sessionCookieName]
    const guest = value === undefined ? null : guestCookies.verify(value)
    const admin = value === undefined || guest ? null : adminCookies.verify(value)
    const statement = guest ?? admin
    if (!statement) return { identity: none, expiresAtMs: Number.POSITIVE_INFINITY }
    return {
      identity: admin
        ? { kind: 'admin', painter: painterOf(admin, 'admin'), via: 'cookie' }
        : { kind: 'painter', painter: painterOf(statement, 'guest'), via: 'cookie' },
      expiresAtMs: statement.issuedAtMs + sessionMs,
    }
  }

  const byCookie = (header: string): Identity => {
    const remembered = seenCookies.get(header)
    const session = remembered ?? readCookie(header)
    if (!remembered && header.length <= maxRememberedLength) seenCookies.set(header, session)
    return session.expiresAtMs > now() ? session.identity : none
  }

  const readToken = (token: string): Identity => {
    if (isSameSecret(token, adminToken)) return { kind: 'admin', painter: adminPainter, via: 'token' }
    const statement = tokens.verify(token)
    return statement ? { kind: 'painter', painter: painterOf(statement, 'guest'), via: 'token' } : badToken
  }

  const byToken = (token: string): Identity => {
    const remembered = seenTokens.get(token)
    if (remembered) return remembered
    const identity = readToken(token)
    if (identity.kind !== 'bad_token' && token.length <= maxRememberedLength) seenTokens.set(token, identity)
    return identity
  }

  return {
    identify({ cookie, authorization, token }) {
      const bearer = bearerOf(authorization) ?? token ?? null
      if (bearer !== null) return byToken(bearer)
      return cookie ? byCookie(cookie) : none
    },
    hasSession: (cookie) => Boolean(cookie) && parseCookie(cookie ?? '')[sessionCookieName] !== undefined,
    newGuest() {
      const id = asPainterId(`p_${randomName(options.randomBytes)}`)
      return { id, name: guestName(id), role: 'guest', createdAtMs: now() }
    },
    sessionCookie({ painter, admin, secure }) {
      const statement = { painter: painter.id, createdAtMs: painter.createdAtMs, issuedAtMs: now() }
      return setCookie((admin ? adminCookies : guestCookies).sign(statement), { secure, maxAgeSeconds: sessionMs / 1_000 })
    },
    endCookie: ({ secure }) => setCookie('', { secure, maxAgeSeconds: 0 }),
    issueToken: (painter) => tokens.sign({ painter: painter.id, createdAtMs: painter.createdAtMs, issuedAtMs: now() }),
    isAdminToken: (token) => isSameSecret(token, adminToken),
  }
}

/** Other schemes are not ours: a proxy that asks for a password makes browsers send `Basic` with every request. */
export const bearerOf = (authorization: string | null): string | null => {
  const match = authorization === null ? null : /^bearer(?: +(.*))?$/i.exec(authorization.trim())
  return match ? (match[1] ?? '') : null
}

const setCookie = (value: string, options: { secure: boolean; maxAgeSeconds: number }) =>
  stringifySetCookie({
    name: sessionCookieName,
    value,
    httpOnly: true,
    sameSite: 'lax',
    secure: options.secure,
    path: '/',
    maxAge: options.maxAgeSeconds,
  })

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'
const nameLength = 16

/** Sixteen characters, each equally likely: bytes beyond the last whole multiple of 36 are drawn again. */
const randomName = (randomBytes: SessionsOptions['randomBytes']) => {
  let name = ''
  while (name.length < nameLength) {
    for (const byte of randomBytes(nameLength)) {
      if (byte < 252 && name.length < nameLength) name += alphabet[byte % 36]
    }
  }
  return name
}
