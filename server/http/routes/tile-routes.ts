/** The board and the log of a tile, with which a client follows it. */
import { asSeq } from '../../../lib/brand.ts'
import { placementId, type SequencedCommit } from '../../../lib/commit.ts'
import { pointOf } from '../../../lib/geometry.ts'
import { guestName, nobody } from '../../../lib/painter.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { requestCosts } from '../../limits/limits.ts'
import { readPastBoard } from '../../projecting/past-board.ts'
import { badParameter, noCanvas, noTile } from '../../refusals.ts'
import type { TileRef } from '../../store/port.ts'
import { BoardCache, type WrittenBoard } from '../board-cache.ts'
import { chooseEncoding, compress, type Encoding } from '../encodings.ts'
import { matchesTag } from '../entity-tag.ts'
import { type Answer, json } from '../exchange.ts'
import { queryNumber, queryTime } from '../params.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'
import { findTile } from './find-tile.ts'
import type { RouteParts } from './route-parts.ts'

const maxPage = 1_000
/** A page ends with the commit that reaches it: about 640 kB, and some 10 ms. */
const maxPagePixels = 8_192
const defaultPage = 100

export const tileRoutes = (parts: RouteParts): Route[] => {
  const boards = new BoardCache({ liveTiles: parts.liveTiles, now: parts.clock.monotonicNow })
  return [
    {
      method: 'GET',
      path: '/api/canvases/:id/tiles/:tile/board',
      open: true,
      // A query selects a board of the past.
      cost: (search) => (search === '' ? 1 : requestCosts.pastBoard),
      handle: (call) => board(parts, boards, call),
    },
    {
      method: 'GET',
      path: '/api/canvases/:id/tiles/:tile/commits',
      open: true,
      cost: requestCosts.logPage,
      costly: true,
      handle: (call) => commits(parts, call),
    },
  ]
}

const board = async (parts: RouteParts, boards: BoardCache, call: Call): Promise<Answer> => {
  const found = await findTile(parts.placing.canvases, call)
  if (!found.ok) return problemAnswer(found.refusal)
  const ref = { canvas: found.canvas.id, tile: found.tile }
  const encoding = chooseEncoding(call.request.header('accept-encoding'))
  const isPast = call.query.has('seq') || call.query.has('at')
  const written = isPast ? await pastBoard(parts, { ref, encoding, call }) : await boards.get(ref, encoding)
  if (!written) return problemAnswer(noTile)
  if ('code' in written) return problemAnswer(written)
  const headers = boardHeaders(written)
  if (matchesTag(call.request.header('if-none-match'), headers.etag)) return { status: 304, headers, body: null }
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': 'application/octet-stream',
      ...(written.encoding === 'identity' ? {} : { 'content-encoding': written.encoding }),
    },
    body: written.bytes,
  }
}

/** The board at a seq, or before the first commit that is later than a time. */
const pastBoard = async (
  { store, expensiveReads, pictures: { costly } }: RouteParts,
  { ref, encoding, call }: { ref: TileRef; encoding: Encoding; call: Call },
): Promise<WrittenBoard | Refusal | null> => {
  const { query } = call
  if (query.has('seq') && query.has('at')) return badParameter('seq', 'and at cannot be given together')
  const maxSeq = queryNumber(query, { name: 'seq', min: 0, max: Number.MAX_SAFE_INTEGER, fallback: Number.MAX_SAFE_INTEGER })
  if (!maxSeq.ok) return maxSeq.refusal
  const maxAtMs = queryTime(query, 'at')
  if (!maxAtMs.ok) return maxAtMs.refusal
  const bounds = { maxSeq: maxSeq.value, maxAtMs: maxAtMs.value }
  const fold = () => foldBoard(store, { ref, encoding, bounds, hasSeq: query.has('seq') })
  const made = await expensiveReads.run(call.request.peer.address, () => costly.part(fold))
  return made.ok ? made.value : made.refusal
}

const foldBoard = async (
  store: RouteParts['store'],
  options: { ref: TileRef; encoding: Encoding; bounds: { maxSeq: number; maxAtMs: number }; hasSeq: boolean },
): Promise<WrittenBoard | Refusal | null> => {
  const { ref, encoding, bounds, hasSeq } = options
  const found = await readPastBoard(store, { ...ref, ...bounds })
  if (!found) return null
  if (found.kind === 'trimmed') {
    return { code: 'log_trimmed', detail: 'No snapshot and no log is old enough for this board.' }
  }
  const { epoch, seq, colors, head } = found.board
  if (hasSeq && bounds.maxSeq > head) return badParameter('seq', `must be at most ${head}, the newest commit`)
  return { epoch, seq, encoding, bytes: await compress(encoding, colors, 'quick') }
}

/** The tag is weak, because the same board has different bytes in each encoding and compression level. */
const boardHeaders = ({ epoch, seq }: WrittenBoard) => ({
  etag: `W/"${epoch}-${seq}"`,
  'cache-control': 'public, max-age=1',
  vary: 'Accept-Encoding',
  'fresco-epoch': epoch,
  'fresco-seq': String(seq),
})

const commits = async ({ placing, store }: RouteParts, call: Call): Promise<Answer> => {
  const found = await findTile(placing.canvases, call)
  if (!found.ok) return problemAnswer(found.refusal)
  const after = queryNumber(call.query, { name: 'after', min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 })
  if (!after.ok) return problemAnswer(after.refusal)
  const limit = queryNumber(call.query, { name: 'limit', min: 1, max: maxPage, fallback: defaultPage })
  if (!limit.ok) return problemAnswer(limit.refusal)
  const { canvas, tile } = found
  const page = await store.readCommits({ canvas: canvas.id, tile, after: asSeq(after.value), limit: limit.value, maxPixels: maxPagePixels })
  if (!page) return problemAnswer(noCanvas)
  if (page.kind === 'trimmed') {
    return problemAnswer({ code: 'log_trimmed', detail: `The oldest commit in the log is ${page.oldestKept}. Fetch the board instead.` })
  }
  const painters = new Set(page.commits.flatMap(({ pixels }) => pixels.map(({ by }) => by)))
  painters.delete(nobody)
  return json(200, {
    tile,
    epoch: page.epoch,
    head: page.head,
    next: page.commits.at(-1)?.seq ?? after.value,
    commits: page.commits.map((commit) => showCommit(commit, canvas.tileSize)),
    painters: Object.fromEntries([...painters].map((id) => [id, { name: guestName(id) }])),
  })
}

const showCommit = ({ id, seq, atMs, cause, tile, pixels }: SequencedCommit, tileSize: number) => ({
  seq,
  at: new Date(atMs).toISOString(),
  cause,
  pixels: pixels.map(({ position, color, by }, index) => ({
    ...pointOf(tileSize, tile, position),
    color,
    by: by === nobody ? null : by,
    id: placementId(id, index),
  })),
})
