/**
 * Which pages may act in a painter's name. Programs send no `Origin`. A browser's must be one of `PUBLIC_URL`; while that is
 * unset it must equal the `Host`, and that must be localhost or an address: a name could be rebound to us by a stranger's DNS.
 */
import { isIP } from 'node:net'

const isLocalOrAddress = (hostname: string) => {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return bare === 'localhost' || bare.endsWith('.localhost') || isIP(bare) !== 0
}

export const createOriginCheck =
  (publicUrls: readonly string[]) =>
  (origin: string | null | undefined, host: string | null | undefined): boolean => {
    if (origin === null || origin === undefined) return true
    let url: URL
    try {
      url = new URL(origin)
    } catch {
      return false
    }
    if (publicUrls.length > 0) return publicUrls.includes(url.origin)
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.host === host?.toLowerCase() && isLocalOrAddress(url.hostname)
  }
