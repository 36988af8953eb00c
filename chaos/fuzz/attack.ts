/**
 * An attack is plain data: which bytes go out on which connection, and when. The same seed and number give the same attack, apart from the credentials
 * and the port of the run.
 */
import type { Random } from '../random.ts'

/** Bytes are strings of latin1, so that an attack can be printed. `{SID}` and `{FIRST_SID}` stand for Engine.IO sessions that the attack was given. */
export type Step =
  /** Opens the connection when it is not open. In `pieces` parts, a few milliseconds apart. */
  | { readonly do: 'send'; readonly on: number; readonly bytes: string; readonly pieces?: number }
  /** Waits until an answer has come and no more follows. */
  | { readonly do: 'read'; readonly on: number; readonly withinMs: number }
  | Flood
  | { readonly do: 'wait'; readonly ms: number }
  /** Ends the connection in order, or breaks it off. */
  | { readonly do: 'end' | 'reset'; readonly on: number }

/** Sends the same bytes again and again, and reads nothing from then on. */
export interface Flood {
  readonly do: 'flood'
  readonly on: number
  readonly bytes: string
  readonly totalBytes: number
  readonly bytesPerSecond: number
  /** The server has to close the connection before it has taken so much; null: it need not. */
  readonly allowedBytes: number | null
}

export interface Attack {
  readonly number: number
  readonly kind: string
  readonly name: string
  /** The loopback address that it comes from: limits count by address. */
  readonly address: string
  /** The web process that it goes to: address and port. */
  readonly host: string
  readonly steps: readonly Step[]
}

/** What an attacker may know. */
export interface Target {
  /** Of the web process that is attacked, with its port. */
  readonly host: string
  readonly adminToken: string
  readonly tokens: readonly string[]
  readonly guestCookie: string
  readonly canvas: { readonly width: number; readonly height: number; readonly palette: readonly string[] }
}

export type AttackMaker = (random: Random, target: Target) => readonly Step[]
export type AttackMakers = Readonly<Record<string, AttackMaker>>

export const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
