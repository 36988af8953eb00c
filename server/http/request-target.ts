/**
 * What a request asks for, in the form that everything behind it expects, and what makes a request malformed.
 *
 * RFC 9112, 3.2, has two more forms than a path: a whole address, which servers must take, though only proxies are sent it; and `*`, for the server as such.
 * A request names one host. Two of them would let a proxy in front and Fresco disagree about which one it is.
 */
import type { IncomingMessage } from 'node:http'

export interface TargetRefusal {
  readonly status: 400 | 405
  readonly text: string
}

const malformed: TargetRefusal = { status: 400, text: 'This address is malformed.' }
const twoHosts: TargetRefusal = { status: 400, text: 'A request names one host.' }
const noTrace: TargetRefusal = { status: 405, text: 'Method not allowed.' }

/** Makes a path of the request's address. Null: the request can be answered. What is malformed below `/api` is answered by its own problem. */
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
  const path = request.url?.split('?', 1)[0] ?? '/'
  return path.startsWith('/api/') || (path.startsWith('/') && isWellFormed(path)) ? null : malformed
}

/** `headers` keeps the first of several. */
const countHosts = ({ rawHeaders }: IncomingMessage) => {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === 'host') count++
  return count
}

const isSameHost = (one: string, other: string) => plainHost(one) === plainHost(other)

/** The default ports may be left out. */
const plainHost = (host: string) => host.toLowerCase().replace(/:(80|443)$/, '')

const isWellFormed = (path: string) => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
