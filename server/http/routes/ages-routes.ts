/** How long ago the pixels of a tile were painted. */
import { requestCosts } from '../../limits/limits.ts'
import { noTile } from '../../refusals.ts'
import { chooseEncoding } from '../encodings.ts'
import type { Answer } from '../exchange.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'
import { createTileAges } from '../tile-ages.ts'
import { findTile } from './find-tile.ts'
import type { RouteParts } from './route-parts.ts'

export const agesRoutes = ({ store, expensiveReads, pictures, placing, clock: { now, monotonicNow } }: RouteParts): Route[] => {
  const ages = createTileAges({ store, expensiveReads, costly: pictures.costly, now, monotonicNow })

  const handle = async (call: Call): Promise<Answer> => {
    const found = await findTile(placing.canvases, call)
    if (!found.ok) return problemAnswer(found.refusal)
    const { request } = call
    const encoding = chooseEncoding(request.header('accept-encoding'))
    const ref = { canvas: found.canvas.id, tile: found.tile }
    const made = await ages.get(ref, { encoding, address: request.peer.address })
    if (!made.ok) return problemAnswer(made.refusal)
    if (!made.value) return problemAnswer(noTile)
    const { epoch, atMs, bytes } = made.value
    return {
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
        'cache-control': 'public, max-age=1',
        vary: 'Accept-Encoding',
        'fresco-epoch': epoch,
        'fresco-at': new Date(atMs).toISOString(),
      },
      body: bytes,
    }
  }
  return [{ method: 'GET', path: '/api/canvases/:id/tiles/:tile/ages', open: true, cost: requestCosts.ages, handle }]
}
