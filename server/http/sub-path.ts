/**
 * Fresco works at the root of an address only: its pages, assets and sockets have absolute paths. A proxy that puts it below a path would show a blank page
 * or redirect for ever, so such a request is answered with a sentence.
 */
import type { IncomingMessage } from 'node:http'

const own = new Set(['_next', 'api', 'socket.io', 'admin', 'c', 'icons', '.well-known'])

export const subPathSentence =
  'Fresco works at the root of an address only, and a proxy asks for it below a path. Give it a host name or a port of its own.'

/** The path below which Fresco is asked for; null when it is not. */
export const subPathOf = ({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>): string | null => {
  const prefix = headers['x-forwarded-prefix']
  if (typeof prefix === 'string' && /^\/+[^/]/.test(prefix)) return prefix
  const first = /^\/([^/?]+)\/(?:$|\?|_next\/|api\/|socket\.io\/|admin(?:$|\?)|c\/)/.exec(url)?.[1]
  return first === undefined || own.has(first) ? null : `/${first}`
}
