/**
 * Socket.IO's text packets (protocol 5 inside Engine.IO 4), as far as a load needs them:
 * `0{…}` open · `2` ping · `3` pong · `40` connect · `42["event",…]` event · `42<id>[…]` event with an answer · `43<id>[…]` answer.
 */
export type Packet =
  | { kind: 'open' }
  | { kind: 'ping' }
  | { kind: 'connected' }
  | { kind: 'refused'; text: string }
  | { kind: 'event'; name: string; args: readonly unknown[] }
  | { kind: 'answer'; id: number; args: readonly unknown[] }
  | { kind: 'other' }

export const pongPacket = '3'
export const connectPacket = '40'

export const encodeEvent = (name: string, args: readonly unknown[], id?: number): string =>
  `42${id ?? ''}${JSON.stringify([name, ...args])}`

export const decodePacket = (text: string): Packet => {
  switch (text[0]) {
    case '0':
      return { kind: 'open' }
    case '2':
      return { kind: 'ping' }
    case '4':
      return decodeMessage(text)
    default:
      return { kind: 'other' }
  }
}

const decodeMessage = (text: string): Packet => {
  switch (text[1]) {
    case '0':
      return { kind: 'connected' }
    case '4':
      return { kind: 'refused', text: text.slice(2) }
    case '2': {
      const [name, ...args] = JSON.parse(text.slice(2)) as [string, ...unknown[]]
      return { kind: 'event', name, args }
    }
    case '3': {
      const start = text.indexOf('[')
      return { kind: 'answer', id: Number(text.slice(2, start)), args: JSON.parse(text.slice(start)) as unknown[] }
    }
    default:
      return { kind: 'other' }
  }
}
