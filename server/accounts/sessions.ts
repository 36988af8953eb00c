/**
 * Signs and reads the credentials of callers. Browsers carry a signed cookie, programs a signed token or the admin token. All are
 * checked without reading the store.
 *
 * A cookie names its painter, and an operator's session if its holder signed in. Once that session has ended, the cookie is only
 * its painter's.
 */
import { LRUCache } from 'lru-cache'
import { asPainterId } from '../../lib/brand.ts'
import { adminPainterId, guestName, type Painter } from '../../lib/painter.ts'
import type { BadToken, Caller, Credentials } from './caller.ts'
import { isSameSecret } from './same-secret.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createStatements, type Statement } from './signed-statements.ts'

/** Cookies and tokens end this long after they were signed; use renews them. */
export const sessionMs = 30 * 86_400_000
/** A cookie or token that is older than this is renewed when it is used. */
export const renewAfterMs = 86_400_000
/** Checking a signature costs as much as parsing a placement, and most requests come from the same few painters. */
const cachedHeaders = 10_000
/** A longer header is not cached, so that the cache stays small (A6). */
const maxCachedLength = 1_024

export interface SessionsOptions {
  readonly sessionSecret: string
  readonly adminToken: string
  readonly isAdminSessionOpen: (id: string) => boolean
  /** The time that is signed. */
  readonly now: () => number
  /** The time by which what was signed ages; left out: `now`. */
  readonly ageNow?: () => number
  readonly randomBytes: (count: number) => Uint8Array
}

export interface Sessions {
  identify(credentials: Credentials): Caller | BadToken
  /** The operator's session that a cookie was signed for, whether or not it is still open; null for none. */
  claimedSession(cookie: string | null): string | null
  /** Whether the `Cookie` header carries anything that claims to be a session. */
  hasSession(cookie: string | null | undefined): boolean
  newGuest(): Painter
  /** The `Set-Cookie` header that makes a browser this painter, and an operator with a `session`. */
  sessionCookie(session: { painter: Painter; session: string | null; secure: boolean }): string
  /** The `Set-Cookie` header that ends a session. */
  endCookie(options: { secure: boolean }): string
  issueToken(painter: Painter): string
  /** What replaces the credentials of this request because they are old, or under an old name; null for nothing. */
  renewal(request: { credentials: Credentials; secure: boolean }): { setCookie: string } | { token: string } | null
  isAdminToken(token: string): boolean
}

const anonymous: Caller = { kind: 'anonymous' }
const badToken: BadToken = { kind: 'bad_token' }
const expiredToken: BadToken = { kind: 'bad_token', expired: true }

export const adminPainter: Painter = { id: adminPainterId, name: guestName(adminPainterId), role: 'admin', createdAtMs: 0 }

const painterOf = ({ painter, createdAtMs }: Statement, role: Painter['role']): Painter => ({
  id: painter,
  name: guestName(painter),
  role,
  createdAtMs,
})

interface ReadCookie {
  readonly name: string
  readonly statement: Statement | null
}

