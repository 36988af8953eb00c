/**
 * One event to everybody in a room: made into a WebSocket frame once, and written to each connection as it is.
 *
 * Socket.IO encodes a broadcast once, too, but then takes each member's copy through its queues, which costs as much CPU again as the write itself. Here a
 * connection takes the short way when it speaks WebSocket and has nothing queued. Everybody else (polling, behind, on its way out) goes through
 * Socket.IO, behind what is queued: each client has everything in order either way.
 */
import type { Socket as Connection } from 'node:net'
import type { GatewayServer, GatewaySocket } from './gateway-socket.ts'

/** What engine.io and ws have that their types do not tell. */
interface Engine {
  readonly readyState: string
  readonly writeBuffer: readonly unknown[]
  readonly transport: { readonly name: string; readonly socket?: { readonly readyState: number; readonly _socket?: Connection | null } }
}

const isOpen = 1
/** Engine.IO's "message" and Socket.IO's "event" in the default namespace. */
const packetType = '42'

export const writeToRoom = (io: GatewayServer, room: string, event: string, args: readonly unknown[]) => {
  const members = io.sockets.adapter.rooms.get(room)
  if (!members) return
  const frame = textFrame(packetType + JSON.stringify([event, ...args]))
  for (const id of members) {
    const socket = io.sockets.sockets.get(id)
    if (!socket) continue
    const connection = idleConnectionOf(socket)
    if (connection) connection.write(frame)
    else socket.emit(event, ...args)
  }
}

const idleConnectionOf = (socket: GatewaySocket): Connection | null => {
  const { readyState, writeBuffer, transport } = socket.conn as unknown as Engine
  if (readyState !== 'open' || writeBuffer.length > 0 || transport.name !== 'websocket') return null
  return transport.socket?.readyState === isOpen ? (transport.socket._socket ?? null) : null
}

/** An unmasked text frame, in one piece (RFC 6455, section 5.2). */
export const textFrame = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(headerLength + length)
  frame[0] = 0x81
  if (headerLength === 2) frame[1] = length
  else if (headerLength === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, headerLength)
  return frame
}
