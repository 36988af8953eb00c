/** Requests as bytes: well formed by default. */
import { latin1, type Step } from './attack.ts'

export interface Wanted {
  readonly host: string
  readonly method?: string
  readonly path: string
  /** Pairs, because a name may come twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Latin1; null for none. */
  readonly body?: string | null
  readonly close?: boolean
}

export const requestBytes = ({ host, method = 'GET', path, headers = [], body = null, close = false }: Wanted): string => {
  const lines = [
    `${method} ${latin1(path)} HTTP/1.1`,
    `Host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === null ? [] : [`Content-Length: ${body.length}`]),
    ...(close ? ['Connection: close'] : []),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`
}

/** Sends one request and reads its answer. */
export const exchange = (wanted: Wanted, on = 0): Step[] => [
  { do: 'send', on, bytes: requestBytes(wanted) },
  { do: 'read', on, withinMs: 1_500 },
]
