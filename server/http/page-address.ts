/**
 * What a page may know of its own address. Next gets paths without a query (`page-gate.ts`), so the location on the board reaches it in
 * a header, as numbers only.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { locationParameters, parseLocation } from '../../lib/board-location.ts'

/** A longer query has no location. */
const maxQuery = 1_000

const locationOf = (url: string): string => {
  const query = url.slice(url.indexOf('?') + 1)
  const location = !url.includes('?') || query.length > maxQuery ? null : parseLocation(new URLSearchParams(query))
  return location ? locationParameters(location) : ''
}

/** Of PUBLIC_URL the address that was asked for, else the first one. Without it, the address that was asked for. */
const originOf = (options: { host: string; https: boolean; publicUrls: readonly string[] }): string => {
  const { host, https, publicUrls } = options
  const [first] = publicUrls
  if (first !== undefined) return publicUrls.find((url) => URL.parse(url)?.host === host) ?? first
  const origin = URL.parse(`${https ? 'https' : 'http'}://${host}`)
  return origin && /^[\w.:[\]-]+$/.test(host) ? origin.origin : ''
}

export interface AskedAddress {
  readonly url: string
  readonly host: string | undefined
  readonly https: boolean
  readonly publicUrls: readonly string[]
}

/** Headers for the page. Both are empty when unknown. */
export const addressHeaders = ({ url, host = '', https, publicUrls }: AskedAddress): IncomingHttpHeaders => ({
  'x-origin': originOf({ host, https, publicUrls }),
  'x-location': locationOf(url),
})
