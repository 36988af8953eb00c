/** What this gateway knows of a socket, and how it answers one. */
import type { Namespace, Server, Socket } from 'socket.io'
import type { CanvasId, TileNumber } from '../../lib/brand.ts'
import { problemOf, type Refusal } from '../../lib/refusal.ts'
import type { Caller } from '../accounts/caller.ts'

export type FrameFormat = 'packed' | 'json'

export interface SocketData {
  caller: Caller
  address: string
  /** The tiles whose rooms it is in. */
  joined: Map<CanvasId, Map<TileNumber, FrameFormat>>
  /** The end of the joins and leaves that it has asked for: they are done in the order asked. */
  turn: Promise<unknown>
  turnsWaiting: number
}

type Events = Record<string, (...args: unknown[]) => void>
export type GatewaySocket = Socket<Events, Events, Record<string, never>, SocketData>
export type GatewayNamespace = Namespace<Events, Events, Record<string, never>, SocketData>
export type GatewayServer = Server<Events, Events, Record<string, never>, SocketData>

/** Answers the client. Does nothing when it did not ask for an answer. */
export type Ack = (answer: unknown) => void

export const refuse = (ack: Ack, refusal: Refusal) => ack({ ok: false, problem: problemOf(refusal) })

/** Whether anybody is in the room. */
export const isOccupied = (io: GatewayServer, room: string) => (io.sockets.adapter.rooms.get(room)?.size ?? 0) > 0
