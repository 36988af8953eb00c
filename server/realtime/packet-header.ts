/**
 * Reads the header of a Socket.IO packet: `<type>[<attachments>-][/<namespace>,][<id>]<payload>`. The gate decides by it before anything
 * parses the payload.
 */
export const packetTypes = { connect: 0, disconnect: 1, event: 2, ack: 3, connectError: 4, binaryEvent: 5, binaryAck: 6 } as const

export interface PacketHeader {
  readonly type: number
  readonly namespace: string
  /** Only if the client requests an acknowledgement. */
  readonly id: string | null
}

const maxNamespaceLength = 64
const binary = /^[56]\d{1,2}-/
const id = /^\d{1,16}/

/** Null for a packet that this server does not accept. */
export const readHeader = (packet: string): PacketHeader | null => {
  const type = packet.charCodeAt(0) - 48
  if (!(type >= 0 && type <= 6)) return null
  let at = 1
  if (type >= packetTypes.binaryEvent) {
    const attachments = binary.exec(packet.slice(0, 4))
    if (!attachments) return null
    at = attachments[0].length
  }
  let namespace = '/'
  if (packet[at] === '/') {
    const head = packet.slice(at, at + maxNamespaceLength + 1)
    const comma = head.indexOf(',')
    if (comma === -1 && head.length > maxNamespaceLength) return null
    namespace = comma === -1 ? head : head.slice(0, comma)
    at += comma === -1 ? head.length : comma + 1
  }
  return { type, namespace, id: id.exec(packet.slice(at, at + 16))?.[0] ?? null }
}
