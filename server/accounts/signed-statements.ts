/**
 * Signed statements about a painter: session cookies and tokens. Nothing is stored for them, so a visitor who only watches causes no write.
 *
 * A statement is `1.<painter>.<made>.<issued>.<mac>`, with times in base 36, and the operator's session, if any, before the MAC. The MAC
 * is HMAC-SHA256 (RFC 2104) with a key for each purpose, so a cookie is not valid as a token.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { asPainterId, type PainterId } from '../../lib/brand.ts'

export interface Statement {
  readonly painter: PainterId
  /** When the painter was made. */
  readonly createdAtMs: number
  /** When the statement was signed. */
  readonly issuedAtMs: number
  /** The operator's session of the holder; null for none. */
  readonly session: string | null
}

const version = '1'
const form = /^1\.(p_[a-z0-9]{4,40})\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})(?:\.([0-9a-f]{32}))?\.([A-Za-z0-9_-]{43})$/

export const createStatements = (options: { secret: string; purpose: string }) => {
  const key = createHmac('sha256', options.secret).update(`fresco statement ${version}: ${options.purpose}`).digest()
  const macOf = (text: string) => createHmac('sha256', key).update(text).digest()
  return {
    sign({ painter, createdAtMs, issuedAtMs, session }: Statement): string {
      const ofSession = session === null ? '' : `.${session}`
      const text = `${version}.${painter}.${createdAtMs.toString(36)}.${issuedAtMs.toString(36)}${ofSession}`
      return `${text}.${macOf(text).toString('base64url')}`
    },
    /** Null for a text that was not signed for this purpose. */
    verify(text: string): Statement | null {
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
