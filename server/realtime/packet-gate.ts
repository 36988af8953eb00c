/**
 * Checks each packet between Engine.IO and Socket.IO: the connection's budget and the state of its namespace must allow it.
 *
 * A connection sends one CONNECT for each namespace, and nothing else to it before that is answered. A connection that breaks these
 * rules is closed.
 */
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import { type Connection, terminate } from './connection.ts'
import { type PacketHeader, packetTypes, readHeader } from './packet-header.ts'

export const adminNamespace = '/admin'
const namespaceNames: ReadonlySet<string> = new Set(['/', adminNamespace])

export const tooManyMessages: Refusal = { code: 'rate_limited', detail: 'Too many messages. Wait a moment.', retryAfterMs: 1_000 }

/** Returns the function that handles each packet. `mayConnect` is false when the address joins too many namespaces. */
export const createGate = (connection: Connection, deliver: (packet: unknown) => void, mayConnect: (address: string) => boolean) => {
  const { engine, namespaces, budget } = connection

  const connect = (packet: string, { namespace }: PacketHeader) => {
    if (namespaces.has(namespace) || !budget.takeConnect() || !mayConnect(connection.address)) {
      terminate(connection)
      return
    }
    // Socket.IO refuses an unknown namespace at once.
    if (namespaceNames.has(namespace)) namespaces.set(namespace, { socket: null })
    // Socket.IO handles a DISCONNECT of the same namespace in its next tick, and this packet must follow it.
    process.nextTick(deliver, packet)
  }

  /** For a connection that has used up its messages. */
  const refuse = (header: PacketHeader) => {
    if (header.type >= packetTypes.binaryEvent) terminate(connection)
    else if (header.type === packetTypes.event && header.id !== null) engine.write(refusalTo(header))
  }

  const acceptText = (packet: string) => {
    const header = readHeader(packet)
    if (header?.type === packetTypes.connect) connect(packet, header)
    else if (!header || !namespaces.get(header.namespace)?.socket) terminate(connection)
    else if (header.type === packetTypes.disconnect) {
      namespaces.delete(header.namespace)
      deliver(packet)
    } else if (budget.verdict === 'ok') deliver(packet)
    else refuse(header)
  }

  return (packet: unknown) => {
    if (budget.verdict === 'cut_off') return
    if (typeof packet === 'string') acceptText(packet)
    else if (Buffer.isBuffer(packet) && budget.verdict === 'ok') deliver(packet)
    else terminate(connection)
  }
}

/** Acknowledges an event with a refusal, without parsing the event. */
const refusalTo = ({ namespace, id }: PacketHeader) =>
  `${packetTypes.ack}${namespace === '/' ? '' : `${namespace},`}${id}${JSON.stringify([{ ok: false, problem: problemOf(tooManyMessages) }])}`
