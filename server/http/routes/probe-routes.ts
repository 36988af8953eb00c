/** Probes for machines: liveness, readiness, health and metrics. */
import type { Registry } from 'prom-client'
import { isSameSecret } from '../../accounts/same-secret.ts'
import { bearerOf } from '../../accounts/sessions.ts'
import { storeDown } from '../../refusals.ts'
import { version } from '../../version.ts'
import type { Callers } from '../callers.ts'
import { isLocalHost, isLoopback } from '../client-address.ts'
import { type Answer, type ApiRequest, text } from '../exchange.ts'
import type { Health } from '../health.ts'
import { problemAnswer } from '../problem.ts'
import type { Route } from '../router.ts'

export interface ProbeRouteDeps {
  readonly callers: Callers
  readonly health: Health
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>
  readonly metricsToken: string | null
}

export const probeRoutes = (deps: ProbeRouteDeps): Route[] => [
  // Prometheus counts a target as up when the body is in its format, which "ok" is not.
  {
    method: 'GET',
    path: '/livez',
    uncounted: true,
    handle: ({ query }) => text(200, query.get('format') === 'prometheus' ? '# ok\n' : 'ok'),
  },
  { method: 'GET', path: '/readyz', uncounted: true, handle: () => ready(deps) },
  { method: 'GET', path: '/metrics', uncounted: true, handle: ({ request }) => metrics(deps, request) },
  { method: 'GET', path: '/api/health', uncounted: true, handle: ({ request }) => health(deps, request) },
]

const ready = async ({ health }: ProbeRouteDeps): Promise<Answer> =>
  (await health.report()).status === 'fail' ? problemAnswer(storeDown) : text(200, 'ok')

const metrics = async ({ registry, ...deps }: ProbeRouteDeps, request: ApiRequest): Promise<Answer> => {
  if (!(await maySeeInside(deps, request))) {
    return problemAnswer({ code: 'forbidden', detail: 'Metrics are only for this machine, for admins, and with METRICS_TOKEN.' })
  }
  return { status: 200, headers: { 'content-type': registry.contentType, 'cache-control': 'no-store' }, body: await registry.metrics() }
}

const health = async (deps: ProbeRouteDeps, request: ApiRequest): Promise<Answer> => {
  const { status, checks } = await deps.health.report()
  return {
    status: status === 'fail' ? 503 : 200,
    headers: { 'content-type': 'application/health+json', 'cache-control': 'no-store' },
    body: JSON.stringify((await maySeeInside(deps, request)) ? { status, version, checks } : { status }),
  }
}

/**
 * True for this machine, admins and the metrics token. A proxy on this machine adds a header, and a page whose name resolves to this
 * machine sends that name, so neither counts as this machine.
 */
const maySeeInside = async (
  { callers, metricsToken }: Pick<ProbeRouteDeps, 'callers' | 'metricsToken'>,
  request: ApiRequest,
): Promise<boolean> => {
  if (request.peer.direct && isLoopback(request.peer.address) && isLocalHost(request.header('host'))) return true
  const bearer = bearerOf(request.header('authorization'))
  if (bearer !== null && metricsToken !== null && isSameSecret(bearer, metricsToken)) return true
  return (await callers.admin(request)).ok
}
