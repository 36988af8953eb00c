/**
 * Joins tiles on the socket: up to 64 tiles per message, with retries that slow down while a join has no effect. `tile-sync.ts`
 * handles the answers.
 */
import type { Seq, TileNumber } from '../../../lib/brand.ts'
import { backoffMs } from './backoff.ts'
import type { ControlSeq } from './control-seq.ts'
import { type JoinedTile, readJoinAnswer } from './messages.ts'
import { Timer } from './timer.ts'
import type { CanvasInfo, Runtime } from './types.ts'

export type EmitWithAnswer = (event: 'join' | 'leave', payload: unknown, onAnswer: (answer: unknown) => void) => void

export interface TileJoinerOptions {
  readonly runtime: Runtime
  /** Sends on the open socket. There may never be an answer. */
  readonly emit: EmitWithAnswer
  readonly canvas: () => CanvasInfo | null
  readonly control: Pick<ControlSeq, 'seq' | 'reached'>
  readonly seqOf: (tile: TileNumber) => Seq | null
  /** `requestedWith` is the seq in the join. The tile may have advanced since. */
  readonly onJoined: (tile: TileNumber, answer: JoinedTile, requestedWith: Seq | null) => void
  /** A join was answered or timed out. */
  readonly onAnswer: () => void
  /** The server has another epoch or a newer `rev`, or no such tile. */
  readonly onCanvasOutdated: () => void
}

const maxTilesPerMessage = 64
const answerWithinMs = 5_000
const again = { baseMs: 300, maxMs: 5_000 }

interface Membership {
  joined: boolean
  /** A join is pending or will be sent in this task. */
  pending: boolean
  /** Joins without effect so far. */
  tries: number
  readonly timer: Timer
}

export class TileJoiner {
  readonly #options: TileJoinerOptions
  readonly #members = new Map<TileNumber, Membership>()
  readonly #next = new Set<TileNumber>()
  #open = false
  /** Counts sockets and epochs. Answers for an earlier one are ignored. */
  #generation = 0

  constructor(options: TileJoinerOptions) {
    this.#options = options
  }

  isJoined(tile: TileNumber) {
    return this.#members.get(tile)?.joined ?? false
  }

  /** True if the tile is joined or will be joined as soon as possible. */
  isMember(tile: TileNumber) {
    return this.#members.has(tile)
  }

  /** Joins or joins again: at once, or after a delay if the last join had no effect. */
  join(tile: TileNumber) {
    const { timers, random } = this.#options.runtime
    const member = this.#members.get(tile) ?? { joined: false, pending: false, tries: 0, timer: new Timer(timers) }
    this.#members.set(tile, member)
    if (!this.#open || member.pending || member.timer.isSet) return
    if (member.tries === 0) this.#request(tile, member)
    else member.timer.set(() => this.#request(tile, member), backoffMs(again, member.tries, random))
  }

  /** The tile received its missing commits. */
  succeeded(tile: TileNumber) {
    const member = this.#members.get(tile)
    if (member) member.tries = 0
  }

  leave(tiles: readonly TileNumber[]) {
    const left = tiles.filter((tile) => this.#members.get(tile)?.joined || this.#members.get(tile)?.pending)
    for (const tile of tiles) {
      this.#members.get(tile)?.timer.clear()
      this.#members.delete(tile)
      this.#next.delete(tile)
    }
    const canvas = this.#options.canvas()
    if (!this.#open || !canvas) return
    for (let i = 0; i < left.length; i += maxTilesPerMessage) {
      this.#options.emit('leave', { canvas: canvas.id, tiles: left.slice(i, i + maxTilesPerMessage) }, () => undefined)
    }
  }

  /** A new socket is open, so all tiles are joined again. */
  opened() {
    this.#generation++
    this.#open = true
    for (const tile of this.#members.keys()) this.join(tile)
  }

  closed() {
    this.#startOver()
    this.#open = false
  }

  /** The epoch changed, so all tiles are joined again. */
  newEpoch() {
    this.#startOver()
    for (const tile of this.#members.keys()) this.join(tile)
  }

  #startOver() {
    this.#generation++
    this.#next.clear()
    for (const member of this.#members.values()) {
      member.timer.clear()
      member.joined = false
      member.pending = false
      member.tries = 0
    }
  }

  #request(tile: TileNumber, member: Membership) {
    member.pending = true
    this.#next.add(tile)
    if (this.#next.size === 1) queueMicrotask(() => this.#send())
  }

  #send() {
    const canvas = this.#options.canvas()
    const tiles = [...this.#next]
    this.#next.clear()
    if (!this.#open || !canvas) {
      for (const tile of tiles) this.#answered(tile)
      return
    }
    for (let i = 0; i < tiles.length; i += maxTilesPerMessage) this.#sendJoin(canvas, tiles.slice(i, i + maxTilesPerMessage))
  }

  #sendJoin(canvas: CanvasInfo, tiles: readonly TileNumber[]) {
    const era = this.#generation
    const { emit, runtime, control, seqOf, onAnswer } = this.#options
    let open = true
    const requested = tiles.map((tile) => ({ tile, seq: seqOf(tile) }))
    const done = (message: unknown) => {
      if (!open || era !== this.#generation) return
      open = false
      timer.clear()
      for (const tile of tiles) this.#answered(tile)
      this.#read(canvas, requested, message)
      onAnswer()
    }
    const timer = new Timer(runtime.timers)
    timer.set(() => done(null), answerWithinMs)
    for (const tile of tiles) {
      const member = this.#members.get(tile)
      if (member) member.tries++
    }
    const { id, epoch, rev } = canvas
    emit('join', { canvas: id, epoch, rev, control: control.seq, tiles: requested }, done)
  }

  #answered(tile: TileNumber) {
    const member = this.#members.get(tile)
    if (member) member.pending = false
  }

  #read(canvas: CanvasInfo, requested: readonly { tile: TileNumber; seq: Seq | null }[], message: unknown) {
    const answer = readJoinAnswer(message)
    const tiles = requested.map(({ tile }) => tile)
    if (!answer.ok) {
      if (answer.problem?.code.endsWith('not_found')) this.#options.onCanvasOutdated()
      this.#again(tiles, answer.problem?.retryAfterMs ?? null)
      return
    }
    if (answer.epoch !== canvas.epoch) {
      this.#options.onCanvasOutdated()
      this.#again(tiles, null)
      return
    }
    if (answer.rev > canvas.rev) this.#options.onCanvasOutdated()
    if (answer.controlHead !== null) this.#options.control.reached(answer.controlHead)
    for (const { tile, seq } of requested) {
      const member = this.#members.get(tile)
      const joined = answer.tiles.find((answered) => answered.tile === tile)
      if (!member) continue
      if (!joined) {
        this.join(tile)
        continue
      }
      member.joined = true
      this.#options.onJoined(tile, joined, seq)
    }
  }

  #again(tiles: readonly TileNumber[], retryAfterMs: number | null) {
    for (const tile of tiles) {
      const member = this.#members.get(tile)
      if (!member) continue
      if (retryAfterMs === null) this.join(tile)
      else if (!member.timer.isSet) member.timer.set(() => this.#request(tile, member), retryAfterMs)
    }
  }
}
