/**
 * Normalizes the target of a request, and finds malformed requests.
 *
 * RFC 9112, 3.2, allows a whole address instead of a path, which servers must accept, and `*`. A request must name one host: with two, a
 * proxy and Fresco could choose different ones.
 */
import type { IncomingMessage } from 'node:http'

export interface TargetRefusal {
  readonly status: 400 | 405
  readonly text: string
}

const malformed: TargetRefusal = { status: 400, text: 'This address is malformed.' }
const twoHosts: TargetRefusal = { status: 400, text: 'A request must name one host.' }
const noTrace: TargetRefusal = { status: 405, text: 'Method not allowed.' }

/** Without the query. */
export const pathOf = ({ url = '/' }: Pick<IncomingMessage, 'url'>) => {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

/** Answered in every role, to machines that send no forwarding headers. */
export const isProbe = (path: string) => /^\/(livez|readyz|metrics|api\/health)$/.test(path)

/** Reduces the request's URL to a path. Null: the request can be answered. The API answers malformed paths below `/api` itself. */
export const readTarget = (request: IncomingMessage): TargetRefusal | null => {
  if (request.method === 'TRACE' || request.method === 'TRACK') return noTrace
  if (countHosts(request) > 1) return twoHosts
  const { url = '/' } = request
  if (url.startsWith('/api/')) return null
  const whole = /^https?:\/\/([^/?#]+)/i.exec(url)
  if (whole) {
    if (!isSameHost(whole[1] ?? '', request.headers.host ?? '')) return twoHosts
    const rest = url.slice(whole[0].length)
    request.url = rest.startsWith('/') ? rest : `/${rest}`
  }
  const path = pathOf(request)
  return path.startsWith('/api/') || (path.startsWith('/') && isWellFormed(path)) ? null : malformed
}

/** Counts in `rawHeaders`, because `headers` keeps only the first. */
const countHosts = ({ rawHeaders }: IncomingMessage) => {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === 'host') count++
  return count
}

const isSameHost = (one: string, other: string) => plainHost(one) === plainHost(other)

/** Without a default port. */
const plainHost = (host: string) => host.toLowerCase().replace(/:(80|443)$/, '')

const isWellFormed = (path: string) => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
