/**
 * Sends one event to a room: encodes it as a WebSocket frame once, and writes that frame to each connection.
 *
 * Socket.IO's broadcast passes each copy through its queues, which takes as much CPU again as the write. Only idle WebSockets get the
 * frame directly. Every other connection gets the event through Socket.IO, behind its queue, so the order is the same (decision 21).
 */
import type { Socket as RawSocket } from 'node:net'
import { WebSocket } from 'ws'
import type { Engine } from './connection.ts'
import type { GatewayServer, GatewaySocket } from './gateway-socket.ts'

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

const idleConnectionOf = (socket: GatewaySocket): RawSocket | null => {
  const { readyState, writeBuffer, transport } = socket.conn as unknown as Engine
  if (readyState !== 'open' || writeBuffer.length > 0 || transport.name !== 'websocket') return null
  return transport.socket?.readyState === WebSocket.OPEN ? (transport.socket._socket ?? null) : null
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
