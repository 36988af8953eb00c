/** Downloads the board as a picture or a thumbnail, and paints a picture onto the board. */
import { asTile, type TileNumber } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { problemOf, type Refusal } from '../../../lib/refusal.ts'
import { requestCosts } from '../../limits/limits.ts'
import { boardPng } from '../../pictures/board-png.ts'
import { paintPicture } from '../../pictures/paint-picture.ts'
import { readPicture } from '../../pictures/picture.ts'
import { enlarged, type Sampling } from '../../pictures/sampling.ts'
import { noCanvas, noTile } from '../../refusals.ts'
import { forAdmins, type Operator } from '../callers.ts'
import { matchesTag } from '../entity-tag.ts'
import { type Answer, json } from '../exchange.ts'
import { createFittedPictures } from '../fitted-pictures.ts'
import { queryNumber, querySwitch } from '../params.ts'
import { readPictureQuery } from '../picture-query.ts'
import { problemAnswer } from '../problem.ts'
import { readPictureBytes } from '../read-body.ts'
import { readingPicture } from '../reading-picture.ts'
import type { Call, Route } from '../router.ts'
import { createThumbnails } from '../thumbnails.ts'
import type { RouteParts } from './route-parts.ts'

export const pictureRoutes = (parts: RouteParts): Route[] => {
  /** One at a time, because a picture takes much memory. */
  let isPainting = false
  const paintAlone = async (call: Call, admin: Operator) => {
    const canvas = await parts.placing.canvases.get(call.params.id ?? '')
    if (!canvas) return problemAnswer(noCanvas)
    if (isPainting) return problemAnswer(busy)
    isPainting = true
    try {
      return await paint(parts, { call, canvas, admin })
    } finally {
      isPainting = false
    }
  }
  const thumbnails = createThumbnails({
    liveTiles: parts.liveTiles,
    store: parts.store,
    costly: parts.pictures.costly,
    now: parts.clock.monotonicNow,
  })
  const fittedPictures = createFittedPictures({
    expensiveReads: parts.expensiveReads,
    costly: parts.pictures.costly,
    boardOf: (canvas, tile) => readColors(parts, canvas, tile),
    now: parts.clock.monotonicNow,
  })
  return [
    { method: 'GET', path: '/api/canvases/:id/thumbnail.png', open: true, handle: (call) => showThumbnail(parts, thumbnails, call) },
    {
      method: 'GET',
      path: '/api/canvases/:id/board.png',
      open: true,
      cost: requestCosts.picture,
      handle: (call) => write(parts, fittedPictures, call),
    },
    { method: 'POST', path: '/api/admin/canvases/:id/picture', handle: forAdmins(parts.access.callers, paintAlone) },
  ]
}

const busy: Refusal = { code: 'overloaded', detail: 'Another picture is being painted. Try again in a moment.', retryAfterMs: 2_000 }

type FittedPictures = ReturnType<typeof createFittedPictures>

const write = async (parts: RouteParts, fittedPictures: FittedPictures, call: Call): Promise<Answer> => {
  const { placing, liveTiles } = parts
  const canvas = await placing.canvases.get(call.params.id ?? '')
  if (!canvas) return problemAnswer(noCanvas)
  const asked = readPictureQuery(call.query, canvas)
  if (!asked.ok) return problemAnswer(asked.refusal)
  // Reads the store before the answer begins, so that an unavailable store can still be answered with 503.
  if (!(await liveTiles.board({ canvas: canvas.id, tile: asTile(0) }))) return problemAnswer(noTile)
  const { region, scale, fit } = asked.value
  if (!fit) return streamPicture(parts, call, { canvas, sampling: enlarged(region, scale) })
  const headers = { 'content-type': 'image/png', 'cache-control': 'public, max-age=60' }
  if (call.request.method === 'HEAD') return { status: 200, headers, body: null }
  const made = await fittedPictures(call.request.peer.address, { canvas, region, size: fit })
  return made.ok ? { status: 200, headers, body: made.value } : problemAnswer(made.refusal)
}

const readColors = async ({ liveTiles }: Pick<RouteParts, 'liveTiles'>, canvas: Canvas, tile: TileNumber) => {
  const board = await liveTiles.board({ canvas: canvas.id, tile })
  if (!board) throw new Error('The canvas was removed while its picture was written.')
  return board.colors
}

const streamPicture = (parts: RouteParts, { request }: Call, picture: { canvas: Canvas; sampling: Sampling }): Answer => {
  const { pictures } = parts
  const headers = { 'content-type': 'image/png', 'cache-control': 'public, max-age=1' }
  if (request.method === 'HEAD') return { status: 200, headers, body: null }
  const opened = pictures.open.open(request.peer.address)
  if (!opened.ok) return problemAnswer(opened.refusal)
  const source = boardPng({ ...picture, boardOf: (tile) => readColors(parts, picture.canvas, tile) })
  return { status: 200, headers, body: readingPicture({ source, picture: opened.picture, costly: pictures.costly }) }
}

const showThumbnail = async (
  { placing }: RouteParts,
  thumbnails: ReturnType<typeof createThumbnails>,
  { request, params }: Call,
): Promise<Answer> => {
  const canvas = await placing.canvases.get(params.id ?? '')
  const thumbnail = canvas && (await thumbnails(canvas.id))
  if (!thumbnail) return problemAnswer(noCanvas)
  const { png, etag } = thumbnail
  const headers = { 'content-type': 'image/png', 'cache-control': 'public, max-age=1', etag }
  if (matchesTag(request.header('if-none-match'), etag)) return { status: 304, headers, body: null }
  return { status: 200, headers, body: png }
}

const bound = 1_000_000

const paint = async (parts: RouteParts, { call, canvas, admin }: { call: Call; canvas: Canvas; admin: Operator }): Promise<Answer> => {
  const gx = queryNumber(call.query, { name: 'gx', min: -bound, max: bound, fallback: 0 })
  if (!gx.ok) return problemAnswer(gx.refusal)
  const gy = queryNumber(call.query, { name: 'gy', min: -bound, max: bound, fallback: 0 })
  if (!gy.ok) return problemAnswer(gy.refusal)
  const nearest = querySwitch(call.query, 'nearest')
  if (!nearest.ok) return problemAnswer(nearest.refusal)
  const bytes = await readPictureBytes(call.request)
  if (!bytes.ok) return problemAnswer(bytes.refusal)
  const at = { gx: gx.value, gy: gy.value }
  const read = await readPicture({ png: bytes.value, canvas, ...at, nearest: nearest.value })
  if (!read.ok) return problemAnswer(read.refusal)
  const { picture } = read
  const draft = { action: 'canvas.import', target: canvas.id, details: { ...at, nearest: nearest.value } }
  return parts.operations.acts.run(admin, draft, () =>
    save(parts, { painter: admin.painter, canvas, picture, at, signal: call.request.signal }),
  )
}

type Painting = Omit<Parameters<typeof paintPicture>[0], 'commitQueue'>

const save = async ({ placing, operations }: RouteParts, painting: Painting): Promise<Answer> => {
  const { painter, canvas, at } = painting
  const painted = await paintPicture({ commitQueue: placing.commitQueue, ...painting })
  const { placed } = painted
  operations.logger.info({
    event: 'picture_painted',
    by: painter.id,
    canvas: canvas.id,
    ...at,
    placed,
    refusal: painted.ok ? null : painted.refusal.code,
  })
  if (painted.ok) return json(200, { placed })
  // The part that is painted already stays, so the answer has its size.
  return { ...problemAnswer(painted.refusal), body: JSON.stringify({ ...problemOf(painted.refusal), placed }) }
}
