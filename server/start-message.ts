/** The message of a start: Fresco's addresses and the sign-in link of the operator. It has a secret, so it is not logged. */
import { isIPv6 } from 'node:net'
import type { NetworkInterfaceInfo, networkInterfaces } from 'node:os'

type Interfaces = ReturnType<typeof networkInterfaces>

const isWildcard = (host: string) => host === '0.0.0.0' || host === '::'
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
/** Bridges of containers and virtual machines, which no other machine can reach. */
const isVirtual = (name: string) => /^(docker|br-|veth|virbr|cni|flannel|podman)/.test(name)
const isReachable = ({ internal, address }: NetworkInterfaceInfo) =>
  !internal && !address.startsWith('fe80:') && !address.startsWith('169.254.')
const urlOf = (host: string, port: number) => `http://${isIPv6(host) ? `[${host}]` : host}:${port}`

/** The addresses at which other machines reach a server that listens on `host`. */
export const networkUrls = ({ host, port, interfaces }: { host: string; port: number; interfaces: Interfaces }): string[] => {
  if (isLoopback(host)) return []
  if (!isWildcard(host)) return [urlOf(host, port)]
  const infos = Object.entries(interfaces).flatMap(([name, list]) => (isVirtual(name) ? [] : (list ?? [])))
  const families = host === '::' ? ['IPv4', 'IPv6'] : ['IPv4']
  return families
    .flatMap((family) => infos.filter((info) => info.family === family && isReachable(info)))
    .map(({ address }) => urlOf(address, port))
}

export const startMessage = (options: {
  url: string
  /** Empty with PUBLIC_URL. */
  networkUrls: readonly string[]
  signIn: { url: string; tokenFile: string } | null
}): string => {
  const { url, signIn } = options
  const lines = [`Fresco is at ${url}`]
  const [network] = options.networkUrls
  if (network) {
    lines.push(`On your network: ${options.networkUrls.join(' ')}`)
    lines.push(`For an address with a name, such as ${network.replace(/\/\/.*:/, '//fresco.local:')}, set PUBLIC_URL to that address.`)
  }
  if (signIn) {
    lines.push(`Sign in as the operator (once, within an hour): ${signIn.url}`)
    lines.push(`After that, sign in with the token in ${signIn.tokenFile}`)
  }
  return `\n${lines.join('\n')}\n\n`
}
