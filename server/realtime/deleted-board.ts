/** The last event of a deleted board: the clients of its room get it and leave all rooms of the board. */
import type { Canvas } from '../../lib/canvas.ts'
import { canvasRoom, type GatewayServer, tileRoom } from './gateway-socket.ts'

export const sendLast = (io: GatewayServer, canvas: Canvas, show: (canvas: Canvas) => unknown) => {
  const room = canvasRoom(canvas.id)
  io.to(room).emit('canvas', show(canvas))
  for (const id of [...(io.sockets.adapter.rooms.get(room) ?? [])]) {
    const socket = io.sockets.sockets.get(id)
    for (const [tile, format] of socket?.data.joined.get(canvas.id) ?? []) void socket?.leave(tileRoom({ canvas: canvas.id, tile }, format))
    socket?.data.joined.delete(canvas.id)
    void socket?.leave(room)
  }
}
