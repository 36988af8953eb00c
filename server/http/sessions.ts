/**
 * Sessions and tokens: signed statements of who somebody is. Nothing is stored (docs/decisions/0003).
 *
 * A statement is `1.<painter>.<made, base 36>.<issued, base 36>.<g|a>.<signature>`, signed with HMAC-SHA256 over its purpose and itself,
 * so a cookie is no token and the other way round. `a` marks an admin's session.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { parseCookie } from 'cookie'
import { asPainterId } from '../../lib/brand.ts'
import { guestName, type Painter } from '../../lib/painter.ts'
import type { Credentials, Identity } from './identity.ts'

export const sessionCookie = 'fresco_session'
const sessionDays = 365
const dayMs = 86_400_000
const maxCached = 10_000

type Purpose = 'session' | 'token'

const adminPainter: Painter = { id: asPainterId('p_admin'), name: 'Admin', role: 'admin', createdAtMs: 0 }

const idAlphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const newPainterId = () => asPainterId(`p_${Array.from(randomBytes(16), (byte) => idAlphabet[byte & 31]).join('')}`)

export interface Sessions {
  identify(credentials: Credentials): Identity
  newGuest(): Painter
  /** The value of a `Set-Cookie` header. */
  cookieFor(painter: Painter, options: { admin: boolean; secure: boolean }): string
  endCookie(options: { secure: boolean }): string
  tokenFor(painter: Painter): string
  isAdminToken(token: string): boolean
}

const sameBytes = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

export const createSessions = (options: { secret: string; adminToken: string; now: () => number }): Sessions => {
  const { secret, adminToken, now } = options
  /** Statements that were verified before: checking a signature is most of what a placement costs. */
  const verified = new Map<string, { painter: Painter; admin: boolean; issuedAtMs: number }>()

  const signatureOf = (purpose: Purpose, statement: string) =>
    createHmac('sha256', secret).update(`${purpose}:${statement}`).digest('base64url')

  const sign = (purpose: Purpose, painter: Painter, admin: boolean) => {
    const statement = `1.${painter.id}.${painter.createdAtMs.toString(36)}.${now().toString(36)}.${admin ? 'a' : 'g'}`
    return `${statement}.${signatureOf(purpose, statement)}`
  }

  const verify = (purpose: Purpose, signed: string) => {
    const cacheKey = `${purpose}:${signed}`
    const known = verified.get(cacheKey)
    if (known) return known
    if (signed.length > 300) return null
    const end = signed.lastIndexOf('.')
    const statement = signed.slice(0, end)
    if (end < 0 || !sameBytes(signed.slice(end + 1), signatureOf(purpose, statement))) return null
    const [version, id = '', made = '', issued = '', kind] = statement.split('.')
    if (version !== '1') return null
    const painterId = asPainterId(id)
    const result = {
      painter: { id: painterId, name: guestName(painterId), role: 'guest' as const, createdAtMs: Number.parseInt(made, 36) },
      admin: kind === 'a',
      issuedAtMs: Number.parseInt(issued, 36),
    }
    if (verified.size >= maxCached) verified.clear()
    verified.set(cacheKey, result)
    return result
  }

  const isAdminToken = (token: string) => sameBytes(token, adminToken)

  const fromToken = (token: string): Identity => {
    if (isAdminToken(token)) return { kind: 'admin', painter: adminPainter, via: 'token' }
    const found = verify('token', token)
    return found ? { kind: 'painter', painter: found.painter, via: 'token' } : { kind: 'bad_token' }
  }

  const fromCookie = (header: string): Identity => {
    const signed = parseCookie(header)[sessionCookie]
    const found = signed ? verify('session', signed) : null
    if (!found || now() - found.issuedAtMs > sessionDays * dayMs) return { kind: 'none' }
    return found.admin
      ? { kind: 'admin', painter: { ...found.painter, role: 'admin' }, via: 'cookie' }
      : { kind: 'painter', painter: found.painter, via: 'cookie' }
  }

  const cookie = (value: string, maxAgeSeconds: number, secure: boolean) =>
    `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure ? '; Secure' : ''}`

  return {
    identify({ cookie: header, authorization, token }) {
      if (authorization !== null) {
        const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
        return bearer ? fromToken(bearer) : { kind: 'bad_token' }
      }
      if (token !== null && token !== undefined) return fromToken(token)
      return header ? fromCookie(header) : { kind: 'none' }
    },
    newGuest() {
      const id = newPainterId()
      return { id, name: guestName(id), role: 'guest', createdAtMs: now() }
    },
    cookieFor: (painter, { admin, secure }) => cookie(sign('session', painter, admin), sessionDays * 86_400, secure),
    endCookie: ({ secure }) => cookie('', 0, secure),
    tokenFor: (painter) => sign('token', painter, false),
    isAdminToken,
  }
}
