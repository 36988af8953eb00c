/** Canvases, painters and requests for tests of stores, publishers and gateways. */
import { asCanvasId, asSeq, type CanvasId, type CommitId } from '../../lib/brand.ts'
import { canvasOf, painterOf } from '../../lib/canvas.fixture.ts'
import type { Canvas, CanvasChange } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { WantedPixel } from '../../lib/decide.ts'
import type { Painter } from '../../lib/painter.ts'
import type { PlaceRequest } from '../../lib/plan-group.ts'
import type { Store, TileRef } from './port.ts'

/** Has no cooldown, so that charges matter only in the tests of charges. */
export const testCanvas = (change: Partial<Canvas> = {}): Canvas => canvasOf({ cooldownMs: 0, startCharges: 5, ...change })

export const testPainter = (name = 'aaaa'): Painter => painterOf(name)

export const paint = (
  pixels: WantedPixel | readonly WantedPixel[],
  options: { painter?: Painter; canvas?: CanvasId; key?: string; fingerprint?: string } = {},
): PlaceRequest => ({
  painter: options.painter ?? testPainter(),
  canvas: options.canvas ?? asCanvasId('main'),
  pixels: Array.isArray(pixels) ? pixels : [pixels as WantedPixel],
  cause: 'paint',
  ...(options.key ? { idempotency: { key: options.key, fingerprint: options.fingerprint ?? 'one' } } : {}),
})

let updates = 0

/** Changes a canvas, whatever its revision is. */
export const updateCanvas = async (store: Pick<Store, 'getCanvas' | 'updateCanvas'>, change: CanvasChange, id = asCanvasId('main')) => {
  const rev = (await store.getCanvas(id))?.rev ?? 0
  return store.updateCanvas({ id, change, rev, groupId: `update${(updates++).toString().padStart(8, '0')}`, nowMs: 2_000 })
}

/** Counts one more attempt of each commit, as a publisher does after reading them. */
export const countAttempts = async (store: Pick<Store, 'countAttempts' | 'getUnpublished'>, ids: readonly CommitId[]) => {
  const commits = await store.getUnpublished({ limit: 1_000 })
  await store.countAttempts(commits.filter(({ id }) => ids.includes(id)))
}

/** All sequenced commits of a tile, from the first one on. */
export const readWholeLog = async (store: Pick<Store, 'readCommits'>, ref: TileRef): Promise<SequencedCommit[]> => {
  const log: SequencedCommit[] = []
  for (;;) {
    const page = await store.readCommits({ ...ref, after: log.at(-1)?.seq ?? asSeq(0), limit: 1_000 })
    if (page?.kind !== 'page') throw new Error('the log cannot be read')
    if (page.commits.length === 0) return log
    log.push(...page.commits)
  }
}
