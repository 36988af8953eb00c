/** The part of the store's contract about templates by link and their counts. */
import { describe, expect, test } from 'vitest'
import { asCanvasId, asEpoch, asPainterId, asSeq, asTile } from '../../lib/brand.ts'
import { controlTile, templateOfEntry } from '../../lib/control-log.ts'
import { planErasing } from '../../lib/erasing.ts'
import { type LinkedTemplate, templateLimits } from '../../lib/linked-template.ts'
import { BoardEraser } from '../erasing/board-eraser.ts'
import { noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { testCanvas } from './store.fixture.ts'
import { main, type StoreContext } from './store-context.fixture.ts'
import type { TileCount } from './templates-port.ts'

const [alice, bob] = [asPainterId('p_alice'), asPainterId('p_bob')]
const idOf = (n: number) =>
  `aaaaaaaaaaaaa${n.toString().padStart(3, '0').replaceAll('0', 'b').replaceAll('1', 'c').replaceAll('8', 'd').replaceAll('9', 'e')}`
const templateOf = (n: number, changes: Partial<LinkedTemplate> = {}): LinkedTemplate => ({
  id: idOf(n),
  canvas: main,
  epoch: testCanvas().epoch,
  rev: 1,
  name: `Template ${n}`,
  by: alice,
  x: -3,
  y: 5,
  width: 7,
  height: 9,
  createdAtMs: 1_000 + n,
  changedAtMs: 1_000 + n,
  ...changes,
})
const bytes = Uint8Array.of(1, 2, 3)
const count = (seq: number, right = 0): TileCount => ({ basis: 'one', seq: asSeq(seq), counts: { 0: [right, 1, 2], 300: [0, 0, 4] } })

export const describeTemplates = (given: () => StoreContext) => {
  describe('templates by link', () => {
    const create = async (template: LinkedTemplate, maxOfPainter: number | null = templateLimits.maxOfPainter) => {
      const { store, nextGroupId } = given()
      await store.ensureCanvas(testCanvas())
      return store.templates.createTemplate({ template, bytes, maxOfPainter, groupId: nextGroupId() })
    }
    const announced = async () =>
      (await given().readLog(controlTile)).map((entry) => ({ ...templateOfEntry(entry), seq: entry.seq as number }))

    test('T16 a template is kept with its picture, across a reopening, and its canvas announces it', async () => {
      const context = given()
      expect(await create(templateOf(1))).toBe('created')
      const store = await context.reopen()
      expect(await store.templates.getTemplate(idOf(1))).toEqual(templateOf(1))
      expect(await store.templates.getTemplatePicture(idOf(1))).toEqual({ rev: 1, bytes })
      expect(await store.templates.getTemplate(idOf(2))).toBe(null)
      expect(await store.templates.getTemplatePicture(idOf(2))).toBe(null)
      await context.publishAll()
      expect(await announced()).toEqual([{ id: idOf(1), rev: 1, seq: 1 }])
    })

    test('T16 a change needs the next revision, and keeps the picture unless it brings one', async () => {
      const { store, nextGroupId, publishAll } = given()
      await create(templateOf(1))
      const change = (template: LinkedTemplate, picture: Uint8Array | null) =>
        store.templates.changeTemplate({ template, bytes: picture, groupId: nextGroupId() })
      const second = templateOf(1, { rev: 2, name: 'Renamed', x: 4, changedAtMs: 5_000 })
      expect(await change(second, null)).toBe('changed')
      expect(await change(second, null)).toBe('stale')
      expect(await store.templates.getTemplate(idOf(1))).toEqual(second)
      expect(await store.templates.getTemplatePicture(idOf(1))).toEqual({ rev: 2, bytes })
      const third = { ...second, rev: 3, width: 2 }
      expect(await change(third, Uint8Array.of(9))).toBe('changed')
      expect(await store.templates.getTemplatePicture(idOf(1))).toEqual({ rev: 3, bytes: Uint8Array.of(9) })
      expect(await change(templateOf(2, { rev: 2 }), null)).toBe('not_found')
      expect(await store.templates.removeTemplate({ id: idOf(1), groupId: nextGroupId(), nowMs: 1_000 })).toBe(true)
      expect(await store.templates.removeTemplate({ id: idOf(1), groupId: nextGroupId(), nowMs: 9_000 })).toBe(false)
      expect(await store.templates.getTemplate(idOf(1))).toBe(null)
      await publishAll()
      expect((await announced()).map(({ rev }) => rev)).toEqual([1, 2, 3, null])
    })

    test('T16 a painter has at most 10 on a canvas, and a canvas at most 200, also when they come at once', async () => {
      const { store } = given()
      await create(templateOf(0, { by: bob }))
      const own = await Promise.all(Array.from({ length: 12 }, (_, n) => create(templateOf(n + 1))))
      expect(own.filter((outcome) => outcome === 'created')).toHaveLength(10)
      expect(own.filter((outcome) => outcome === 'painter_limit')).toHaveLength(2)
      expect(await create(templateOf(20), null)).toBe('created')
      const names = async (by?: typeof alice) =>
        (await store.templates.listTemplates({ canvas: main, ...(by && { by }) })).map(({ name }) => name)
      expect(await names(bob)).toEqual(['Template 0'])
      expect((await names(alice))[0]).toBe('Template 20')
      expect(await names()).toHaveLength(12)
      for (let n = 21; n < 21 + templateLimits.maxOfCanvas - 12; n++) expect(await create(templateOf(n), null)).toBe('created')
      expect(await create(templateOf(300, { by: bob }))).toBe('canvas_limit')
    })

    test('T16 no template is created on a board that is gone, was started over, or is being emptied', async () => {
      const { store, nextGroupId } = given()
      expect(await create(templateOf(1, { canvas: asCanvasId('none') }))).toBe('gone')
      expect(await create(templateOf(1, { epoch: asEpoch('epoch999') }))).toBe('gone')
      const epoch = asEpoch('epoch002')
      await store.updateCanvas({ id: main, change: planErasing('start_over', epoch), rev: 1, groupId: nextGroupId(), nowMs: 4_000 })
      expect(await create(templateOf(1, { epoch }))).toBe('gone')
    })

    test('T16 T17 a board that is started over loses its templates, and another board keeps its own', async () => {
      const { store, nextGroupId } = given()
      const other = asCanvasId('other')
      await store.ensureCanvas(testCanvas({ id: other }))
      for (const [n, canvas] of [
        [1, main],
        [2, main],
        [3, other],
      ] as const) {
        await create(templateOf(n, { canvas }))
        await store.templates.moveTemplateCounts([
          { template: idOf(n), tile: asTile(0), from: null, to: count(1) },
          { template: idOf(n), tile: asTile(1), from: null, to: count(1) },
        ])
      }
      const change = planErasing('start_over', asEpoch('epoch002'))
      await store.updateCanvas({ id: main, change, rev: 1, groupId: nextGroupId(), nowMs: 4_000 })
      const clock = { now: () => 5_000, monotonicNow: () => 0 }
      const eraser = new BoardEraser({
        store,
        clock,
        newGroupId: nextGroupId,
        failpoints: noFailpoints,
        logger: silentLogger,
        rowsAtOnce: 2,
      })
      await eraser.erase(main, new AbortController().signal)
      expect(await store.templates.listTemplates({ canvas: main })).toEqual([])
      expect([await store.templates.getTemplatePicture(idOf(1)), await store.templates.readTemplateCounts(idOf(1))]).toEqual([null, []])
      expect(await store.templates.readTileCounts({ canvas: main, tile: asTile(0) })).toEqual([])
      expect(await store.templates.listTemplates({ canvas: other })).toHaveLength(1)
      expect(await store.templates.readTemplateCounts(idOf(3))).toHaveLength(2)
    })

    test('T17 a count moves only from where its writer has read it, and not after its template', async () => {
      const { store, nextGroupId } = given()
      await create(templateOf(1))
      await create(templateOf(2))
      const { templates } = store
      const move = (from: TileCount | null, to: TileCount, template = idOf(1)) =>
        templates.moveTemplateCounts([{ template, tile: asTile(7), from, to }])
      await move(null, count(3))
      await move(null, count(4))
      expect(await templates.readTemplateCounts(idOf(1))).toEqual([{ template: idOf(1), tile: asTile(7), count: count(3) }])
      await move(count(2), count(5))
      await move({ ...count(3), basis: 'two' }, count(5))
      expect(await templates.readTemplateCounts(idOf(1))).toMatchObject([{ count: { seq: 3 } }])
      await move(count(3), count(5, 9))
      await move(null, count(1), idOf(2))
      expect(await templates.readTileCounts({ canvas: main, tile: asTile(7) })).toHaveLength(2)
      expect(await templates.readTileCounts({ canvas: main, tile: asTile(6) })).toEqual([])
      expect(await templates.readTemplateCounts(idOf(1))).toEqual([{ template: idOf(1), tile: asTile(7), count: count(5, 9) }])
      await templates.removeTemplate({ id: idOf(1), groupId: nextGroupId(), nowMs: 1 })
      await move(null, count(6))
      expect(await templates.readTemplateCounts(idOf(1))).toEqual([])
      await templates.resetTemplateCounts(main)
      expect(await templates.readTileCounts({ canvas: main, tile: asTile(7) })).toEqual([])
    })

    test('T17 samples are kept with their template', async () => {
      const { templates } = given().store
      await create(templateOf(1))
      expect(await templates.readTemplateSamples(idOf(1))).toEqual([])
      const samples = [{ atMs: 5, basis: 'one', right: 3 }]
      await templates.saveTemplateSamples({ id: idOf(1), samples })
      await templates.saveTemplateSamples({ id: idOf(2), samples })
      expect([await templates.readTemplateSamples(idOf(1)), await templates.readTemplateSamples(idOf(2))]).toEqual([samples, []])
    })
  })
}
