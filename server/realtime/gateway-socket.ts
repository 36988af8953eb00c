/** Socket.IO's types with the data of this gateway, the names of its rooms, and the answers to a socket. */
import type { Namespace, Server, Socket } from 'socket.io'
import type { CanvasId, PainterId, TileNumber } from '../../lib/brand.ts'
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import { type Caller, painterOf } from '../accounts/caller.ts'
import type { TileRef } from '../store/port.ts'

export type FrameFormat = 'packed' | 'json'

export interface SocketData {
  caller: Caller
  address: string
  /** The tiles whose rooms the socket is in. */
  joined: Map<CanvasId, Map<TileNumber, FrameFormat>>
  /** The last join or leave of the socket. They run one after another, in the order of the requests. */
  turn: Promise<unknown>
  turnsWaiting: number
}

type Events = Record<string, (...args: unknown[]) => void>
export type GatewaySocket = Socket<Events, Events, Record<string, never>, SocketData>
export type GatewayNamespace = Namespace<Events, Events, Record<string, never>, SocketData>
export type GatewayServer = Server<Events, Events, Record<string, never>, SocketData>

export const canvasRoom = (canvas: CanvasId) => `canvas:${canvas}`
export const tileRoom = ({ canvas, tile }: TileRef, format: FrameFormat) => `tile:${canvas}:${tile}:${format}`
export const painterRoom = (painter: PainterId) => `painter:${painter}`

export const socketsIn = (io: GatewayServer, room: string) => io.sockets.adapter.rooms.get(room)?.size ?? 0
export const isOccupied = (io: GatewayServer, room: string) => socketsIn(io, room) > 0

/** The painters of the sockets in a room. */
export const paintersIn = (io: GatewayServer, room: string): Set<PainterId> => {
  const sockets = [...(io.sockets.adapter.rooms.get(room) ?? [])]
  const callers = sockets.flatMap((id) => io.sockets.sockets.get(id)?.data.caller ?? [])
  return new Set(callers.flatMap((caller) => painterOf(caller)?.id ?? []))
}

/** Answers the client. Does nothing when the client requested no answer. */
export type Ack = (answer: unknown) => void

export const refuse = (ack: Ack, refusal: Refusal) => ack({ ok: false, problem: problemOf(refusal) })
