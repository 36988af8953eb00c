/**
 * What a request asks for, in the form that everything behind it expects. RFC 9112, 3.2, has two more forms than a path: a whole address, which servers
 * must take, though only proxies are sent it; and `*`, for the server as such.
 */
import type { IncomingMessage } from 'node:http'

const isWellFormed = (path: string) => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** Makes a path of the request's address. Answers whether it is one that can be answered; what is malformed below `/api` is, by its own problem. */
export const readTarget = (request: IncomingMessage): boolean => {
  const { url = '/' } = request
  if (url.startsWith('/api/')) return true
  const whole = /^https?:\/\/([^/?#]+)/i.exec(url)
  if (whole) {
    const rest = url.slice(whole[0].length)
    request.url = rest.startsWith('/') ? rest : `/${rest}`
    request.headers.host = whole[1]
  }
  const path = request.url?.split('?', 1)[0] ?? '/'
  return path.startsWith('/api/') || (path.startsWith('/') && isWellFormed(path))
}
