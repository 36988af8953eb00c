/**
 * The HTTP API: one table of handlers, mounted twice (docs/decisions/0005). `answer` is for the bypass, `handle` for Next.
 *
 * Every request gets an answer or a documented problem. The order of the checks: path, method, origin, limit of the address,
 * handler. An unexpected error becomes 503 `unavailable` and one line in the log. Only `outcome_unknown` is thrown, because the
 * connection must then be closed without an answer (A1).
 */
import type { Refusal } from '../../lib/refusal.ts'
import { monotonicNow } from '../clock.ts'
import type { Limits } from '../limits/limits.ts'
import type { Logger } from '../observability/log.ts'
import { createThrottle } from '../observability/throttle.ts'
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'
import { writeFaultOf } from '../observability/write-watch.ts'
import { notFound, storeDown } from '../refusals.ts'
import { isFromElsewhere } from './callers.ts'
import { corsHeaders, preflightHeaders } from './cors.ts'
import type { CostlyWork } from './costly-work.ts'
import { type Answer, type ApiRequest, noContent } from './exchange.ts'
import { internalHeaders } from './internal-headers.ts'
import type { OpenExchanges } from './open-exchanges.ts'
import type { Origins } from './origins.ts'
import { problemAnswer } from './problem.ts'
import { type Call, createRouter, type Found, type Route } from './router.ts'
import { apiHeaders } from './security-headers.ts'
import { fromWebRequest, toWebResponse } from './web-adapter.ts'

export interface ApiOptions {
  readonly routes: readonly Route[]
  readonly limits: Pick<Limits, 'request'>
  readonly origins: Origins
  readonly costly: Pick<CostlyWork, 'run'>
  readonly exchanges: OpenExchanges
  readonly throttledWarnings: ThrottledWarnings
  readonly logger: Logger
  /** A request was refused because its address asks too often. */
  readonly onLimited?: () => void
}

export interface Api {
  /** Rejects with code `outcome_unknown` only. With `isCounted`, the request was already counted against the limit of its address. */
  answer(request: ApiRequest, isCounted?: boolean): Promise<Answer>
  /** The same for the Web's types, as Next mounts it. */
  handle(request: Request): Promise<Response>
  /** Whether the custom server answers this before Next. True also for unknown paths under `/api`. */
  isFast(method: string, pathname: string): boolean
}

/** Shared, because handlers only read it. */
const noQuery = new URLSearchParams()

const foreign = problemAnswer({
  code: 'forbidden',
  detail: 'Pages of this origin may not change anything here. PUBLIC_URL lists those that may.',
})

export const createApi = (deps: ApiOptions): Api => {
  const { limits, origins, costly, logger } = deps
  const throttle = createThrottle({ now: monotonicNow })
  const router = createRouter(deps.routes)

  const refuse = (found: Exclude<Found, { kind: 'found' }>): Answer => {
    if (found.kind === 'not_found') return problemAnswer(notFound)
    const allow = found.allow.join(', ')
    return problemAnswer({ code: 'method_not_allowed', detail: `Method not allowed. Allowed: ${allow}.` }, { allow })
  }

  const isForeign = (request: ApiRequest, { method }: Route) => {
    if (method === 'GET') return false
    const origin = request.header('origin')
    return !origins.allowed(origin, request.header('host')) || (origin === null && isFromElsewhere(request))
  }

  const tooMany = ({ peer }: ApiRequest, limited: Refusal): Answer => {
    deps.onLimited?.()
    deps.throttledWarnings.warn(peer.address, 'requests_refused')
    return problemAnswer(limited)
  }

  /** Throttled, because while the store is unavailable every request fails for the same reason. `write-watch.ts` logs refused writes. */
  const refusedByStore = (path: string, error: unknown) => {
    if (writeFaultOf(error) !== null) return
    const alsoSince = throttle.pass(path)
    if (alsoSince !== null) logger.warn({ event: 'request_unavailable', path, alsoSince, err: error })
  }

  const fault = (error: unknown, { path }: Route): Answer => {
    const code = (error as { code?: unknown } | null)?.code
    if (code === 'outcome_unknown') throw error
    if (code === 'unavailable' || code === 'closed') refusedByStore(path, error)
    else logger.error({ event: 'request_failed', path, err: error })
    return problemAnswer(storeDown)
  }

  const answer: Api['answer'] = async (request, isCounted = false) => {
    const found = router.find(request.method, request.pathname)
    if (found.kind !== 'found') return answerUnrouted(request, found, isCounted)
    const { route, params } = found
    const open = route.open === true
    try {
      const limited = route.uncounted || isCounted ? null : await limits.request(request.peer.address, costOf(route, request.search))
      if (limited) return finish(tooMany(request, limited), open)
      if (isForeign(request, route)) return finish(foreign, open)
      const query = request.search === '' ? noQuery : new URLSearchParams(request.search)
      const call = { request, params, query }
      return finish(route.costly ? await makeInTurn(route, call) : await route.handle(call), open)
    } catch (error) {
      return finish(fault(error, route), open)
    }
  }

  /** Preflights, and what there is no route for. Without a route there is no cost, so these count as the cheapest request. */
  const answerUnrouted = async (request: ApiRequest, found: Exclude<Found, { kind: 'found' }>, isCounted: boolean): Promise<Answer> => {
    const open = found.kind === 'wrong_method' && found.open
    const limited = isCounted ? null : await limits.request(request.peer.address)
    if (limited) return finish(tooMany(request, limited), open)
    return request.method === 'OPTIONS' ? options(found) : finish(refuse(found), open)
  }

  const makeInTurn = async (route: Route, call: Call): Promise<Answer> => {
    const made = await costly.run(call.request.peer.address, async () => route.handle(call))
    return made.ok ? made.value : tooMany(call.request, made.refusal)
  }

  const options = (found: Found): Answer => {
    if (found.kind !== 'wrong_method') return finish(problemAnswer(notFound), false)
    return finish(noContent({ allow: found.allow.join(', '), ...(found.open ? preflightHeaders : {}) }), found.open)
  }

  return {
    answer,
    async handle(request) {
      const exchange = request.headers.get(internalHeaders.exchange)
      try {
        const response = toWebResponse(await answer(fromWebRequest(request), exchange !== null), request.method)
        if (exchange !== null) deps.exchanges.keepHeaders(exchange, response.headers)
        return response
      } catch (error) {
        if (exchange === null || !deps.exchanges.abandon(exchange)) throw error
        // The connection is closed, so this answer is not sent.
        return toWebResponse(problemAnswer(storeDown), request.method)
      }
    },
    isFast(method, pathname) {
      const found = router.find(method, pathname)
      return found.kind === 'found'
        ? found.route.fast
        : found.kind === 'wrong_method' || pathname === '/api' || pathname.startsWith('/api/')
    },
  }
}

const costOf = ({ cost }: Route, search: string) => (typeof cost === 'function' ? cost(search) : cost)

const finish = (answer: Answer, open: boolean): Answer => ({
  ...answer,
  headers: { ...apiHeaders, ...(open ? corsHeaders : undefined), ...answer.headers },
})
