/**
 * Parses `REDIS_URL`. Four schemes: `redis` and `rediss` (with TLS) name one server, `redis-sentinel` and `rediss-sentinel` name Sentinels and the
 * primary that they watch:
 *
 *     redis://user:word@host:6379/database
 *     redis-sentinel://user:word@host:26379,other:26379/mymaster/database
 */
export interface RedisHost {
  readonly host: string
  readonly port: number
}

export interface RedisAddress {
  /** One server, or the Sentinels. */
  readonly hosts: readonly RedisHost[]
  /** The name of the primary that the Sentinels watch; null without Sentinels. */
  readonly primary: string | null
  readonly username: string | null
  readonly password: string | null
  readonly database: number
  readonly isTls: boolean
}

const pattern =
  /^redis(?<tls>s?)(?<sentinel>-sentinel)?:\/\/(?:(?<username>[^/:]*)(?::(?<password>[^/]*))?@)?(?<hosts>[^/?#@]+)(?:\/(?<path>[^?#]*))?$/
const hostPattern = /^(?:\[(?<v6>[\da-fA-F:.]+)\]|(?<name>[^\s:[\]]+))(?::(?<port>\d{1,5}))?$/

/** A sentence without its subject, such as "must name one host", when the text is no such address. */
export const parseRedisUrl = (text: string): RedisAddress | { readonly mistake: string } => {
  const parts = pattern.exec(text)?.groups
  if (!parts) return { mistake: 'must be redis://host:6379, rediss://host:6379 or redis-sentinel://host:26379/mymaster, without a ?query' }
  const { tls, sentinel, hosts = '', path = '' } = parts
  if (path.includes('@')) return { mistake: 'must write / as %2F in the user and the password' }
  const isSentinel = sentinel !== undefined
  const parsedHosts = hosts.split(',').map((host) => parseHost(host, isSentinel ? 26_379 : 6_379))
  const known = parsedHosts.filter((host) => host !== null)
  if (known.length < parsedHosts.length) return { mistake: 'must name hosts with ports from 1 to 65535' }
  if (!isSentinel && known.length > 1) return { mistake: 'must name one host; several Sentinels begin with redis-sentinel://' }
  const [, name, database] = (isSentinel ? /^([\w.-]+)(?:\/(\d*))?$/ : /^()(\d*)$/).exec(path) ?? []
  if (name === undefined) {
    return {
      mistake: isSentinel
        ? 'must end with the name of the primary that the Sentinels watch: redis-sentinel://host:26379/mymaster'
        : 'must end with the number of a Redis database, or with none',
    }
  }
  const [username, password] = [decode(parts['username']), decode(parts['password'])]
  if (username === undefined || password === undefined) return { mistake: 'must write % as %25 in the user and the password' }
  return { hosts: known, primary: name || null, username, password, database: Number(database ?? 0), isTls: tls === 's' }
}

/** @throws when the text was not checked before. */
export const redisAddress = (text: string): RedisAddress => {
  const address = parseRedisUrl(text)
  if ('mistake' in address) throw new Error(`REDIS_URL ${address.mistake}`)
  return address
}

export const withoutPassword = (url: string) => url.replace(/\/\/.*@/, '//')

const parseHost = (text: string, defaultPort: number): RedisHost | null => {
  const { v6, name, port } = hostPattern.exec(text)?.groups ?? {}
  const host = v6 ?? name
  const number = Number(port ?? defaultPort)
  return host === undefined || number < 1 || number > 65_535 ? null : { host, port: number }
}

/** Null when there is none, undefined when it cannot be decoded. */
const decode = (text: string | undefined): string | null | undefined => {
  if (!text) return null
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
