/**
 * Signs and reads the credentials of callers: a signed cookie of a browser, a signed token or the admin token of a program. No check reads
 * the store.
 *
 * A cookie names its painter, and the session of an operator who signed in. After the session has ended, the cookie is valid only for its
 * painter.
 */
import { LRUCache } from 'lru-cache'
import { asPainterId } from '../../lib/brand.ts'
import { adminPainterId, guestName, type Painter } from '../../lib/painter.ts'
import type { BadToken, Caller, Credentials } from './caller.ts'
import { isSameSecret } from './same-secret.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createStatements, type Statement } from './signed-statements.ts'

/** Cookies and tokens expire this long after they were signed. Use renews them. */
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
  /** The time for ages of statements; by default `now`. */
  readonly ageNow?: () => number
  readonly randomBytes: (count: number) => Uint8Array
}

export interface Sessions {
  identify(credentials: Credentials): Caller | BadToken
  /** The operator's session in a cookie, open or ended; null for none. */
  claimedSession(cookie: string | null): string | null
  /** Whether the `Cookie` header has a session cookie, valid or not. */
  hasSession(cookie: string | null | undefined): boolean
  /** `isBot`: for a program (`isBot` of `lib/painter.ts`). */
  newGuest(options?: { isBot: boolean }): Painter
  /** The `Set-Cookie` header that makes a browser this painter, and an operator with a `session`. */
  sessionCookie(session: { painter: Painter; session: string | null; secure: boolean }): string
  /** The `Set-Cookie` header that ends a session. */
  endCookie(options: { secure: boolean }): string
  issueToken(painter: Painter): string
  /** New credentials if those of the request are old, or have an old name; else null. */
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

/** Reads cookies and tokens, and caches those that it has verified. */
const createReader = (secret: string) => {
  const cookies = createStatements({ secret, purpose: 'session' })
  const tokens = createStatements({ secret, purpose: 'token' })
  const cookie = createSessionCookie(secret)
  const readCookies = new LRUCache<string, ReadCookie>({ max: cachedHeaders })
  const readTokens = new LRUCache<string, Statement>({ max: cachedHeaders })
  return {
    cookies,
    tokens,
    cookie,
    readCookie(header: string): ReadCookie | null {
      const cached = readCookies.get(header)
      if (cached) return cached
      const found = cookie.read(header)
      if (!found) return null
      const read = { name: found.name, statement: cookies.verify(found.value) }
      if (header.length <= maxCachedLength) readCookies.set(header, read)
      return read
    },
    readToken(token: string): Statement | null {
      const cached = readTokens.get(token)
      if (cached) return cached
      const statement = tokens.verify(token)
      if (statement && token.length <= maxCachedLength) readTokens.set(token, statement)
      return statement
    },
  }
}

type Reader = ReturnType<typeof createReader>

export const createSessions = (options: SessionsOptions): Sessions => {
  const { sessionSecret, adminToken, isAdminSessionOpen, now, ageNow = now } = options
  const reader = createReader(sessionSecret)
  const { cookies, tokens, cookie, readCookie, readToken } = reader
  const isOlder = ({ issuedAtMs }: Statement, ms: number) => ageNow() - issuedAtMs >= ms

  const issueToken = ({ id, createdAtMs }: Pick<Painter, 'id' | 'createdAtMs'>) =>
    tokens.sign({ painter: id, createdAtMs, issuedAtMs: now(), session: null })
  const issueCookie: Sessions['sessionCookie'] = ({ painter, session, secure }) => {
    const value = cookies.sign({ painter: painter.id, createdAtMs: painter.createdAtMs, issuedAtMs: now(), session })
    return cookie.set({ value, secure, maxAgeSeconds: sessionMs / 1_000 })
  }

  return {
    identify: createIdentify(options, reader, (statement) => isOlder(statement, sessionMs)),
    claimedSession: (header) => (header ? (readCookie(header)?.statement?.session ?? null) : null),
    hasSession: (header) => Boolean(header) && cookie.read(header ?? '') !== null,
    newGuest({ isBot } = { isBot: false }) {
      const id = asPainterId(`p_${isBot ? 'bot' : ''}${randomName(options.randomBytes)}`)
      return { id, name: guestName(id), role: 'guest', createdAtMs: now() }
    },
    sessionCookie: issueCookie,
    endCookie: ({ secure }) => cookie.set({ value: '', secure, maxAgeSeconds: 0 }),
    issueToken,
    renewal({ credentials, secure }) {
      const token = tokenOf(credentials)
      if (token !== null) {
        const statement = readToken(token)
        return statement && isOlder(statement, renewAfterMs) ? { token: issueToken({ ...statement, id: statement.painter }) } : null
      }
      const read = credentials.cookie ? readCookie(credentials.cookie) : null
      if (!read?.statement || (read.name === cookie.nameFor(secure) && !isOlder(read.statement, renewAfterMs))) return null
      const { session } = read.statement
      const painter = painterOf(read.statement, 'guest')
      return { setCookie: issueCookie({ painter, secure, session: session !== null && isAdminSessionOpen(session) ? session : null }) }
    },
    isAdminToken: (token) => isSameSecret(token, adminToken),
  }
}

/** Only an operator paints as the operator, so a guest's cookie or token of that painter is not valid. */
const createIdentify = (
  { adminToken, isAdminSessionOpen }: Pick<SessionsOptions, 'adminToken' | 'isAdminSessionOpen'>,
  { readCookie, readToken }: Reader,
  isExpired: (statement: Statement) => boolean,
): Sessions['identify'] => {
  const byCookie = (header: string): Caller => {
    const statement = readCookie(header)?.statement
    if (!statement || isExpired(statement)) return anonymous
    const { session, painter } = statement
    if (session !== null && isAdminSessionOpen(session)) {
      return { kind: 'admin', painter: painterOf(statement, 'admin'), via: 'cookie', session }
    }
    return painter === adminPainterId ? anonymous : { kind: 'guest', painter: painterOf(statement, 'guest'), via: 'cookie' }
  }

  const byToken = (token: string): Caller | BadToken => {
    const statement = readToken(token)
    if (statement) {
      const isValid = statement.painter !== adminPainterId && !isExpired(statement)
      return isValid ? { kind: 'guest', painter: painterOf(statement, 'guest'), via: 'token' } : expiredToken
    }
    return isSameSecret(token, adminToken) ? { kind: 'admin', painter: adminPainter, via: 'token', session: null } : badToken
  }

  return (credentials) => {
    const token = tokenOf(credentials)
    if (token !== null) return byToken(token)
    return credentials.cookie ? byCookie(credentials.cookie) : anonymous
  }
}

const tokenOf = ({ authorization, token }: Credentials) => bearerOf(authorization) ?? token ?? null

/** Ignores other schemes, such as the `Basic` that browsers send to a proxy with a password. */
export const bearerOf = (authorization: string | null): string | null => {
  const match = authorization === null ? null : /^bearer(?: +(.*))?$/i.exec(authorization.trim())
  return match ? (match[1] ?? '') : null
}

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'
const nameLength = 16

/** Sixteen characters, each with the same probability: bytes above the last multiple of 36 are skipped. */
const randomName = (randomBytes: SessionsOptions['randomBytes']) => {
  let name = ''
  while (name.length < nameLength) {
    for (const byte of randomBytes(nameLength)) {
      if (byte < 252 && name.length < nameLength) name += alphabet[byte % 36]
    }
  }
  return name
}
