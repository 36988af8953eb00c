/**
 * Decides which browser pages may change something (PROTOCOL.md, "Origin"). Programs send no `Origin` and are allowed.
 *
 * With PUBLIC_URL, its list decides. Without it, the page must have the same host as the request, and that must be `localhost` or an
 * address. A *name* could be an attacker's that resolves to this server (DNS rebinding).
 */
import { isIP } from 'node:net'

export const createOrigins = (options: { publicUrls: readonly string[] }) => {
  const listed = new Set(options.publicUrls)
  return {
    /** Both as in the headers; absent is null or undefined. */
    allowed(origin: string | null | undefined, host: string | null | undefined): boolean {
      if (origin === null || origin === undefined) return true
      if (listed.size > 0) return listed.has(origin)
      return host ? isSameUnnamedHost(origin, host) : false
    },
  }
}

export type Origins = ReturnType<typeof createOrigins>

const isSameUnnamedHost = (origin: string, host: string) => {
  const from = URL.parse(origin)
  if (!from || from.origin !== origin || (from.protocol !== 'http:' && from.protocol !== 'https:')) return false
  // Parsed with the origin's scheme, so that its default port may be written or left out.
  const to = URL.parse(`${from.protocol}//${host}`)
  if (!to || to.host !== from.host) return false
  return from.hostname === 'localhost' || isIP(from.hostname.replace(/^\[|\]$/g, '')) !== 0
}
