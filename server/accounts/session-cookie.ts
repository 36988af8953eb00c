/**
 * The names and attributes of the session cookie.
 *
 * A cookie applies to every port of a host. So the name has a tag of this installation, and two installations on one host do not
 * overwrite each other's cookies. Over https the prefix `__Host-` prevents other hosts of the domain from setting it.
 */
import { createHmac } from 'node:crypto'
import { parseCookie, stringifySetCookie } from 'cookie'

/** Without a tag. Older versions used this name, and it is still accepted, so that painters keep their identity. */
const baseName = 'fresco_session'
const securePrefix = '__Host-'

export const createSessionCookie = (sessionSecret: string) => {
  const tag = createHmac('sha256', sessionSecret).update('fresco cookie name').digest('hex').slice(0, 8)
  const plainName = `${baseName}_${tag}`
  const names = [securePrefix + plainName, plainName, baseName]
  const nameFor = (secure: boolean) => (secure ? securePrefix : '') + plainName
  return {
    nameFor,
    /** The value and the name of the session cookie in a `Cookie` header; null when there is none. */
    read(header: string): { name: string; value: string } | null {
      const cookies = parseCookie(header)
      const name = names.find((candidate) => cookies[candidate] !== undefined)
      return name === undefined ? null : { name, value: cookies[name] ?? '' }
    },
    set: ({ value, secure, maxAgeSeconds }: { value: string; secure: boolean; maxAgeSeconds: number }) =>
      stringifySetCookie({ name: nameFor(secure), value, httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: maxAgeSeconds }),
  }
}
