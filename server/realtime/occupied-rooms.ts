/** Which tiles have sockets in their rooms. The tiles in memory ask before the gateway exists; until then no room is occupied. */
import type { TileRef } from '../store/port.ts'
import { type GatewayServer, isOccupied } from './gateway-socket.ts'
import { tileRoom } from './rooms.ts'

export class OccupiedRooms {
  #io: GatewayServer | null = null

  attach(io: GatewayServer) {
    this.#io = io
  }

  readonly has = (ref: TileRef): boolean => {
    const io = this.#io
    return io !== null && (isOccupied(io, tileRoom(ref, 'packed')) || isOccupied(io, tileRoom(ref, 'json')))
  }
}
