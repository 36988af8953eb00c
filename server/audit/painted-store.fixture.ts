/** A store with published and projected placements, and its audit, for tests of the audit and of repairs. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { asCanvasId, asPainterId, asSeq, asTile } from '../../lib/brand.ts'
import { noCell } from '../../lib/linked-template.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { silentLogger } from '../observability/log.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { SnapshotProjection } from '../projecting/snapshot-projection.ts'
import type { Store } from '../store/port.ts'
import { paint, testCanvas, testPainter, updateCanvas } from '../store/store.fixture.ts'
import { describeOnStores, type TestStore } from '../store/test-stores.fixture.ts'
import { packCells } from '../templates/template-cells.ts'
import { TemplateProjection } from '../templates/template-projection.ts'
import { audit } from './audit.ts'
import type { Finding } from './finding.ts'

export const main = asCanvasId('main')
export const epoch = testCanvas().epoch
export const nowMs = 1_000_000
const retentionMs = 500_000

const pixelsOf = [0, 1, 64, 99].flatMap((gx) => [0, 1, 64, 69].map((gy) => ({ gx, gy })))
export const placeAt = async (store: Store, index: number, random: () => number) => {
  const point = pixelsOf[Math.floor(random() * pixelsOf.length)] ?? { gx: 0, gy: 0 }
  const request = paint({ ...point, color: Math.floor(random() * 4) }, { painter: testPainter(index % 2 ? 'aaaa' : 'bbbb') })
  await store.place({ id: `group${String(index).padStart(8, '0')}`, requests: [request], nowMs: nowMs - 1_000 + index })
}
export const publish = async (store: Store) => {
  await store.sequence({ limit: 100 })
  await store.markAsPublished(await store.getUnpublished({ limit: 100 }), nowMs)
}
const projectionsOf = (store: Store) => [
  new LogProjection({ name: 'history', store, logger: silentLogger }),
  new LogProjection({ name: 'stats', store, logger: silentLogger }),
  new LogProjection({ name: 'profiles', store, logger: silentLogger }),
  new SnapshotProjection({ store, now: () => nowMs, everyCommits: 5 }),
  new TemplateProjection({ store, now: () => nowMs }),
]
export const project = async (store: Store) => {
  const heads = await store.readHeads(main)
  for (const projection of projectionsOf(store)) await projection.catchUp(testCanvas(), heads)
}

/** It covers the four tiles, and wants nothing in a fifth of its cells. */
const addTemplate = async (store: Store) => {
  const cells = Uint16Array.from({ length: 100 * 70 }, (_, index) => (index % 5 === 4 ? noCell : index % 4))
  const place = { x: -1, y: -1, width: 100, height: 70 }
  const fields = { id: 'aaaaaaaaaaaaaaaa', canvas: main, epoch, rev: 1, name: 'Dragon', by: asPainterId('p_aaaa') }
  const template = { ...fields, ...place, createdAtMs: 1, changedAtMs: 1 }
  await store.templates.createTemplate({ template, bytes: await packCells(cells), maxOfPainter: 1, groupId: 'template0001' })
}

/**
 * Sixty placements on few pixels of four tiles, so that most of them overwrite. The last two are unpublished, and the last one has no seq. The
 * projections ran twice and are a little behind. The title of the canvas was changed twice before.
 */
const paintSome = async (store: Store) => {
  await store.ensureCanvas(testCanvas())
  const random = randomsOf(5)
  for (const title of ['First', 'Second']) await updateCanvas(store, { title })
  await addTemplate(store)
  for (let index = 0; index < 58; index++) {
    await placeAt(store, index, random)
    if (index === 30 || index === 54) {
      await publish(store)
      await project(store)
    }
  }
  await publish(store)
  await placeAt(store, 58, random)
  await store.sequence({ limit: 100 })
  await placeAt(store, 59, random)
}

export interface PaintedSetup {
  /** The copy of the current test. */
  under: TestStore
  readonly makeStore: () => TestStore
}

/** Defines a `describe` for each real store. The store is filled once, and each test has its own copy. */
export const describeOnPaintedStores = (title: string, define: (setup: PaintedSetup) => void) =>
  describeOnStores(title, (makeStore) => {
    let painted: TestStore
    const setup = { makeStore } as PaintedSetup
    beforeAll(async () => {
      painted = makeStore()
      const store = await painted.open()
      await paintSome(store)
      await store.close()
    })
    afterAll(() => painted?.dispose())
    beforeEach(async () => {
      setup.under = await painted.copy()
    })
    afterEach(() => setup.under.dispose())
    define(setup)
  })

export const runAudit = async (of: TestStore, options: { heads?: Map<number, number>; epoch?: string; nowMs?: number } = {}) => {
  const store = await of.openReading()
  const findings: Finding[] = []
  const heads = new Map([...(options.heads ?? [])].map(([tile, seq]) => [asTile(tile), asSeq(seq)]))
  const report = await audit({
    store,
    stream: { readHeads: async (_, wanted) => (wanted === (options.epoch ?? epoch) ? heads : new Map()) },
    retentionMs,
    now: () => options.nowMs ?? nowMs,
    onFinding: (finding) => findings.push(finding),
  })
  await store.close()
  return { report, kinds: [...new Set(findings.map(({ kind }) => kind))], findings }
}
