/**
 * What is known of one Engine.IO connection, from its first request on: the client's address, its budget, the namespaces that it is in. Whatever happens
 * on it later, and in whichever namespace, is counted here.
 */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket as RawSocket } from 'node:net'
import type { WebSocket } from 'ws'
import { limitPrefixes } from '../limits/address-prefixes.ts'
import type { ConnectionBudget } from './connection-budget.ts'

/** What an Engine.IO connection has that its types do not tell. */
export interface Engine extends EventEmitter {
  readonly id: string
  readonly readyState: 'opening' | 'open' | 'closing' | 'closed'
  request: EngineRequest
  readonly transport: {
    readonly name: string
    readonly socket?: WebSocket & { readonly _socket?: RawSocket | null }
    /** Of polling: how long a close waits for the client's next poll. */
    closeTimeout?: number
  }
  readonly writeBuffer: readonly { readonly data?: unknown }[]
  write(packet: string): void
  close(discard?: boolean): void
}

export type EngineRequest = IncomingMessage & { readonly _query: Readonly<Record<string, string>> }

/** Of a namespace: `socket` is null while its CONNECT is being answered. */
export interface Membership {
  socket: { readonly id: string; disconnect(close?: boolean): unknown } | null
}

export interface Connection {
  readonly engine: Engine
  readonly address: string
  readonly budget: ConnectionBudget
  readonly namespaces: Map<string, Membership>
  /** Answers to polls that the client may not have taken yet. */
  readonly polls: Set<ServerResponse>
  /** Since when it is in no namespace; null when it is in one. */
  outsideSinceMs: number | null
  closingSinceMs: number | null
}

export const isInNamespace = ({ namespaces }: Connection) => [...namespaces.values()].some(({ socket }) => socket !== null)

/** A client that has just come is about to say what it wants, also when many come at once. */
export const giveWayAfterMs = 1_000

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

  /** The oldest connection of the address, else of a prefix around it, that has long been in no namespace: the first to make room for another one. */
  oldestOutside(address: string): Connection | undefined {
    const sinceMs = this.#now() - giveWayAfterMs
    for (const { key } of limitPrefixes(address)) {
      for (const connection of this.#byPrefix.get(key) ?? []) {
        if (!isInNamespace(connection) && (connection.outsideSinceMs ?? sinceMs) <= sinceMs) return connection
      }
    }
    return undefined
  }
}

/**
 * What Socket.IO and this gateway ask of the request that opened the connection. The whole request, with its headers twice, its parser and its streams, would be
 * a good part of what an idle client costs.
 */
export const slimRequest = ({ headers, url, _query, socket }: EngineRequest): EngineRequest => {
  const { cookie, authorization, origin, host } = headers
  const connection = { encrypted: (socket as { encrypted?: unknown }).encrypted === true }
  const kept = Object.fromEntries(Object.entries({ cookie, authorization, origin, host }).filter(([, value]) => value !== undefined))
  return { headers: kept, url, _query, connection, socket: connection } as unknown as EngineRequest
}

/** Ends the connection without waiting for the other side, which might not answer a polite close. */
export const terminate = ({ engine }: Connection) => {
  engine.transport.socket?.terminate?.()
  engine.close(true)
}

/** Ends a connection that sent too much: it is told so, and nothing more of it is read. */
export const cutOff = (connection: Connection) => {
  const { engine, namespaces } = connection
  for (const { socket } of [...namespaces.values()]) socket?.disconnect(true)
  if (engine.readyState === 'open') engine.close()
  stopReading(engine.transport.socket)
}

/** What still arrives stays with the operating system, unparsed, until the connection is closed. */
export const stopReading = (webSocket: Engine['transport']['socket']) => {
  webSocket?._socket?.removeAllListeners('data').pause()
}
