/** Sends frames to a room, encoded once, or to one socket that catches up. */
import type { Canvas } from '../../lib/canvas.ts'
import { guestName } from '../../lib/painter.ts'
import { packFrame, pixelEvents } from '../broadcasting/frame.ts'
import type { TileFrame } from '../broadcasting/port.ts'
import { type FrameFormat, type GatewayServer, type GatewaySocket, isOccupied, tileRoom } from './gateway-socket.ts'
import { writeToRoom } from './room-writer.ts'

export const sendToRoom = (io: GatewayServer, frame: TileFrame, canvas: Canvas) => {
  const packed = tileRoom(frame.ref, 'packed')
  if (isOccupied(io, packed)) writeToRoom(io, packed, 'pixels', packedArgs(frame))
  const json = tileRoom(frame.ref, 'json')
  if (isOccupied(io, json)) for (const event of eventsOf(frame, canvas)) writeToRoom(io, json, 'pixel_placed', [event])
}

export const sendToSocket = (socket: GatewaySocket, frame: TileFrame, to: { canvas: Canvas; format: FrameFormat }) => {
  if (to.format === 'packed') socket.emit('pixels', ...packedArgs(frame))
  else for (const event of eventsOf(frame, to.canvas)) socket.emit('pixel_placed', event)
}

const packedArgs = (frame: TileFrame) => [frame.ref.canvas, frame.ref.tile, frame.from, frame.to, packFrame(frame)]
const eventsOf = (frame: TileFrame, canvas: Canvas) => pixelEvents(frame, canvas, guestName)
