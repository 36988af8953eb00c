/**
 * Finds the address of a host. Node's usual look-up uses threads that the whole process shares, so a name server that hangs would delay Redis and
 * files. It is used only for names that the name servers answered not to have, such as those of `/etc/hosts`.
 */
import type { LookupAddress } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

export class PrivateAddressError extends Error {
  readonly code = 'private_address'
  constructor() {
    super('The host has a private address. WEBHOOKS_ALLOW_PRIVATE=1 allows it.')
  }
}

export type LookUp = (host: string, signal: AbortSignal) => Promise<LookupAddress[]>

const queryMs = 3_000

export const lookUp: LookUp = async (host, signal) => {
  const resolver = new Resolver({ timeout: queryMs, tries: 2 })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel)
  try {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = [
      ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
      ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
    ]
    if (found.length > 0) return found
    const code = four.status === 'rejected' ? (four.reason as NodeJS.ErrnoException).code : undefined
    if (code !== 'ENOTFOUND' && code !== 'ENODATA' && code !== 'ECONNREFUSED') throw four.status === 'rejected' ? four.reason : null
    return await lookup(host, { all: true })
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/**
 * The address to connect to. Names with public and private addresses get a public one.
 * @throws {PrivateAddressError}, or the error of the look-up.
 */
export const resolveHost = async (
  host: string,
  { allowPrivate, signal, lookUp: find = lookUp }: { allowPrivate: boolean; signal: AbortSignal; lookUp?: LookUp },
): Promise<LookupAddress> => {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(bare)
  const found = family === 0 ? await find(bare, signal) : [{ address: bare, family }]
  const allowed = found.find(({ address }) => allowPrivate || isPublicAddress(address))
  if (!allowed) throw new PrivateAddressError()
  return allowed
}
