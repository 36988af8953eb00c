/**
 * A simulated client. It follows its tiles with `TileFollower`, as the page does: after a gap, or when heads
 * stay above its seq, it joins again; after `reload` it fetches the board, perhaps from another gateway.
 */
import { asPosition, type Epoch, type Seq, type TileNumber } from '../lib/brand.ts'
import type { Canvas } from '../lib/canvas.ts'
import { controlTile } from '../lib/control-log.ts'
import { contains, hasTile, pointOf } from '../lib/geometry.ts'
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
  /** Which the client has loaded before it connects. */
  readonly canvas: Canvas
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
  /** Frames that needed a newer canvas than this client had. */
  readonly unfit: string[] = []
  canvas: Canvas
  readonly #parts: ClientParts
  #connection: Connection | null = null

  constructor(parts: ClientParts) {
    this.#parts = parts
    this.canvas = parts.canvas
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
    this.#join([...this.tiles.keys()].filter((tile) => this.#exists(tile)))
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
    connection?.gateway.join(connection, wanted, this.canvas.rev)
  }

  #exists(tile: TileNumber) {
    return tile === controlTile || hasTile(this.canvas, tile)
  }

  /** A newer canvas, whose new tiles are joined. */
  #adopt(canvas: Canvas) {
    if (canvas.rev <= this.canvas.rev) return
    const missing = [...this.tiles.keys()].filter((tile) => !this.#exists(tile))
    this.canvas = canvas
    const added = missing.filter((tile) => this.#exists(tile))
    if (added.length > 0) this.#join(added)
  }

  async #loadCanvas() {
    const canvas = await this.#parts.random.pick(this.#parts.gateways)?.canvas()
    if (canvas) this.#adopt(canvas)
  }

  #receive(message: Message) {
    switch (message.kind) {
      case 'frame':
        this.#check(message.tile, message.frame)
        return this.#draw(message.tile, message.frame)
      case 'canvas':
        return this.#adopt(message.canvas)
      case 'resync':
        this.tiles.get(message.tile)?.follower.reset()
        return this.#fetch(message.tile, null)
      case 'joined':
        for (const { tile, mode } of message.tiles) if (mode === 'reload') this.#fetch(tile, message.epoch)
        return
      case 'refused':
        return this.#join(message.tiles)
      case 'heads':
        if (message.rev > this.canvas.rev) this.#parts.scheduler.spawn('canvas request', () => this.#loadCanvas())
        return this.#compare(message.heads)
    }
  }

  /** Written out on purpose: the gateway's own check must not hide its mistakes. */
  #check(tile: TileNumber, { to, positions, colors }: Frame) {
    const { canvas } = this
    const isOutside = (position: number) => !contains(canvas, pointOf(canvas.tileSize, tile, asPosition(position)))
    const isNew = colors.some((color) => color >= canvas.palette.length) || positions.some(isOutside)
    if (tile !== controlTile && isNew) this.unfit.push(`tile ${tile} to ${to} at rev ${canvas.rev}`)
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
      if (!this.#exists(number)) continue
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
        const board = await random.pick(gateways)?.tiles.board({ canvas: canvas.id, tile: number })
        await scheduler.pause()
        if (!board || !tile) return
        // The board may come from a gateway that is ahead. The client joins again after the next heads.
        if (board.colors.some((color) => color >= this.canvas.palette.length)) return await this.#loadCanvas()
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