export const createSessions = (options: SessionsOptions): Sessions => {
  const { sessionSecret: secret, adminToken, isAdminSessionOpen, now, ageNow = now } = options
  const cookies = createStatements({ secret, purpose: 'session' })
  const tokens = createStatements({ secret, purpose: 'token' })
  const cookie = createSessionCookie(secret)
  const seenCookies = new LRUCache<string, ReadCookie>({ max: cachedHeaders })
  const seenTokens = new LRUCache<string, Statement>({ max: cachedHeaders })

  const isOld = ({ issuedAtMs }: Statement) => ageNow() - issuedAtMs >= renewAfterMs
  const isExpired = ({ issuedAtMs }: Statement) => ageNow() - issuedAtMs >= sessionMs

  const readCookie = (header: string): ReadCookie | null => {
    const cached = seenCookies.get(header)
    if (cached) return cached
    const found = cookie.read(header)
    if (!found) return null
    const read = { name: found.name, statement: cookies.verify(found.value) }
    if (header.length <= maxCachedLength) seenCookies.set(header, read)
    return read
  }

  const byCookie = (header: string): Caller => {
    const statement = readCookie(header)?.statement
    if (!statement || isExpired(statement)) return anonymous
    const { session, painter } = statement
    if (session !== null && isAdminSessionOpen(session)) {
      return { kind: 'admin', painter: painterOf(statement, 'admin'), via: 'cookie', session }
    }
    // Only an operator paints as the operator.
    return painter === adminPainterId ? anonymous : { kind: 'guest', painter: painterOf(statement, 'guest'), via: 'cookie' }
  }

  const readToken = (token: string): Statement | null => {
    const cached = seenTokens.get(token)
    if (cached) return cached
    const statement = tokens.verify(token)
    if (statement && token.length <= maxCachedLength) seenTokens.set(token, statement)
    return statement
  }

  const byToken = (token: string): Caller | BadToken => {
    const statement = readToken(token)
    // Only an operator paints as the operator, so a token of that painter is not valid.
    if (statement?.painter === adminPainterId) return expiredToken
    if (statement) {
      return isExpired(statement) ? expiredToken : { kind: 'guest', painter: painterOf(statement, 'guest'), via: 'token' }
    }
    return isSameSecret(token, adminToken) ? { kind: 'admin', painter: adminPainter, via: 'token', session: null } : badToken
  }

  const tokenOf = ({ authorization, token }: Credentials) => bearerOf(authorization) ?? token ?? null
  const issueToken = ({ id, createdAtMs }: Pick<Painter, 'id' | 'createdAtMs'>) =>
    tokens.sign({ painter: id, createdAtMs, issuedAtMs: now(), session: null })
  const issueCookie: Sessions['sessionCookie'] = ({ painter, session, secure }) => {
    const value = cookies.sign({ painter: painter.id, createdAtMs: painter.createdAtMs, issuedAtMs: now(), session })
    return cookie.set({ value, secure, maxAgeSeconds: sessionMs / 1_000 })
  }

  return {
    identify(credentials) {
      const token = tokenOf(credentials)
      if (token !== null) return byToken(token)
      return credentials.cookie ? byCookie(credentials.cookie) : anonymous
    },
    claimedSession: (header) => (header ? (readCookie(header)?.statement?.session ?? null) : null),
    hasSession: (header) => Boolean(header) && cookie.read(header ?? '') !== null,
    newGuest() {
      const id = asPainterId(`p_${randomName(options.randomBytes)}`)
      return { id, name: guestName(id), role: 'guest', createdAtMs: now() }
    },
    sessionCookie: issueCookie,
    endCookie: ({ secure }) => cookie.set({ value: '', secure, maxAgeSeconds: 0 }),
    issueToken,
    renewal({ credentials, secure }) {
      const token = tokenOf(credentials)
      if (token !== null) {
        const statement = readToken(token)
        return statement && isOld(statement) ? { token: issueToken({ ...statement, id: statement.painter }) } : null
      }
      const read = credentials.cookie ? readCookie(credentials.cookie) : null
      if (!read?.statement || (read.name === cookie.nameFor(secure) && !isOld(read.statement))) return null
      const { session } = read.statement
      const painter = painterOf(read.statement, 'guest')
      return { setCookie: issueCookie({ painter, secure, session: session !== null && isAdminSessionOpen(session) ? session : null }) }
    },
    isAdminToken: (token) => isSameSecret(token, adminToken),
  }
}

/** Other schemes are not ours: a proxy that asks for a password makes browsers send `Basic` with every request. */
export const bearerOf = (authorization: string | null): string | null => {
  const match = authorization === null ? null : /^bearer(?: +(.*))?$/i.exec(authorization.trim())
  return match ? (match[1] ?? '') : null
}

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
