/** The checks of the installation for admins, and the probe with which they recognize it at its public address. */
import type { Canvas } from '../../../lib/canvas.ts'
import { historyOf, nonceHeader, type ProbeNonces } from '../../doctor/probe-nonces.ts'
import type { Doctor } from '../../doctor/run-checks.ts'
import { notFound } from '../../refusals.ts'
import { type Callers, forAdmins } from '../callers.ts'
import { type Answer, type ApiRequest, json } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Route } from '../router.ts'

export interface ChecksRouteDeps {
  readonly callers: Callers
  readonly doctor: Doctor
  readonly nonces: ProbeNonces
  readonly canvases: () => Promise<readonly Canvas[]>
}

const maxForwardedLength = 1_000

/** Without a nonce that this installation has just made, there is no such path. */
const probe = async ({ nonces, canvases }: ChecksRouteDeps, request: ApiRequest): Promise<Answer> => {
  const nonce = request.header(nonceHeader)
  if (nonce === null || !nonces.take(nonce)) return problemAnswer(notFound)
  const forwardedFor = request.header('x-forwarded-for')?.slice(0, maxForwardedLength) ?? null
  return json(200, { proof: nonces.proofOf(nonce), history: historyOf(await canvases()), forwardedFor })
}

export const checksRoutes = (deps: ChecksRouteDeps): Route[] => [
  {
    method: 'GET',
    path: '/api/admin/checks',
    handle: forAdmins(deps.callers, async ({ query }) => {
      const wantsLast = query.get('last') === 'true'
      return json(200, { report: wantsLast ? deps.doctor.last() : await deps.doctor.check() })
    }),
  },
  // Not counted, because behind a proxy all visitors may share the budget of one address, which the checks have to find.
  { method: 'POST', path: '/api/probe', uncounted: true, handle: ({ request }) => probe(deps, request) },
]
