/** The names of Socket.IO rooms, built in one place. */
import type { CanvasId, PainterId } from '../../lib/brand.ts'
import type { TileRef } from '../store/port.ts'
import type { FrameFormat } from './gateway-socket.ts'

export const canvasRoom = (canvas: CanvasId) => `canvas:${canvas}`
export const tileRoom = ({ canvas, tile }: TileRef, format: FrameFormat) => `tile:${canvas}:${tile}:${format}`
export const painterRoom = (painter: PainterId) => `painter:${painter}`
