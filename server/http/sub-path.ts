/**
 * Finds requests below a path. Fresco works only at the root of an address, because its pages, assets and sockets have absolute paths.
 * Behind a proxy with a path, browsers would show a blank page or redirect forever, so Fresco answers with a sentence.
 */
import type { IncomingMessage } from 'node:http'

const own = new Set(['_next', 'api', 'socket.io', 'admin', 'c', 'icons', '.well-known'])

export const subPathSentence =
  'Fresco works at the root of an address only, and the proxy puts it below a path. Give it a host name or a port of its own.'

/** The path in front of Fresco's own; null without one. */
export const subPathOf = ({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>): string | null => {
  const prefix = headers['x-forwarded-prefix']
  if (typeof prefix === 'string' && /^\/+[^/]/.test(prefix)) return prefix
  const first = /^\/([^/?]+)\/(?:$|\?|_next\/|api\/|socket\.io\/|admin(?:$|[/?])|c\/)/.exec(url)?.[1]
  return first === undefined || own.has(first) ? null : `/${first}`
}
