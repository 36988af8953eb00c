/** Which tiles and control logs have sockets in their rooms. The tile cache exists before the gateway, so no room is occupied until `attach`. */
import { controlTile } from '../../lib/control-log.ts'
import type { TileRef } from '../store/port.ts'
import { canvasRoom, type GatewayServer, isOccupied, tileRoom } from './gateway-socket.ts'

export class OccupiedRooms {
  #io: GatewayServer | null = null

  attach(io: GatewayServer) {
    this.#io = io
  }

  readonly has = (ref: TileRef): boolean => {
    const io = this.#io
    if (io !== null && ref.tile === controlTile) return isOccupied(io, canvasRoom(ref.canvas))
    return io !== null && (isOccupied(io, tileRoom(ref, 'packed')) || isOccupied(io, tileRoom(ref, 'json')))
  }
}
