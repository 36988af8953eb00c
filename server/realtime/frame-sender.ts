/** Sends frames: to a room as one message, encoded once, or to one socket that is catching up. */
import type { Canvas } from '../../lib/canvas.ts'
import { guestName } from '../../lib/painter.ts'
import { packFrame, pixelEvents } from '../broadcasting/frame.ts'
import type { TileFrame } from '../broadcasting/port.ts'
import { type FrameFormat, type GatewayServer, type GatewaySocket, isOccupied } from './gateway-socket.ts'
import { tileRoom } from './rooms.ts'

export const sendToRoom = (io: GatewayServer, frame: TileFrame, canvas: Canvas) => {
  const packed = tileRoom(frame.ref, 'packed')
  if (isOccupied(io, packed)) sendPacked(io.to(packed), frame)
  const json = tileRoom(frame.ref, 'json')
  if (isOccupied(io, json)) sendJson(io.to(json), frame, canvas)
}

export const sendToSocket = (socket: GatewaySocket, frame: TileFrame, to: { canvas: Canvas; format: FrameFormat }) => {
  if (to.format === 'packed') sendPacked(socket, frame)
  else sendJson(socket, frame, to.canvas)
}

interface Emitter {
  emit(event: string, ...args: unknown[]): unknown
}

const sendPacked = (to: Emitter, frame: TileFrame) => {
  to.emit('pixels', frame.ref.canvas, frame.ref.tile, frame.from, frame.to, packFrame(frame))
}

const sendJson = (to: Emitter, frame: TileFrame, canvas: Canvas) => {
  for (const event of pixelEvents(frame, canvas, guestName)) to.emit('pixel_placed', event)
}
