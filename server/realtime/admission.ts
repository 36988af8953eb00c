/**
 * Decides which requests Engine.IO answers, before their bodies are read: handshakes, polls, messages by polling, and upgrades.
 *
 * A page of a foreign origin must not use a visitor's cookie, and a GET of the same origin carries no `Origin`. So a request with a
 * session cookie needs an allowed `Origin`, else `Sec-Fetch-Site: same-origin`, else an allowed `Referer`. A page of this server at an
 * address that is not allowed may watch anonymously: its cookie is removed.
 */
import type { Refusal } from '../../lib/refusal.ts'
import type { EngineRequest } from './connection.ts'

export interface AdmissionOptions {
  /** Whether a browser page of this origin may use a session cookie. */
  readonly originAllowed: (origin: string | undefined, host: string | undefined) => boolean
  readonly hasSession: (cookie: string | undefined) => boolean
}

export const maxMessageBytes = 65_536

/** Engine.IO's clients use `fetch` or WebSockets. Images, scripts, frames and forms of other pages have other modes. */
const fetchModes = new Set(['cors', 'same-origin', 'websocket'])

/** Null: Engine.IO may answer. */
export const refusalOf = (request: EngineRequest, options: AdmissionOptions & { isUpgrade: boolean }): Refusal | null => {
  const { headers, method = '', _query: query } = request
  if (query['j'] !== undefined) return invalid('JSONP is not supported.')
  if (query['EIO'] !== '4') return invalid('The query must have EIO=4: only version 4 of Engine.IO is supported.')
  if (query['transport'] !== (options.isUpgrade ? 'websocket' : 'polling')) {
    return invalid('The transport must be "polling", or "websocket" with an upgrade.')
  }
  const isMessage = method === 'POST' && Boolean(query['sid']) && !options.isUpgrade
  if (method !== 'GET' && !isMessage)
    return { code: 'method_not_allowed', detail: 'Method not allowed. Allowed: GET, and POST with a sid.' }
  if (isMessage && bodyBytes(request) > maxMessageBytes) return { code: 'too_large', detail: 'A message must be at most 64 KiB.' }
  const mode = headers['sec-fetch-mode']
  if (mode !== undefined && !fetchModes.has(String(mode))) return foreign
  return mayUseSession(request, options) || isOwnPage(request) ? null : foreign
}

/** Whether an admitted request may use its cookie. */
export const mayUseSession = (request: EngineRequest, options: AdmissionOptions) =>
  !options.hasSession(request.headers.cookie) || isSameOrigin(request, options)

/** Whether the page has the same host as the request. The host may be an attacker's name that resolves to this server (DNS rebinding). */
const isOwnPage = ({ headers: { origin, host, referer, ...others } }: EngineRequest) => {
  if ((others['sec-fetch-site'] ?? 'same-origin') !== 'same-origin') return false
  const from = URL.parse(origin ?? referer ?? '')
  return from !== null && host !== undefined && from.host === URL.parse(`${from.protocol}//${host}`)?.host
}

/** A body without a declared length counts as the longest one. */
export const bodyBytes = ({ headers }: EngineRequest): number => {
  const length = headers['content-length']
  return length === undefined ? maxMessageBytes : Number(length)
}

/** Browsers send `Sec-Fetch-Site` over https and to localhost only, and `Referer` everywhere. No other page can forge either. */
const isSameOrigin = ({ headers: { origin, host, referer, ...others } }: EngineRequest, { originAllowed }: AdmissionOptions) => {
  if (origin !== undefined) return originAllowed(origin, host)
  const site = others['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const from = referer === undefined ? null : URL.parse(referer)
  return from !== null && originAllowed(from.origin, host)
}

const invalid = (detail: string): Refusal => ({ code: 'invalid_request', detail })
const foreign: Refusal = { code: 'forbidden', detail: 'A page of another origin must not use the session of a visitor.' }
