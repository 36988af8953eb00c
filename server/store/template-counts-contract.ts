/** The part of the store's contract about the progress of templates: it equals a recount, whatever happened and whoever counted. */
import { describe, expect, test } from 'vitest'
import { asEpoch, asPainterId, asTile, type PlacementId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { controlTile } from '../../lib/control-log.ts'
import { erasingEnded, planErasing } from '../../lib/erasing.ts'
import { tileOf } from '../../lib/geometry.ts'
import { coveredArea, type LinkedTemplate, noCell } from '../../lib/linked-template.ts'
import type { Painter } from '../../lib/painter.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { packCells } from '../templates/template-cells.ts'
import { showProgress } from '../templates/template-progress.ts'
import { TemplateProjection } from '../templates/template-projection.ts'
import type { Store } from './port.ts'
import { countAttempts, testCanvas, testPainter, updateCanvas } from './store.fixture.ts'
import { main, placementsOf, type StoreContext } from './store-context.fixture.ts'

const ids = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'] as const
const side = 90

interface Drawn {
  readonly template: LinkedTemplate
  readonly cells: Uint16Array
}

const draw = (id: string, random: () => number, before?: LinkedTemplate): Drawn => {
  const [width, height] = [1 + Math.floor(random() * 60), 1 + Math.floor(random() * 60)]
  const cells = Uint16Array.from({ length: width * height }, () => (random() < 0.2 ? noCell : Math.floor(random() * 4)))
  cells[0] = 1
  const [x, y] = [Math.floor(random() * 80), Math.floor(random() * 80)].map((at) => at - 5) as [number, number]
  const fields = { id, canvas: main, epoch: testCanvas().epoch, name: 'Dragon', by: asPainterId('p_aaaa'), x, y, width, height }
  const [rev, atMs] = [(before?.rev ?? 0) + 1, (before?.changedAtMs ?? 0) + 1]
  return { template: { ...fields, rev, createdAtMs: 1, changedAtMs: atMs }, cells }
}

/** From the boards, cell by cell. Everything must be published. */
const recount = async (store: Store, canvas: Canvas, { template, cells }: Drawn) => {
  const figures = { right: 0, wrong: 0, missing: 0, total: 0 }
  const area = coveredArea(template, canvas)
  const boards = new Map<number, Uint8Array>()
  for (let gy = area?.top ?? 0; gy < (area?.bottom ?? 0); gy++) {
    for (let gx = area?.left ?? 0; gx < (area?.right ?? 0); gx++) {
      const wanted = cells[(gy - template.y) * template.width + (gx - template.x)]
      if (wanted === noCell) continue
      const tile = tileOf(canvas.tileSize, { gx, gy })
      const colors = boards.get(tile) ?? (await store.readBoard({ canvas: main, tile }))?.colors ?? new Uint8Array()
      boards.set(tile, colors)
      const shown = colors[(gy % canvas.tileSize) * canvas.tileSize + (gx % canvas.tileSize)]
      figures[shown === wanted ? 'right' : shown === canvas.background ? 'missing' : 'wrong']++
      figures.total++
    }
  }
  return figures
}

const run = async (context: StoreContext, seed: number) => {
  const { store, nextGroupId, sequenceAll, publishAll } = context
  const random = randomsOf(seed)
  const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value
  await store.ensureCanvas(testCanvas({ width: side, height: side, maxCharges: 10_000, startCharges: 10_000 }))
  const canvasNow = async () => (await store.getCanvas(main)) as Canvas
  const drawn = new Map<string, Drawn>()
  // Two processes count.
  const projections = [0, 1].map(() => new TemplateProjection({ store, now: () => 1_000 }))
  const publishedHeads = async () => {
    const heads = await store.readHeads(main)
    const waiting = await store.getUnpublished({ limit: 1_000 })
    for (const { tile, seq } of waiting) heads.set(tile, Math.min(heads.get(tile) ?? 0, seq - 1) as never)
    return heads
  }
  let nowMs = 10_000
  const placed: { readonly id: PlacementId; readonly painter: Painter }[] = []

  const changeTemplate = async () => {
    const id = pick(ids)
    const before = drawn.get(id)
    const next = draw(id, random, before?.template)
    const bytes = await packCells(next.cells)
    const saved = before
      ? await store.templates.changeTemplate({ template: next.template, bytes, groupId: nextGroupId() })
      : await store.templates.createTemplate({ template: next.template, bytes, maxOfPainter: null, groupId: nextGroupId() })
    expect(['created', 'changed']).toContain(saved)
    drawn.set(id, next)
  }

  const steps: readonly (() => Promise<unknown>)[] = [
    async () => {
      const { width, height } = await canvasNow()
      // Few points, so that most placements cover others.
      const pixels = Array.from({ length: 1 + Math.floor(random() * 12) }, () => ({
        gx: Math.min(width - 1, Math.floor(random() * 12) * 12),
        gy: Math.min(height - 1, Math.floor(random() * 8) * 12),
        color: Math.floor(random() * 4),
      }))
      const unique = [...new Map(pixels.map((pixel) => [`${pixel.gx}/${pixel.gy}`, pixel])).values()]
      const painter = testPainter(pick(['aaaa', 'bbbb']))
      const isPicture = random() < 0.3
      const request = { painter, canvas: main, pixels: unique, cause: isPicture ? 'picture' : 'paint', byOperator: isPicture } as const
      const [outcome] = await store.place({ id: nextGroupId(), requests: [request], nowMs: nowMs++ })
      if (!isPicture) placed.push(...placementsOf(outcome).map(({ id }) => ({ id, painter })))
    },
    async () => {
      const last = placed.splice(-3)
      const [first] = last
      if (!first) return
      const undo = last.filter(({ painter }) => painter.id === first.painter.id).map(({ id }) => id)
      await store.place({ id: nextGroupId(), requests: [{ painter: first.painter, undo }], nowMs: nowMs++ })
    },
    sequenceAll,
    () => publishAll(nowMs),
    async () => {
      await sequenceAll()
      const [commit] = (await store.getUnpublished({ limit: 1 })).filter(({ tile }) => tile !== controlTile)
      if (!commit) return
      await countAttempts(store, [commit.id])
      await store.moveToDeadLetters({ id: commit.id, attempts: commit.attempts + 1, groupId: nextGroupId(), nowMs: nowMs++ })
    },
    changeTemplate,
    async () => {
      const { width, height } = await canvasNow()
      if (random() < 0.3 && width < 140) await updateCanvas(store, { width: width + 20, height: height + 10 })
    },
    async () => pick(projections).catchUp(await canvasNow(), await publishedHeads()),
    async () => {
      const heads = await publishedHeads()
      const [tile, head] = pick([...heads].filter(([each]) => each !== controlTile)) ?? []
      const page =
        tile !== undefined && head ? await store.readCommits({ canvas: main, tile, after: Math.max(0, head - 3) as never, limit: 3 }) : null
      if (page && page.kind === 'page' && tile !== undefined)
        await pick(projections).project(
          await canvasNow(),
          { canvas: main, tile },
          page.commits.filter(({ seq }) => seq <= (head ?? 0)),
        )
    },
  ]

  const check = async () => {
    await publishAll(nowMs)
    const canvas = await canvasNow()
    await pick(projections).catchUp(canvas, await store.readHeads(main))
    for (const each of drawn.values()) {
      const progress = await showProgress(store.templates, { canvas, template: each.template, nowMs: 2_000 })
      expect(progress).toMatchObject({ counted: true, ...(await recount(store, canvas, each)) })
    }
    return canvas
  }
  await changeTemplate()
  for (let step = 0; step < 60; step++) {
    await (step % 2 === 0 ? (steps[0] as () => Promise<unknown>) : pick(steps))()
    if (step % 6 === 0) await check()
  }
  return { canvas: await check(), drawn: [...drawn.values()], projections }
}

export const describeTemplateCounts = (given: () => StoreContext) => {
  describe('the progress of templates', () => {
    test.each([1, 2, 3])(
      'T17 it equals a recount after a random log with undos, pictures, dead letters and growth (seed %i)',
      async (seed) => {
        const { drawn } = await run(given(), seed)
        expect(drawn.length).toBeGreaterThan(0)
      },
    )

    test('T17 a board that is started over has no progress of its former templates, and counts a new one from nothing', async () => {
      const { store, nextGroupId } = given()
      const { canvas, drawn, projections } = await run(given(), 4)
      const epoch = asEpoch('epoch002')
      await store.updateCanvas({
        id: main,
        change: planErasing('start_over', epoch),
        rev: canvas.rev,
        groupId: nextGroupId(),
        nowMs: 90_000,
      })
      const erasing = (await store.getCanvas(main)) as Canvas
      await projections[0]?.catchUp(erasing, await store.readHeads(main))
      for (let place: Parameters<Store['eraseRows']>[0]['from'] = null, quiet = 0; quiet < 2; ) {
        const { removed, next } = await store.eraseRows({ id: main, limit: 1_000, from: place })
        place = next
        if (next === null) quiet = removed === 0 ? quiet + 1 : 0
      }
      await store.updateCanvas({ id: main, change: erasingEnded, rev: erasing.rev, groupId: nextGroupId(), nowMs: 90_001 })
      expect(await store.templates.readTileCounts({ canvas: main, tile: asTile(0) })).toEqual([])
      const before = drawn[0] as Drawn
      const template = { ...before.template, id: 'cccccccccccccccc', epoch, rev: 1 }
      const bytes = await packCells(before.cells)
      expect(await store.templates.createTemplate({ template, bytes, maxOfPainter: null, groupId: nextGroupId() })).toBe('created')
      const now = (await store.getCanvas(main)) as Canvas
      await projections[1]?.catchUp(now, await store.readHeads(main))
      const { right, wrong, missing } = await recount(store, now, { ...before, template })
      expect(wrong).toBe(0)
      const progress = await showProgress(store.templates, { canvas: now, template, nowMs: 2_000 })
      expect(progress).toMatchObject({ counted: true, rev: 1, right, wrong, missing, pace: null, etaMs: null })
    })
  })
}
