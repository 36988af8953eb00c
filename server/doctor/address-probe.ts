/** The probe of a PUBLIC_URL: a request that only a web process of this installation answers with a proof. Several checks share its answer. */
import { z } from 'zod'
import type { Finding } from '../../lib/checks.ts'
import { type Answered, boundedRequest, type Failed, requestMs } from './bounded-request.ts'
import { ok, problem, unknown } from './check.ts'
import { nonceHeader, type ProbeNonces } from './probe-nonces.ts'

export const probePath = '/api/probe'
/** An address for documentation (RFC 5737), which no client has. The proxies add theirs after it. */
export const sentAddress = '192.0.2.1'

const probeSchema = z.object({ proof: z.string(), history: z.string(), forwardedFor: z.string().nullable() })
export type ProbeAnswer = z.infer<typeof probeSchema>

export interface ProbeResult {
  readonly answer: Answered | Failed
  /** Null unless this installation has answered. */
  readonly probe: ProbeAnswer | null
  /** Another history: a copy with the same secrets has answered. */
  readonly isCopy: boolean
}

export interface AddressProbeOptions {
  readonly url: string
  readonly nonces: ProbeNonces
  readonly history: () => Promise<string>
  readonly signal: AbortSignal
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/** Never rejects, except with an error of the store. */
export const sendProbe = async (options: AddressProbeOptions, headers: Readonly<Record<string, string>> = {}): Promise<ProbeResult> => {
  const { url, nonces, history, signal } = options
  const nonce = nonces.make()
  const answer = await boundedRequest({
    url: url + probePath,
    method: 'POST',
    headers: { [nonceHeader]: nonce, 'x-forwarded-for': sentAddress, accept: 'application/json', ...headers },
    body: '',
    signal,
  })
  const probe = answer.kind === 'answered' && answer.status === 200 ? probeSchema.safeParse(parse(answer.body)) : null
  if (!probe?.success || probe.data.proof !== nonces.proofOf(nonce)) return { answer, probe: null, isCopy: false }
  const isCopy = probe.data.history !== (await history())
  return { answer, probe: isCopy ? null : probe.data, isCopy }
}

const problemsOfFresco = /"(code|type)":|fresco/i

const foreign = (url: string, { status, headers, body }: Answered): Finding => {
  if (headers.location !== undefined) return problem('redirected', { url, to: headers.location })
  if ([502, 503, 504].includes(status)) return problem('bad_gateway', { url, status })
  const isFresco = headers['content-type']?.startsWith('application/problem+json') === true && problemsOfFresco.test(body)
  return isFresco ? problem('other_installation', { url }) : problem('not_fresco', { url, detail: `status ${status}` })
}

/** `isServing`: without a running server, only the way to the proxy can be checked. */
export const reachability = (url: string, { answer, probe, isCopy }: ProbeResult, isServing: boolean): Finding => {
  if (answer.kind === 'answered') {
    if (probe) return ok('reachable', { url, ms: Math.round(answer.tookMs) })
    if (!isServing) return unknown('no_server')
    return isCopy ? problem('other_installation', { url }) : foreign(url, answer)
  }
  const { kind, detail } = answer
  if (!isServing && (kind === 'refused' || kind === 'silent')) return unknown('no_server')
  if (kind === 'silent') return problem('silent', { url, seconds: requestMs / 1_000 })
  if (kind === 'not_http') return problem('not_fresco', { url, detail })
  return problem(kind, { url, detail })
}
