/** Fills an outbox with commits without seqs, as placements do: for benchmarks of publishers. */

import { asPosition } from '../../lib/brand.ts'
import { canvasOf, painterOf } from '../../lib/canvas.fixture.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { pointOf, tilesOf } from '../../lib/geometry.ts'
import type { Store } from '../../server/store/port.ts'

/** Sixteen tiles. */
export const tiledCanvas: Canvas = canvasOf({ width: 1_024, height: 1_024, tileSize: 256, cooldownMs: 0 })
const tiles = tilesOf(tiledCanvas)
const groupsAtOnce = 8

/** One transaction makes one commit of one pixel in each tile, after the `after` commits of an earlier call. Returns their number. */
export const fillOutbox = async (store: Store, commits: number, after = 0): Promise<number> => {
  await store.ensureCanvas(tiledCanvas)
  const groups = Math.ceil(commits / tiles.length)
  let next = Math.ceil(after / tiles.length)
  const end = next + groups
  const work = async () => {
    while (next < end) {
      const group = next++
      const pixels = tiles.map((tile) => ({ ...pointOf(tiledCanvas.tileSize, tile, asPosition(group % 20_000)), color: 1 + (group % 3) }))
      const request = { painter: painterOf(`fill${group % groupsAtOnce}`), canvas: tiledCanvas.id, pixels, cause: 'paint' as const }
      const [outcome] = await store.place({ id: `fill${group.toString(36).padStart(8, '0')}`, requests: [request], nowMs: Date.now() })
      if (outcome?.kind !== 'done' || outcome.placed !== tiles.length) throw new Error(`not placed: ${JSON.stringify(outcome)}`)
    }
  }
  await Promise.all(Array.from({ length: groupsAtOnce }, work))
  const { unsequenced } = await store.backlog()
  if (unsequenced !== groups * tiles.length) throw new Error(`${unsequenced} commits wait, and ${groups * tiles.length} were made`)
  return unsequenced
}
