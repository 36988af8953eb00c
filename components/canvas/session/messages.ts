/**
 * Checks messages of the server. A message that PROTOCOL.md does not allow is dropped (null), and the seqs then reveal missing commits.
 * The checks are written by hand, because the schema library is larger than the whole session.
 */
import { bytesFromBase64 } from '../../../lib/base64.ts'
import { asPainterId } from '../../../lib/brand.ts'
import type { Charges } from '../../../lib/charges.ts'
import { decodePixels } from '../../../lib/codec.ts'
import type { TemplateAnnouncement } from '../../../lib/control-log.ts'
import { roles } from '../../../lib/painter.ts'
import { type ProblemCode, problemStatus } from '../../../lib/refusal.ts'
import type { Frame } from '../../../lib/tile-follower.ts'
import type { Token } from './identity.ts'
import type { PainterInfo } from './types.ts'

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0
const isDuration = (value: unknown): value is number => typeof value === 'number' && value >= 0

export const readCharges = (value: unknown): Charges | null => {
  if (!isObject(value)) return null
  const { available, max, nextChargeInMs } = value
  if (available === null) return value as unknown as Charges
  const next = nextChargeInMs === null || isDuration(nextChargeInMs)
  return isCount(available) && isCount(max) && next ? (value as unknown as Charges) : null
}

export const readPainter = (value: unknown): PainterInfo | null => {
  if (!isObject(value) || typeof value['id'] !== 'string' || typeof value['name'] !== 'string') return null
  const role = roles.find((known) => known === value['role'])
  return { id: asPainterId(value['id']), name: value['name'], role: role ?? 'guest' }
}

export const readMe = (value: unknown): { painter: PainterInfo; charges: Charges } | null => {
  if (!isObject(value)) return null
  const painter = readPainter(value['painter'])
  const charges = readCharges(value['charges'])
  return painter && charges ? { painter, charges } : null
}

/** The answer of `POST /api/tokens`. */
export const readToken = (value: unknown): Token | null => {
  if (!isObject(value) || typeof value['token'] !== 'string') return null
  const painter = readPainter(value['painter'])
  return painter && { token: value['token'], painter: painter.id }
}

export interface PlacedAnswer {
  readonly id: string
  /** In the server's time. */
  readonly atMs: number
  readonly charges: Charges | null
}

export const readPlaced = (value: unknown): PlacedAnswer | null =>
  isObject(value) && typeof value['id'] === 'string'
    ? { id: value['id'], atMs: readTimeMs(value['at']) ?? 0, charges: readCharges(value['charges']) }
    : null

const readTimeMs = (value: unknown): number | null => {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(atMs) ? null : atMs
}

/** One of the results of a batch. */
export type PixelAnswer = { ok: true; placed: PlacedAnswer } | { ok: false; problem: ProblemInfo }

export const readBatch = (value: unknown): PixelAnswer[] | null =>
  readResults(value, (result) => {
    const placed = readPlaced(result)
    return placed ? { ok: true, placed } : { ok: false, problem: readProblem(result) ?? unknownProblem }
  })

/** What stands at a cell after an undo. */
export interface Undone {
  /** `#RRGGBB`. */
  readonly color: string
  readonly charges: Charges | null
}

export type UndoAnswer = { ok: true; undone: Undone } | { ok: false; problem: ProblemInfo }

export const readUndone = (value: unknown): Undone | null =>
  isObject(value) && typeof value['color'] === 'string' ? { color: value['color'], charges: readCharges(value['charges']) } : null

export const readUndoneBatch = (value: unknown): UndoAnswer[] | null =>
  readResults(value, (result) => {
    const undone = readUndone(result)
    return undone ? { ok: true, undone } : { ok: false, problem: readProblem(result) ?? unknownProblem }
  })

const readResults = <Result>(value: unknown, read: (result: unknown) => Result): Result[] | null => {
  const results = isObject(value) ? value['results'] : null
  return Array.isArray(results) ? results.map((result: unknown) => read(result)) : null
}

/** The placement's seq in a receipt; null while it has none. */
export const readReceipt = (value: unknown): { seq: number | null } | null =>
  isObject(value) && (value['seq'] === null || isCount(value['seq'])) ? { seq: value['seq'] } : null

