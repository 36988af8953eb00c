/**
 * The HTTP API: one table of handlers, mounted twice (docs/decisions/0005). `answer` is for the bypass, `handle` for Next.
 *
 * Every request gets an answer or a documented problem. The order of the checks: path, method, limit of the address, origin, handler.
 * An unexpected error becomes 503 `unavailable` and one line in the log. Only `outcome_unknown` is thrown, because the connection must
 * then be closed without an answer (A1).
 */
import type { ProblemCode, Refusal } from '../../lib/refusal.ts'
import { monotonicNow } from '../clock.ts'
import type { Logger } from '../observability/log.ts'
import { createThrottle } from '../observability/throttle.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'
import { writeFaultOf } from '../observability/write-watch.ts'
import { notFound, perhapsChanged, storeDown } from '../refusals.ts'
import { named, newRequestId } from '../request-id.ts'
import { isFromElsewhere } from './callers.ts'
import type { CostlyWork } from './costly-work.ts'
import { type Answer, type ApiRequest, noContent } from './exchange.ts'
import { internalHeaders } from './internal-headers.ts'
import type { OpenExchanges } from './open-exchanges.ts'
import type { Origins } from './origins.ts'
import { problemAnswer } from './problem.ts'
import { requestIdOf, withRequestId } from './request-id-header.ts'
import type { RequestLimiter } from './request-limiter.ts'
import { createRouter, type Found, type Route } from './router.ts'
import { apiHeaders, corsHeaders, preflightHeaders } from './security-headers.ts'
import { fromWebRequest, toWebResponse } from './web-adapter.ts'

export interface ApiOptions {
  readonly routes: readonly Route[]
  readonly limiter: RequestLimiter
  readonly origins: Origins
  readonly costly: Pick<CostlyWork, 'run'>
  readonly exchanges: OpenExchanges
  readonly throttledWarnings: ThrottledWarnings
  /** Called for each refused request. */
  readonly onRefused?: (code: ProblemCode) => void
  readonly logger: Logger
}

export interface Api {
  /** Rejects with code `outcome_unknown` only. With `isCounted`, the request was already counted against the limit of its address. */
  answer(request: ApiRequest, isCounted?: boolean): Promise<Answer>
  /** The same for the Web's types, as Next mounts it. */
  handle(request: Request): Promise<Response>
  /** Whether the custom server answers this before Next. True also for unknown paths under `/api`. */
  usesBypass(method: string, pathname: string): boolean
  /** The pattern of the route, such as `/api/canvases/:id`. Null for unknown paths, and for methods that a path lacks. */
  routeOf(method: string, pathname: string): string | null
}

type Unrouted = Exclude<Found, { kind: 'found' }>
type Routed = Extract<Found, { kind: 'found' }>

/** Of a log line. */
const maxOrigin = 200

/** Shared, because handlers only read it. */
const noQuery = new URLSearchParams()

const foreign: Refusal = {
  code: 'forbidden',
  detail: 'Pages of this origin may not change anything here. PUBLIC_URL lists the origins that may.',
}

export const createApi = (options: ApiOptions): Api => {
  const { limiter } = options
  const router = createRouter(options.routes)
  const failures = createFailures(options.logger)

  const answer: Api['answer'] = async (request, isCounted = false) => {
    const found = router.find(request.method, request.pathname)
    const route = found.kind === 'found' ? found.route : null
    const isOpen = route ? route.open === true : found.kind === 'wrong_method' && found.open
    const path = route?.path ?? ''
    const answered = (made: Answer): Answer => {
      if (made.refusal !== undefined) options.onRefused?.(made.refusal)
      // Probes fail each second while a part is away, and `store_is_away` says so.
      const shown = route?.uncounted === true ? made : failures.named(made, path)
      return { ...shown, headers: { ...apiHeaders, ...(isOpen && corsHeaders), ...shown.headers } }
    }
    try {
      // Without a route a request counts as the cheapest one.
      const isFree = isCounted || route?.uncounted === true
      const limited = isFree ? null : await limiter.count(request.peer.address, route ? costOf(route, request.search) : 1)
      if (limited) return answered(problemAnswer(limited))
      return answered(found.kind === 'found' ? await answerRoute(request, found, options) : answerUnrouted(request, found))
    } catch (error) {
      return answered(failures.answer(error, request.method, path))
    }
  }

  return {
    answer,
    handle: createWebHandler(answer, options.exchanges),
    usesBypass(method, pathname) {
      const found = router.find(method, pathname)
      if (found.kind === 'found') return !found.route.viaNext
      return found.kind === 'wrong_method' || pathname === '/api' || pathname.startsWith('/api/')
    },
    routeOf(method, pathname) {
      const found = router.find(method, pathname)
      return found.kind === 'found' ? found.route.path : null
    },
  }
}

