/**
 * A simulated client. It follows its tiles with `TileFollower`, as the page does: after a gap, or when heads
 * stay above its seq, it joins again; after `reload` it fetches the board, perhaps from another gateway.
 */
import type { CanvasId, Epoch, Seq, TileNumber } from '../lib/brand.ts'
import { type FollowAction, type Frame, TileFollower } from '../lib/tile-follower.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { Connection, Message, SimulatedGateway } from './simulated-gateway.ts'

export interface ClientTile {
  readonly follower: TileFollower
  /** Every range of commits that was drawn, in order, with the seq before it. */
  readonly drawn: { from: number; to: number; before: Seq }[]
  /** The bytes after each change. */
  readonly shown: { seq: Seq; colors: Uint8Array }[]
  /** The last heads were above the seq. If the next ones are too, a frame was lost. */
  behind: boolean
}

export interface ClientParts {
  readonly canvas: CanvasId
  readonly tiles: readonly TileNumber[]
  readonly scheduler: Scheduler
  readonly random: Random
  readonly gateways: readonly SimulatedGateway[]
  readonly expected: (error: unknown) => boolean
  /** A mistake: it draws every frame. */
  readonly trustsEveryFrame: boolean
}

export class SimulatedClient {
  readonly tiles: ReadonlyMap<TileNumber, ClientTile>
  readonly #parts: ClientParts
  #connection: Connection | null = null

  constructor(parts: ClientParts) {
    this.#parts = parts
    this.tiles = new Map(parts.tiles.map((tile) => [tile, { follower: new TileFollower(), drawn: [], shown: [], behind: false }]))
    parts.scheduler.spawn('client', async () => {
      for (;;) {
        await parts.scheduler.rest(40)
        if (this.#connection?.open === false) this.#connection = null
        // A few at a time, because a network delivers in bursts.
        for (const message of this.#connection?.inbox.splice(0, 1 + parts.random.below(4)) ?? []) this.#receive(message)
      }
    })
  }

  get connected() {
    return this.#connection?.open === true
  }

  connect() {
    this.#connection = this.#parts.random.pick(this.#parts.gateways)?.connect() ?? null
    this.#join([...this.tiles.keys()])
  }

  disconnect() {
    if (this.#connection) this.#connection.gateway.disconnect(this.#connection)
    this.#connection = null
  }

  #join(tiles: readonly TileNumber[]) {
    const connection = this.#connection
    const wanted = tiles.map((tile) => {
      const follower = this.tiles.get(tile)?.follower
      return { tile, epoch: follower?.epoch() ?? null, seq: follower?.seq() ?? null }
    })
    connection?.gateway.join(connection, wanted)
  }

  #receive(message: Message) {
    switch (message.kind) {
      case 'frame':
        return this.#draw(message.tile, message.frame)
      case 'resync':
        this.tiles.get(message.tile)?.follower.reset()
        return this.#fetch(message.tile, null)
      case 'joined':
        for (const { tile, mode } of message.tiles) if (mode === 'reload') this.#fetch(tile, message.epoch)
        return
      case 'refused':
        return this.#join(message.tiles)
      case 'heads':
        return this.#compare(message.heads)
    }
  }

  #draw(number: TileNumber, frame: Frame) {
    const tile = this.tiles.get(number)
    if (!tile) return
    const before = tile.follower.seq()
    const [colors, { from, to }] = [tile.follower.colors(), frame]
    if (this.#parts.trustsEveryFrame && before !== null && colors) {
      for (const [i, position] of frame.positions.entries()) colors[position] = frame.colors[i] ?? 0
      tile.drawn.push({ from, to, before })
      return
    }
    this.#act(number, tile, before, tile.follower.frame(frame))
  }

  #act(number: TileNumber, tile: ClientTile, seqBefore: Seq | null, action: FollowAction) {
    if (action.do === 'nothing') return
    let before = seqBefore
    for (const { from, to } of action.frames) {
      if (before !== null) tile.drawn.push({ from, to, before })
      before = to as Seq
    }
    remember(tile)
    if (action.do === 'join') this.#join([number])
  }

  #compare(heads: ReadonlyMap<TileNumber, number>) {
    for (const [number, tile] of this.tiles) {
      const seq = tile.follower.seq()
      const behind = seq === null || (heads.get(number) ?? 0) > seq
      if (behind && tile.behind) this.#join([number])
      tile.behind = behind && !tile.behind
    }
  }

  /** Over HTTP, so from any gateway, while frames continue to arrive. */
  #fetch(number: TileNumber, epoch: Epoch | null) {
    const { scheduler, random, gateways, canvas, expected } = this.#parts
    const tile = this.tiles.get(number)
    scheduler.spawn('board request', async () => {
      await scheduler.pause()
      try {
        const board = await random.pick(gateways)?.tiles.board({ canvas, tile: number })
        await scheduler.pause()
        if (!board || !tile) return
        if (epoch !== null && board.epoch !== epoch) return this.#join([number])
        const { seq } = board
        const action = tile.follower.board(board)
        remember(tile)
        this.#act(number, tile, seq, action)
      } catch (error) {
        // The client joins again after the next heads.
        if (!expected(error)) throw error
      }
    })
  }
}

const remember = ({ follower, shown }: ClientTile) => {
  const [seq, colors] = [follower.seq(), follower.colors()]
  if (seq !== null && colors) shown.push({ seq, colors: colors.slice() })
}
