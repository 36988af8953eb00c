/**
 * Stands between Engine.IO and Socket.IO: a packet goes on to Socket.IO's parser when the connection's budget and the state of its namespace allow it.
 *
 * One CONNECT per namespace, those that are being answered included; nothing else before it is answered. Whoever breaks these rules is disconnected.
 */
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import { type Connection, terminate } from './connection.ts'
import { type PacketHeader, packetTypes, readHeader } from './packet-header.ts'

export interface GateOptions {
  readonly namespaces: ReadonlySet<string>
  /** False: the address asks for too many namespaces. */
  readonly mayConnect: (address: string) => boolean
}

export const tooManyMessages: Refusal = { code: 'rate_limited', detail: 'Too many messages. Wait a moment.', retryAfterMs: 1_000 }

/** Answers what is to be done with each packet. */
export const createGate = (connection: Connection, deliver: (packet: unknown) => void, options: GateOptions) => {
  const { engine, namespaces, budget } = connection

  const connect = (packet: string, { namespace }: PacketHeader) => {
    if (namespaces.has(namespace) || !budget.takeConnect() || !options.mayConnect(connection.address)) {
      terminate(connection)
      return
    }
    // Socket.IO refuses an unknown namespace at once.
    if (options.namespaces.has(namespace)) namespaces.set(namespace, { socket: null })
    // After a DISCONNECT of the same namespace, which Socket.IO carries out in its next turn.
    process.nextTick(deliver, packet)
  }

  /** Of a connection that has used up its messages. */
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

/** The acknowledgement of an event that was not read. */
const refusalTo = ({ namespace, id }: PacketHeader) =>
  `${packetTypes.ack}${namespace === '/' ? '' : `${namespace},`}${id}${JSON.stringify([{ ok: false, problem: problemOf(tooManyMessages) }])}`
