/**
 * Statements about a painter that we signed and that others carry for us: session cookies and tokens. Nothing is stored for
 * them, so a visitor who only looks costs no write.
 *
 * A statement is `1.<painter>.<made>.<issued>.<mac>`, times in base 36, with the operator's session before the MAC if there is
 * one. The MAC is HMAC-SHA256 (RFC 2104) under a key of its
 * own per purpose, so what was signed for one purpose says nothing for another. Called by `sessions.ts` only.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { asPainterId, type PainterId } from '../../lib/brand.ts'

export interface Statement {
  readonly painter: PainterId
  /** When the painter was made. */
  readonly createdAtMs: number
  /** When this was signed. */
  readonly issuedAtMs: number
  /** The operator's session that the holder was given, null for none. */
  readonly session: string | null
}

export interface Statements {
  sign(statement: Statement): string
  /** Null for everything that we did not sign for this purpose. */
  verify(text: string): Statement | null
}

const version = '1'
const form = /^1\.(p_[a-z0-9]{4,40})\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})(?:\.([0-9a-f]{32}))?\.([A-Za-z0-9_-]{43})$/

export const createStatements = (options: { secret: string; purpose: string }): Statements => {
  const key = createHmac('sha256', options.secret).update(`fresco statement ${version}: ${options.purpose}`).digest()
  const macOf = (text: string) => createHmac('sha256', key).update(text).digest()
  return {
    sign({ painter, createdAtMs, issuedAtMs, session }) {
      const ofSession = session === null ? '' : `.${session}`
      const text = `${version}.${painter}.${createdAtMs.toString(36)}.${issuedAtMs.toString(36)}${ofSession}`
      return `${text}.${macOf(text).toString('base64url')}`
    },
    verify(text) {
      const [, painter, createdAt, issuedAt, session, mac] = form.exec(text) ?? []
      if (!painter || !createdAt || !issuedAt || !mac) return null
      if (!timingSafeEqual(Buffer.from(mac, 'base64url'), macOf(text.slice(0, text.length - mac.length - 1)))) return null
      return {
        painter: asPainterId(painter),
        createdAtMs: Number.parseInt(createdAt, 36),
        issuedAtMs: Number.parseInt(issuedAt, 36),
        session: session ?? null,
      }
    },
  }
}
