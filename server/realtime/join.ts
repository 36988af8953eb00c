/**
 * Joining and leaving tiles. Joining again is how a client catches up, so the two are one.
 *
 * The tiles are loaded first, and held in memory until the socket is in their rooms. Then, without an await in between: what the
 * client missed is looked up, the rooms are entered, the answer and the missed frames are sent. Whatever the broadcaster
 * sends next is the next frame for this client too: it misses nothing and gets nothing twice (A3).
 */
import type { CanvasId, Epoch, Seq, TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { hasTile } from '../../lib/geometry.ts'
import { maxMissedBytes } from '../broadcasting/live-tile.ts'
import type { CatchUp, JoinableTiles, LiveTile } from '../broadcasting/port.ts'
import { type AnnouncedRevisions, type CanvasSource, needsNewerCanvas } from './announced-revisions.ts'
import { sendToSocket } from './frame-sender.ts'
import { type Ack, type FrameFormat, type GatewaySocket, refuse } from './gateway-socket.ts'
import type { MessageHandler } from './messages.ts'
import { canvasRoom, tileRoom } from './rooms.ts'
import { joinSchema, leaveSchema, parse } from './schemas.ts'

export interface JoinOptions {
  readonly liveTiles: JoinableTiles
  readonly canvases: CanvasSource
  readonly announced: AnnouncedRevisions
  /** A socket is in its first tile of the canvas. */
  readonly onNewcomer: (canvas: CanvasId) => void
  /** Cuts the socket off when it does not read what it is sent; answers whether it did. */
  readonly cutOffIfSlow: (socket: GatewaySocket) => boolean
}

/** Tiles that one socket may be in, over all canvases (A6). */
const maxTilesOfSocket = 512

/** What one join is replayed at most, over all its tiles (A6). As JSON a pixel weighs some twenty to sixty times as much. */
const maxReplayBytes: Record<FrameFormat, number> = { packed: maxMissedBytes, json: maxMissedBytes / 8 }

interface Join {
  readonly canvas: CanvasId
  readonly epoch: Epoch | null
  readonly format: FrameFormat
  readonly tiles: readonly { readonly live: LiveTile; readonly seq: Seq | null }[]
}

export const createJoinHandler =
  (options: JoinOptions): MessageHandler =>
  async (socket, payload, ack) => {
    const parsed = parse(joinSchema, payload)
    if (!parsed.ok) return refuse(ack, parsed.refusal)
    const { canvas: id, epoch = null, tiles, format } = parsed.value
    const canvas = await options.canvases.get(id)
    if (!canvas) return refuse(ack, { code: 'canvas_not_found', detail: `There is no canvas "${id}".` })
    const unknown = tiles.find(({ tile }) => !hasTile(canvas, tile))
    if (unknown) return refuse(ack, { code: 'tile_not_found', detail: `The canvas "${id}" has no tile ${unknown.tile}.` })

    // A tile that is named twice is joined once.
    const wanted = new Map(tiles.map(({ tile, seq }) => [tile, seq]))
    const releases = [...wanted.keys()].map((tile) => options.liveTiles.hold({ canvas: id, tile }))
    try {
      const opened = await Promise.all(
        [...wanted].map(async ([tile, seq]) => ({ seq, live: await options.liveTiles.open({ canvas: id, tile }, { epoch, seq }) })),
      )
      const found = opened.flatMap(({ seq, live }) => (live ? { seq, live } : []))
      const join = { canvas: id, epoch, format, tiles: found }
      if (missedFrames(catchUpAll(join)).some((frame) => needsNewerCanvas(frame, options.announced.get(id) ?? canvas))) {
        await options.announced.refresh(id)
      }
      const fresh = (await options.canvases.get(id)) ?? canvas
      if (socket.connected) enter(socket, ack, { ...options, join, fresh })
    } finally {
      for (const release of releases) release()
    }
  }

/** From here to the end nothing is awaited. */
const enter = (socket: GatewaySocket, ack: Ack, options: JoinOptions & { join: Join; fresh: Canvas }) => {
  const { join, announced, onNewcomer } = options
  const { joined } = socket.data
  const formats = joined.get(join.canvas) ?? new Map<TileNumber, FrameFormat>()
  const more = join.tiles.filter(({ live }) => !formats.has(live.ref.tile)).length
  if (countTiles(joined) + more > maxTilesOfSocket) {
    const message = `A socket may be in ${maxTilesOfSocket} tiles at most: leave some first.`
    return refuse(ack, { code: 'invalid_request', detail: message, errors: [{ path: 'tiles', message }] })
  }
  if (options.cutOffIfSlow(socket)) return

  const canvas = announced.learn(options.fresh)
  const isNew = !joined.has(join.canvas)
  joined.set(join.canvas, formats)
  void socket.join(canvasRoom(join.canvas))
  const caughtUp = catchUpAll(join)
  for (const { live } of caughtUp) {
    const former = formats.get(live.ref.tile)
    if (former && former !== join.format) void socket.leave(tileRoom(live.ref, former))
    formats.set(live.ref.tile, join.format)
    void socket.join(tileRoom(live.ref, join.format))
  }
  ack({
    ok: true,
    epoch: caughtUp[0]?.live.epoch ?? canvas.epoch,
    rev: canvas.rev,
    tiles: caughtUp.map(({ live, mode }) => ({ tile: live.ref.tile, head: live.head, mode: mode.mode })),
  })
  for (const frame of missedFrames(caughtUp)) sendToSocket(socket, frame, { canvas, format: join.format })
  if (isNew) onNewcomer(join.canvas)
}

interface CaughtUp {
  readonly live: LiveTile
  readonly mode: CatchUp
}

/** What each tile's client missed, as long as it is not too much for one answer: the rest of the tiles are fetched whole. */
const catchUpAll = ({ tiles, epoch, format }: Join): CaughtUp[] => {
  let bytesLeft = maxReplayBytes[format]
  return tiles.map(({ live, seq }) => {
    const mode = live.catchUp({ epoch, seq })
    if (mode.mode !== 'replay') return { live, mode }
    if (mode.bytes > bytesLeft) return { live, mode: { mode: 'reload' } }
    bytesLeft -= mode.bytes
    return { live, mode }
  })
}

const missedFrames = (caughtUp: readonly CaughtUp[]) => caughtUp.flatMap(({ mode }) => (mode.mode === 'replay' ? mode.frames : []))

const countTiles = (joined: ReadonlyMap<CanvasId, ReadonlyMap<TileNumber, FrameFormat>>) =>
  [...joined.values()].reduce((sum, formats) => sum + formats.size, 0)

export const leave: MessageHandler = (socket, payload, ack) => {
  const parsed = parse(leaveSchema, payload)
  if (!parsed.ok) return refuse(ack, parsed.refusal)
  const { canvas, tiles } = parsed.value
  const formats = socket.data.joined.get(canvas)
  for (const tile of tiles) {
    const format = formats?.get(tile)
    if (!format) continue
    void socket.leave(tileRoom({ canvas, tile }, format))
    formats?.delete(tile)
  }
  if (formats?.size === 0) {
    socket.data.joined.delete(canvas)
    void socket.leave(canvasRoom(canvas))
  }
  ack({ ok: true })
}
