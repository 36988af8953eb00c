/**
 * Finds the route of a request: by one look-up for a path without parameters, else by comparing segments. Segments are not decoded,
 * because no path of Fresco needs percent-encoding.
 */
import type { Answer, ApiRequest } from './exchange.ts'

export interface Call {
  readonly request: ApiRequest
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Such as `/api/canvases/:id`. */
  readonly path: string
  /** Answered by Next's route handler instead of the bypass. */
  readonly viaNext?: boolean
  /** A `GET` that pages of every origin may read, without credentials. */
  readonly open?: boolean
  /** For probes: machines must not be refused, so these requests count against no limit. */
  readonly uncounted?: boolean
  /** What a request costs of its address's budget; by default 1. */
  readonly cost?: number | ((search: string) => number)
  /** Made in turn with the other costly answers (`costly-work.ts`). */
  readonly costly?: boolean
  readonly handle: (call: Call) => Answer | Promise<Answer>
}

export type Found =
  | { kind: 'found'; route: Route; params: Readonly<Record<string, string>> }
  | { kind: 'wrong_method'; allow: readonly string[]; open: boolean }
  | { kind: 'not_found' }

type ByMethod = Map<string, Route>

interface Pattern {
  readonly segments: readonly string[]
  readonly routes: ByMethod
}

const noParams: Readonly<Record<string, string>> = {}

export const createRouter = (routes: readonly Route[]) => {
  const fixed = new Map<string, ByMethod>()
  const patterns: Pattern[] = []

  const byMethodOf = (path: string): ByMethod => {
    const known = fixed.get(path) ?? patterns.find(({ segments }) => segments.join('/') === path)?.routes
    if (known) return known
    const routesHere: ByMethod = new Map()
    if (path.includes('/:')) patterns.push({ segments: path.split('/'), routes: routesHere })
    else fixed.set(path, routesHere)
    return routesHere
  }
  for (const route of routes) byMethodOf(route.path).set(route.method, route)

  const pick = (byMethod: ByMethod, method: string, params: Readonly<Record<string, string>>): Found => {
    const route = byMethod.get(method === 'HEAD' ? 'GET' : method)
    if (route) return { kind: 'found', route, params }
    const allow = [...byMethod.keys()].flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]))
    return { kind: 'wrong_method', allow: [...allow, 'OPTIONS'], open: byMethod.get('GET')?.open === true }
  }

  return {
    find(method: string, pathname: string): Found {
      const exact = fixed.get(pathname)
      if (exact) return pick(exact, method, noParams)
      const segments = pathname.split('/')
      for (const pattern of patterns) {
        const params = match(pattern.segments, segments)
        if (params) return pick(pattern.routes, method, params)
      }
      return { kind: 'not_found' }
    },
  }
}

const match = (pattern: readonly string[], segments: readonly string[]): Record<string, string> | null => {
  if (pattern.length !== segments.length) return null
  for (const [index, name] of pattern.entries()) {
    const segment = segments[index]
    if (name.startsWith(':') ? !segment : name !== segment) return null
  }
  const params: Record<string, string> = {}
  for (const [index, name] of pattern.entries()) {
    if (name.startsWith(':')) params[name.slice(1)] = segments[index] ?? ''
  }
  return params
}
