/** The checks of one PUBLIC_URL. Only the first request goes to an address that may lead elsewhere: the others need its proof. */
import { isIP } from 'node:net'
import type { Finding } from '../../lib/checks.ts'
import { isLocalHost } from '../http/client-address.ts'
import { type AddressProbeOptions, type ProbeResult, reachability, sendProbe, sentAddress } from './address-probe.ts'
import { boundedRequest } from './bounded-request.ts'
import { type Check, ok, once, problem, unknown, warning } from './check.ts'
import { nonceHeader } from './probe-nonces.ts'
import { checkPolling, checkWebSocket } from './socket-checks.ts'

export interface AddressChecksOptions extends AddressProbeOptions {
  readonly trustProxy: number
  /** Whether a server of this installation runs. */
  readonly isServing: boolean
  readonly webProcesses: () => Promise<number>
  readonly now: () => number
}

const certificateDays = { warning: 14, problem: 3 }
const dayMs = 86_400_000

const checkCertificate = (url: string, { answer }: ProbeResult, now: () => number): Finding => {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:') {
    const isLocal = hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
    return isLocal ? ok('no_tls_local', { url }) : warning('no_tls', { url })
  }
  if (answer.kind === 'tls') return problem('tls', { url, detail: answer.detail })
  const endsMs = answer.kind === 'answered' ? answer.certificateEndsMs : null
  if (endsMs === null) return unknown('url_unreachable', { url })
  const days = Math.floor((endsMs - now()) / dayMs)
  if (days < certificateDays.problem) return problem('certificate_ends', { days: Math.max(0, days) })
  return days < certificateDays.warning ? warning('certificate_ends', { days }) : ok('certificate', { days })
}

/** How many proxies have added an address after the one that was sent. A proxy that replaces the header counts, too. */
export const countProxies = (forwardedFor: string | null): number => {
  if (forwardedFor === null) return 0
  const addresses = forwardedFor.split(',').map((address) => address.trim())
  return addresses.length - 1 - addresses.lastIndexOf(sentAddress)
}

const checkForwarding = (forwardedFor: string | null, trusted: number): Finding => {
  const proxies = countProxies(forwardedFor)
  if (proxies === trusted) return ok('forwarding', { proxies })
  return trusted === 0 ? problem('forwarding_ignored', { proxies }) : problem('forwarding_differs', { proxies, trusted })
}

const checkOrigin = async (options: AddressChecksOptions): Promise<Finding> => {
  const { url } = options
  const [own, foreign] = await Promise.all([
    sendProbe(options, { origin: url }),
    sendProbe(options, { origin: 'https://another-site.invalid' }),
  ])
  if (own.answer.kind !== 'answered' || foreign.answer.kind !== 'answered') return unknown('url_unreachable', { url })
  if (!own.probe) return problem('origin_refused', { url })
  return foreign.probe ? problem('origin_open') : ok('origin', { url })
}

/** Fresco shows its metrics to its own machine, so without a proxy an address of this machine proves nothing. */
const checkMetrics = async ({ url, nonces, signal }: AddressChecksOptions, forwardedFor: string | null): Promise<Finding> => {
  if (countProxies(forwardedFor) === 0 && isLocalHost(new URL(url).host)) return ok('metrics_local', { url })
  for (const path of ['/metrics', '/api/health']) {
    const answer = await boundedRequest({ url: url + path, headers: { [nonceHeader]: nonces.make() }, signal })
    const isOpen = answer.kind === 'answered' && /^fresco_\w+[ {]/m.test(answer.body)
    const hasDetails = answer.kind === 'answered' && answer.body.includes('"checks":')
    if (isOpen || hasDetails) return problem('metrics_open', { url, path })
  }
  return ok('metrics_closed')
}

/** `probe` is shared with the check of the clock. */
export const addressChecks = (options: AddressChecksOptions, probe: () => Promise<ProbeResult>): Check[] => {
  const { url: subject, trustProxy, isServing, now, webProcesses } = options
  /** Checks that need an answer of this installation. */
  const behind = (check: (forwardedFor: string | null) => Finding | Promise<Finding>) => async () => {
    const { probe: answer } = await probe()
    if (answer) return check(answer.forwardedFor)
    return isServing ? unknown('url_unreachable', { url: subject }) : unknown('no_server')
  }
  return [
    { code: 'reachable', subject, check: async () => reachability(subject, await probe(), isServing) },
    { code: 'certificate', subject, check: async () => checkCertificate(subject, await probe(), now) },
    { code: 'websocket', subject, check: behind(() => checkWebSocket(options)) },
    { code: 'forwarding', subject, check: behind((forwardedFor) => checkForwarding(forwardedFor, trustProxy)) },
    { code: 'origin', subject, check: behind(() => checkOrigin(options)) },
    { code: 'polling', subject, check: behind(async () => checkPolling(options, await webProcesses())) },
    { code: 'metrics_closed', subject, check: behind((forwardedFor) => checkMetrics(options, forwardedFor)) },
  ]
}

export const createAddressProbe = (options: AddressProbeOptions) => once(() => sendProbe(options))
