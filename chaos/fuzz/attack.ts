/**
 * An attack is plain data: the bytes to send, on which connection, and when. The same seed and number give the same attack, except for the
 * credentials and the port of the run.
 */
import type { Random } from '../random.ts'

/** Bytes are strings of latin1, so that an attack can be printed. `{SID}` and `{FIRST_SID}` stand for the Engine.IO sessions of the attack. */
export type Step =
  /** Opens the connection if needed. Sends in `pieces` parts, a few milliseconds apart. */
  | { readonly do: 'send'; readonly on: number; readonly bytes: string; readonly pieces?: number }
  /** Waits for an answer and its end. */
  | { readonly do: 'read'; readonly on: number; readonly withinMs: number }
  | Flood
  | { readonly do: 'wait'; readonly ms: number }
  /** Ends the connection in order, or breaks it off. */
  | { readonly do: 'end' | 'reset'; readonly on: number }

/** Sends the same bytes repeatedly and reads nothing from then on. */
export interface Flood {
  readonly do: 'flood'
  readonly on: number
  readonly bytes: string
  readonly totalBytes: number
  readonly bytesPerSecond: number
  /** The server must close the connection before it has accepted this many bytes; null: it need not. */
  readonly allowedBytes: number | null
}

export interface Attack {
  readonly number: number
  readonly kind: string
  readonly name: string
  /** The loopback address of the sender: limits count by address. */
  readonly address: string
  /** Address and port of the web process. */
  readonly host: string
  readonly steps: readonly Step[]
}

/** The information that an attacker has. */
export interface Target {
  /** The attacked web process, with its port. */
  readonly host: string
  readonly adminToken: string
  readonly tokens: readonly string[]
  readonly guestCookie: string
  readonly canvas: { readonly width: number; readonly height: number; readonly palette: readonly string[] }
}

export type AttackMaker = (random: Random, target: Target) => readonly Step[]
export type AttackMakers = Readonly<Record<string, AttackMaker>>

export const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
