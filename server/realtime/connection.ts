/**
 * The state of one Engine.IO connection from its first request on: the client's address, its budget, and its namespaces. It outlasts
 * every namespace, so a client cannot renew its budget by joining another one.
 */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket as RawSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { within } from '../clock.ts'
import { limitPrefixes } from '../limits/address-prefixes.ts'
import type { ConnectionBudget } from './connection-budget.ts'

/** The parts of an Engine.IO connection that its types leave out. */
export interface Engine extends EventEmitter {
  readonly id: string
  readonly readyState: 'opening' | 'open' | 'closing' | 'closed'
  request: EngineRequest
  readonly transport: {
    readonly name: string
    readonly socket?: WebSocket & { readonly _socket?: RawSocket | null }
    /** With polling: how long a close waits for the client's next poll. */
    closeTimeout?: number
  }
  readonly writeBuffer: readonly { readonly data?: unknown }[]
  write(packet: string): void
  close(discard?: boolean): void
}

export type EngineRequest = IncomingMessage & { readonly _query: Readonly<Record<string, string>> }

/** The parts of an Engine.IO server that its types leave out. */
export interface EngineServer {
  readonly clients: Readonly<Record<string, Engine>>
  use(middleware: (request: EngineRequest, response: ServerResponse, next: () => void) => void): void
  on(event: 'connection', act: (engine: Engine) => void): void
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** In a namespace. `socket` is null until the CONNECT is answered. */
export interface Membership {
  socket: { readonly id: string; disconnect(close?: boolean): unknown } | null
}

export interface Connection {
  readonly engine: Engine
  readonly address: string
  readonly budget: ConnectionBudget
  readonly namespaces: Map<string, Membership>
  /** Answers to polls that the client may not have read yet. */
  readonly polls: Set<ServerResponse>
  /** When the connection left its last namespace; null while it is in one. */
  outsideSinceMs: number | null
  closingSinceMs: number | null
}

export const isInNamespace = ({ namespaces }: Connection) => [...namespaces.values()].some(({ socket }) => socket !== null)

/** A new connection has this long to join a namespace before it may be closed for another one. */
export const replaceableAfterMs = 1_000

export class Connections {
  readonly #now: () => number
  readonly #byEngine = new WeakMap<object, Connection>()
  readonly #byPrefix = new Map<string, Set<Connection>>()

  constructor(now: () => number) {
    this.#now = now
  }

  of(engine: object | undefined): Connection | undefined {
    return engine && this.#byEngine.get(engine)
  }

  add(opened: Pick<Connection, 'engine' | 'address' | 'budget'>): Connection {
    const connection: Connection = {
      ...opened,
      namespaces: new Map(),
      polls: new Set(),
      outsideSinceMs: this.#now(),
      closingSinceMs: null,
    }
    this.#byEngine.set(opened.engine, connection)
    for (const { key } of limitPrefixes(opened.address)) {
      const ofPrefix = this.#byPrefix.get(key) ?? new Set()
      this.#byPrefix.set(key, ofPrefix.add(connection))
      opened.engine.once('close', () => {
        ofPrefix.delete(connection)
        if (ofPrefix.size === 0 && this.#byPrefix.get(key) === ofPrefix) this.#byPrefix.delete(key)
      })
    }
    return connection
  }

  /** The connection to close when the address needs room: the oldest one without a namespace, of the address or of a prefix around it. */
  oldestOutside(address: string): Connection | undefined {
    const sinceMs = this.#now() - replaceableAfterMs
    for (const { key } of limitPrefixes(address)) {
      for (const connection of this.#byPrefix.get(key) ?? []) {
        if (!isInNamespace(connection) && (connection.outsideSinceMs ?? sinceMs) <= sinceMs) return connection
      }
    }
    return undefined
  }
}

/** Keeps only what Socket.IO and this gateway read of an opening request. The whole request would be much of an idle client's memory. */
export const slimRequest = ({ headers, url, _query, socket }: EngineRequest): EngineRequest => {
  const { cookie, authorization, origin, host } = headers
  const connection = { encrypted: (socket as { encrypted?: unknown }).encrypted === true }
  const kept = Object.fromEntries(Object.entries({ cookie, authorization, origin, host }).filter(([, value]) => value !== undefined))
  return { headers: kept, url, _query, connection, socket: connection } as unknown as EngineRequest
}

/** Closes the connection without a closing handshake, which the client may not answer. */
export const terminate = ({ engine }: Connection) => {
  engine.transport.socket?.terminate?.()
  engine.close(true)
}

/** Closes a connection that has sent too much, with a closing handshake, and reads nothing more from it. */
export const cutOff = (connection: Connection) => {
  const { engine, namespaces } = connection
  for (const { socket } of [...namespaces.values()]) socket?.disconnect(true)
  if (engine.readyState === 'open') engine.close()
  stopReading(engine.transport.socket)
}

/** Data that still arrives stays unparsed in the operating system until the connection is closed. */
export const stopReading = (webSocket: Engine['transport']['socket']) => {
  webSocket?._socket?.removeAllListeners('data').pause()
}

/** A client has this long to answer a close before it is terminated, so that no client delays a shutdown. */
const answerWithinMs = 1_000

/**
 * Closes every connection after its queued data is sent (A7). Engine.IO closes them, because after Socket.IO's `disconnect` a client does
 * not reconnect automatically.
 */
export const closeConnections = async (server: EngineServer) => {
  const engines = Object.values(server.clients)
  const webSockets = engines.flatMap(({ transport: { socket } }) => (typeof socket?.terminate === 'function' ? [socket] : []))
  const closed = Promise.all(webSockets.map((webSocket) => new Promise((resolve) => webSocket.once('close', resolve))))
  for (const engine of engines) engine.close()
  await within(answerWithinMs, closed, () => new Error('late')).catch(() => undefined)
  for (const webSocket of webSockets) webSocket.terminate()
  server.close()
}