const costOf = ({ cost }: Route, search: string) => (typeof cost === 'function' ? cost(search) : cost)

const answerRoute = async (request: ApiRequest, { route, params }: Routed, options: ApiOptions): Promise<Answer> => {
  const { origins, costly, limiter } = options
  if (route.method !== 'GET' && isForeign(request, origins)) return problemAnswer(refuseForeign(request, options))
  const query = request.search === '' ? noQuery : new URLSearchParams(request.search)
  const call = { request, params, query }
  if (!route.costly) return route.handle(call)
  const { address } = request.peer
  const made = await costly.run(address, async () => route.handle(call))
  return made.ok ? made.value : problemAnswer(limiter.refuse(address, made.refusal))
}

const isForeign = (request: ApiRequest, origins: Origins) => {
  const origin = request.header('origin')
  return !origins.allowed(origin, request.header('host')) || (origin === null && isFromElsewhere(request))
}

const refuseForeign = (request: ApiRequest, { throttledWarnings }: ApiOptions): Refusal => {
  const refused = named(foreign)
  const origin = request.header('origin') ?? `none (${request.header('sec-fetch-site')})`
  throttledWarnings.warn(request.peer.address, 'origin_refused', { origin: origin.slice(0, maxOrigin), requestId: refused.requestId })
  return refused
}

/** Preflights, wrong methods and unknown paths. */
const answerUnrouted = ({ method }: ApiRequest, found: Unrouted): Answer => {
  if (found.kind === 'not_found') return problemAnswer(notFound)
  const allow = found.allow.join(', ')
  if (method === 'OPTIONS') return noContent({ allow, ...(found.open && preflightHeaders) })
  return problemAnswer({ code: 'method_not_allowed', detail: `Method not allowed. Allowed: ${allow}.` }, { allow })
}

/** Names failing requests, and logs them. */
const createFailures = (logger: Logger) => {
  const throttle = createThrottle({ now: monotonicNow })

  /** Throttled, because while the store is unavailable every request fails for the same reason. The level `debug` has every request. */
  const log = (path: string, fields: Readonly<Record<string, unknown>>) => {
    const alsoSince = throttle.pass(path)
    const line = { event: 'request_unavailable', path, ...fields }
    if (alsoSince === null) logger.debug(line)
    else logger.warn({ ...line, alsoSince })
  }

  return {
    /** For an error of a handler. @throws `outcome_unknown` again. */
    answer(error: unknown, method: string, path: string): Answer {
      const code = (error as { code?: unknown } | null)?.code
      if (code === 'outcome_unknown') throw error
      const refusal = named(method === 'GET' || method === 'HEAD' ? storeDown : perhapsChanged)
      const { requestId } = refusal
      const reason = writeFaultOf(error)
      if (code !== 'unavailable' && code !== 'closed') logger.error({ event: 'request_failed', path, requestId, err: error })
      // `write-watch.ts` logs the error of a store that refuses writes.
      else log(path, { requestId, ...(reason === null ? { err: error } : { reason }) })
      return problemAnswer(refusal)
    },
    /** For a handler's own answer: one that fails gets a name. */
    named(made: Answer, path: string): Answer {
      if (made.refusal === undefined || made.status < 500 || requestIdOf(made) !== null) return made
      const requestId = newRequestId()
      log(path, { requestId, code: made.refusal })
      return withRequestId(made, requestId)
    },
  }
}

const createWebHandler =
  (answer: Api['answer'], exchanges: OpenExchanges): Api['handle'] =>
  async (request) => {
    const exchange = request.headers.get(internalHeaders.exchange)
    try {
      const response = toWebResponse(await answer(fromWebRequest(request), exchange !== null), request.method)
      if (exchange !== null) exchanges.keepHeaders(exchange, response.headers)
      return response
    } catch (error) {
      if (exchange === null || !exchanges.abandon(exchange)) throw error
      // The connection is closed, so this answer is not sent.
      return toWebResponse(problemAnswer(storeDown), request.method)
    }
  }