/** The `at` of the first commit on a page of the log. */
export const readFirstCommitAtMs = (value: unknown): number | null => {
  const commits = isObject(value) ? value['commits'] : null
  const first: unknown = Array.isArray(commits) ? commits[0] : null
  return isObject(first) ? readTimeMs(first['at']) : null
}

export interface ProblemInfo {
  readonly code: ProblemCode
  readonly retryAfterMs: number | null
}

/** A result that this version cannot read. */
export const unknownProblem: ProblemInfo = { code: 'invalid_request', retryAfterMs: null }

export const readProblem = (value: unknown): ProblemInfo | null => {
  if (!isObject(value) || typeof value['code'] !== 'string' || !Object.hasOwn(problemStatus, value['code'])) return null
  return {
    code: value['code'] as ProblemCode,
    retryAfterMs: isDuration(value['retryAfterMs']) ? value['retryAfterMs'] : null,
  }
}

export interface JoinedTile {
  readonly tile: number
  readonly head: number
  readonly mode: 'live' | 'replay' | 'reload'
}

export type JoinAnswer =
  | { ok: true; epoch: string; rev: number; controlHead: number | null; tiles: JoinedTile[] }
  | { ok: false; problem: ProblemInfo | null }

export const readJoinAnswer = (value: unknown): JoinAnswer => {
  if (!isObject(value) || value['ok'] !== true) return { ok: false, problem: readProblem(isObject(value) ? value['problem'] : null) }
  const { epoch, rev, control, tiles } = value
  if (typeof epoch !== 'string' || !isCount(rev) || !Array.isArray(tiles)) return { ok: false, problem: null }
  const controlHead = isObject(control) && isCount(control['head']) ? control['head'] : null
  return { ok: true, epoch, rev, controlHead, tiles: tiles.filter(isJoinedTile) }
}

const isJoinedTile = (value: unknown): value is JoinedTile =>
  isObject(value) &&
  isCount(value['tile']) &&
  isCount(value['head']) &&
  (value['mode'] === 'live' || value['mode'] === 'replay' || value['mode'] === 'reload')

export type PixelsMessage = NonNullable<ReturnType<typeof readPixels>>

export const readPixels = ([canvas, tile, from, to, data]: readonly unknown[]) =>
  typeof canvas === 'string' && isCount(tile) && isCount(from) && isCount(to) && from <= to && typeof data === 'string'
    ? { canvas, tile, from, to, data }
    : null

export const readTemplateAnnouncement = (value: unknown): TemplateAnnouncement | null =>
  isObject(value) && typeof value['id'] === 'string' && (value['rev'] === null || isCount(value['rev']))
    ? { id: value['id'], rev: value['rev'] }
    : null

export type HeadsMessage = NonNullable<ReturnType<typeof readHeads>>

export const readHeads = ([canvas, epoch, rev, heads, control]: readonly unknown[]) =>
  typeof canvas === 'string' && typeof epoch === 'string' && isCount(rev) && Array.isArray(heads)
    ? { canvas, epoch, rev, heads: heads.filter(isHead), control: isCount(control) ? control : 0 }
    : null

const isHead = (head: unknown): head is [tile: number, seq: number] => Array.isArray(head) && isCount(head[0]) && isCount(head[1])

export interface ConnectError {
  /** True if the server itself answered, so that the transport works. */
  readonly byServer: boolean
  readonly code: ProblemCode | null
}

/**
 * Why a socket was refused: a problem in `data`, or the body of a refused handshake, which a browser gives to long polling only.
 */
export const readConnectError = (error: unknown): ConnectError => {
  if (!isObject(error)) return { byServer: false, code: null }
  if (error['data'] !== undefined) return { byServer: true, code: readProblem(error['data'])?.code ?? null }
  const context = error['context']
  const text = isObject(context) ? context['responseText'] : null
  try {
    const body: unknown = JSON.parse(typeof text === 'string' ? text : '')
    const code = isObject(body) ? (readProblem(body) ?? readProblem({ code: body['message'] }))?.code : undefined
    return { byServer: code !== undefined, code: code ?? null }
  } catch {
    return { byServer: false, code: null }
  }
}

/** The frame in a message; null if its data are malformed. */
export const frameOf = ({ from, to, data }: PixelsMessage, tileCells: number): Frame | null => {
  try {
    return { from, to, ...decodePixels(bytesFromBase64(data), tileCells) }
  } catch {
    return null
  }
}
