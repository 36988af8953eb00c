/**
 * Joins and leaves tiles. A client that missed frames joins again, so joining and catching up are the same operation.
 *
 * The tiles are loaded first, and stay in memory until the socket is in their rooms. Everything after that runs without an `await`: find
 * the missed frames, enter the rooms, answer, send the missed frames. So the next frame of a room is also the next one for this client (A3).
 */
import type { CanvasId, Epoch, Seq, TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { canvasOfEntry, controlTile, templateOfEntry } from '../../lib/control-log.ts'
import { hasTile } from '../../lib/geometry.ts'
import type { Refusal } from '../../lib/refusal.ts'
import type { CatchUp, JoinableTiles, LiveTile } from '../broadcasting/port.ts'
import { maxMissedBytes } from '../broadcasting/tracked-tile.ts'
import { parse } from '../parse.ts'
import { storeDown } from '../refusals.ts'
import { canvasWith } from '../store/canvas-cache.ts'
import { type AnnouncedRevisions, type CanvasSource, needsNewerCanvas } from './announced-revisions.ts'
import { announcementEvent } from './announcement-event.ts'
import { sendToSocket } from './frame-sender.ts'
import { type Ack, canvasRoom, type FrameFormat, type GatewaySocket, refuse, tileRoom } from './gateway-socket.ts'
import type { MessageHandler } from './messages.ts'
import { joinSchema, leaveSchema } from './schemas.ts'

export interface JoinOptions {
  readonly liveTiles: JoinableTiles
  readonly canvases: CanvasSource
  readonly announced: AnnouncedRevisions
  /** A socket has joined its first tile of the canvas. */
  readonly onFirstJoin: (canvas: CanvasId) => void
  /** Cuts the socket off if it has too much unread data. Returns whether it did. */
  readonly cutOffIfSlow: (socket: GatewaySocket) => boolean
}

/** Tiles of one socket, over all canvases (A6). */
const maxTilesOfSocket = 512

/** The most that one join replays, over all its tiles (A6). As JSON, a pixel takes twenty to sixty times as many bytes. */
const maxReplayBytes: Record<FrameFormat, number> = { packed: maxMissedBytes, json: maxMissedBytes / 8 }

interface Join {
  readonly canvas: CanvasId
  readonly epoch: Epoch | null
  readonly format: FrameFormat
  /** The canvas's control log, for clients that follow it by its seqs. */
  readonly control: JoinedLog | null
  readonly tiles: readonly JoinedLog[]
  /** The revision of the canvas that the client has; null if it does not say. */
  readonly rev: number | null
}

interface JoinedLog {
  readonly live: LiveTile
  readonly seq: Seq | null
}

export const createJoinHandler =
  (options: JoinOptions): MessageHandler =>
  async (socket, payload, ack) => {
    const parsed = parse(joinSchema, payload)
    if (!parsed.ok) return refuse(ack, parsed.refusal)
    const { canvas: id, epoch = null, rev = null, control: controlSeq, tiles, format } = parsed.value
    const { announced } = options
    const canvas = await canvasWith(options.canvases, id, (one) => tiles.every(({ tile }) => hasTile(one, tile)))
    const noCanvas: Refusal = { code: 'canvas_not_found', detail: `There is no canvas "${id}".` }
    if (!canvas) return refuse(ack, noCanvas)
    const unknown = tiles.find(({ tile }) => !hasTile(canvas, tile))
    if (unknown) return refuse(ack, { code: 'tile_not_found', detail: `The canvas "${id}" has no tile ${unknown.tile}.` })

    // A tile that is named twice is joined once.
    const wanted = new Map(tiles.map(({ tile, seq }) => [tile, seq]))
    const releases = [controlTile, ...wanted.keys()].map((tile) => options.liveTiles.hold({ canvas: id, tile }))
    try {
      const open = (tile: TileNumber, seq: Seq | null) => options.liveTiles.open({ canvas: id, tile }, { epoch, seq })
      const [control, ...opened] = await Promise.all([
        open(controlTile, controlSeq ?? null),
        ...[...wanted].map(async ([tile, seq]) => ({ seq, live: await open(tile, seq) })),
      ])
      if (!control) return refuse(ack, noCanvas)
      const found = opened.flatMap(({ seq, live }) => (live ? { seq, live } : []))
      const join = {
        canvas: id,
        epoch,
        rev,
        format,
        control: controlSeq === undefined ? null : { live: control, seq: controlSeq },
        tiles: found,
      }
      const known = announced.get(id)
      if (!known) await announced.follow(id, control)
      else if (needNewerCanvas(catchUpAll(join), known)) await announced.refresh(id)
      const fresh = announced.get(id) ?? canvas
      if (socket.connected) enter(socket, ack, { ...options, join, fresh })
    } finally {
      for (const release of releases) release()
    }
  }

/** Must not await anything. */
const enter = (socket: GatewaySocket, ack: Ack, options: JoinOptions & { join: Join; fresh: Canvas }) => {
  const { join, announced, onFirstJoin } = options
  const { joined } = socket.data
  const formats = joined.get(join.canvas) ?? new Map<TileNumber, FrameFormat>()
  const more = join.tiles.filter(({ live }) => !formats.has(live.ref.tile)).length
  if (countTiles(joined) + more > maxTilesOfSocket) {
    const message = `A socket may join at most ${maxTilesOfSocket} tiles. Leave some first.`
    return refuse(ack, { code: 'invalid_request', detail: message, errors: [{ path: 'tiles', message }] })
  }
  if (options.cutOffIfSlow(socket)) return
  const caughtUp = catchUpAll(join)
  // The store is down, so the canvas that the missed frames need cannot be read (C3).
  if (needNewerCanvas(caughtUp, options.fresh)) return refuse(ack, storeDown)

  const canvas = announced.announce(options.fresh)
  const isNew = !joined.has(join.canvas)
  joined.set(join.canvas, formats)
  void socket.join(canvasRoom(join.canvas))
  for (const { live } of caughtUp) {
    const former = formats.get(live.ref.tile)
    if (former && former !== join.format) void socket.leave(tileRoom(live.ref, former))
    formats.set(live.ref.tile, join.format)
    void socket.join(tileRoom(live.ref, join.format))
  }
  const control = join.control && catchUpOn(join.control, join.epoch)
  ack({
    ok: true,
    epoch: caughtUp[0]?.live.epoch ?? canvas.epoch,
    rev: canvas.rev,
    ...(control && { control: { head: control.live.head, mode: control.mode.mode } }),
    tiles: caughtUp.map(({ live, mode }) => ({ tile: live.ref.tile, head: live.head, mode: mode.mode })),
  })
  const { rev } = sendMissedChanges(socket, control, options.canvases) ?? join
  const isOlder = rev === null ? isNew && returns(caughtUp, control) && canvas.rev > 1 : rev < canvas.rev
  if (isOlder || (rev !== null && join.epoch !== null && join.epoch !== canvas.epoch)) socket.emit('canvas', options.canvases.show(canvas))
  for (const frame of missedFrames(caughtUp)) sendToSocket(socket, frame, { canvas, format: join.format })
  if (isNew) onFirstJoin(join.canvas)
}

interface CaughtUp {
  readonly live: LiveTile
  readonly mode: CatchUp
}

const catchUpOn = ({ live, seq }: JoinedLog, epoch: Epoch | null): CaughtUp => ({ live, mode: live.catchUp({ epoch, seq }) })

/** Returns the newest canvas that was sent. */
const sendMissedChanges = (socket: GatewaySocket, control: CaughtUp | null, canvases: CanvasSource): Canvas | null => {
  let newest: Canvas | null = null
  for (const entry of missedFrames(control ? [control] : []).flatMap(({ commits }) => commits)) {
    const template = templateOfEntry(entry)
    if (template) socket.emit('template', entry.canvas, template, entry.seq)
    const changed = canvasOfEntry(entry)
    if (!changed) continue
    socket.emit('canvas', canvases.show(changed), entry.seq)
    if (changed.announcement?.id === entry.id) socket.emit(...announcementEvent(changed.id, changed.announcement))
    newest = changed
  }
  return newest
}

/** Whether the client may have the canvas of an earlier connection. A new client loads the canvas before it joins. */
const returns = (tiles: readonly CaughtUp[], control: CaughtUp | null) =>
  control ? control.mode.mode === 'reload' : tiles.some(({ mode }) => mode.mode !== 'reload')

/** The missed frames of each tile, up to the limit of one join. The client loads the boards of the other tiles. */
const catchUpAll = ({ tiles, epoch, format }: Join): CaughtUp[] => {
  let bytesLeft = maxReplayBytes[format]
  return tiles.map((log) => {
    const { live, mode } = catchUpOn(log, epoch)
    if (mode.mode !== 'replay') return { live, mode }
    if (mode.bytes > bytesLeft) return { live, mode: { mode: 'reload' } }
    bytesLeft -= mode.bytes
    return { live, mode }
  })
}

const missedFrames = (caughtUp: readonly CaughtUp[]) => caughtUp.flatMap(({ mode }) => (mode.mode === 'replay' ? mode.frames : []))

const needNewerCanvas = (caughtUp: readonly CaughtUp[], canvas: Canvas) =>
  missedFrames(caughtUp).some((frame) => needsNewerCanvas(frame, canvas))

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
