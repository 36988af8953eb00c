/** Counts every HTTP request when its answer ends, by the pattern of its route. An unknown path has no pattern of its own (A6). */
import type { Server } from 'node:http'
import type { Metrics } from '../observability/metrics.ts'
import type { Api } from './api.ts'
import { pathOf } from './request-target.ts'

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The pages of `app/`. */
const pages: ReadonlySet<string> = new Set([
  '/',
  '/boards',
  '/privacy',
  '/admin',
  '/admin/boards',
  '/admin/webhooks',
  '/admin/log',
  '/admin/settings',
])

export const pageRouteOf = (path: string): string | null => {
  if (pages.has(path)) return path
  return /^\/c\/[^/]+$/.test(path) ? '/c/:canvas' : null
}

export interface RouteNameOptions {
  readonly api: Pick<Api, 'routeOf'>
  readonly staticFiles: ReadonlySet<string>
}

/** The pattern of a route, `static` for a file, else `unknown`. */
export const createRouteNames =
  ({ api, staticFiles }: RouteNameOptions) =>
  (method: string, path: string): string => {
    const known = api.routeOf(method, path) ?? pageRouteOf(path)
    if (known !== null) return known
    if (path.startsWith('/socket.io/')) return '/socket.io/'
    return staticFiles.has(decoded(path)) ? 'static' : 'unknown'
  }

export interface RequestCountsOptions {
  readonly routeOf: (method: string, path: string) => string
  readonly answered: Metrics['answered']
}

/** Call it after all other listeners of requests are added. */
export const countRequests = (http: Server, { routeOf, answered }: RequestCountsOptions) => {
  http.prependListener('request', (request, response) => {
    response.once('close', () => {
      const { method = '' } = request
      const known = methods.has(method) ? method : 'other'
      answered({ method: known, route: routeOf(method, pathOf(request)), status: response.headersSent ? response.statusCode : null })
    })
  })
}

const decoded = (path: string) => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
