/**
 * The names and attributes of the session cookie.
 *
 * Cookies know no ports, so the name carries a tag of this installation: two installations on one host do not overwrite each
 * other's cookies. Under https the prefix `__Host-` keeps other hosts of the domain from setting it.
 */
import { createHmac } from 'node:crypto'
import { parseCookie, stringifySetCookie } from 'cookie'

/** Before the tag. A cookie of that name is still taken, so that painters stay who they are after an upgrade. */
const baseName = 'fresco_session'
const securePrefix = '__Host-'

export interface SessionCookie {
  /** The value in a `Cookie` header, and whether it came under the name that `secure` asks for. Null when there is none. */
  read(header: string): { value: string; name: string } | null
  nameFor(secure: boolean): string
  set(options: { value: string; secure: boolean; maxAgeSeconds: number }): string
}

export const createSessionCookie = (sessionSecret: string): SessionCookie => {
  const tag = createHmac('sha256', sessionSecret).update('fresco cookie name').digest('hex').slice(0, 8)
  const plainName = `${baseName}_${tag}`
  const names = [securePrefix + plainName, plainName, baseName]
  const nameFor = (secure: boolean) => (secure ? securePrefix : '') + plainName
  return {
    nameFor,
    read(header) {
      const cookies = parseCookie(header)
      const name = names.find((candidate) => cookies[candidate] !== undefined)
      return name === undefined ? null : { name, value: cookies[name] ?? '' }
    },
    set: ({ value, secure, maxAgeSeconds }) =>
      stringifySetCookie({ name: nameFor(secure), value, httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: maxAgeSeconds }),
  }
}
