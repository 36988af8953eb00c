/** The part of the store's contract about undoing placements. */
import { describe, expect, test } from 'vitest'
import { asPlacementId, asPosition, asSeq, type PlacementId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { nobody, type Painter } from '../../lib/painter.ts'
import type { Undo } from '../../lib/plan-undo.ts'
import { paint, readWholeLog, testCanvas, testPainter, updateCanvas } from './store.fixture.ts'
import { main, placementsOf, type StoreContext, tile0 } from './store-context.fixture.ts'

const [ann, bob] = [testPainter('anna'), testPainter('bobb')]
const position = asPosition(0)
const ref = { canvas: main, tile: tile0, position }
const cooldown: Partial<Canvas> = { cooldownMs: 1_000_000, maxCharges: 5, startCharges: 5 }

const createHelpers = ({ place, store: first, readLog, sequenceAll, ...given }: StoreContext) => {
  const paintOne = async (
    color: number,
    { painter = ann, nowMs = 1_000, gx = 0 }: { painter?: Painter; nowMs?: number; gx?: number } = {},
  ) => {
    const [placement] = placementsOf((await place(paint({ gx, gy: 0, color }, { painter }), nowMs))[0])
    return placement?.id as PlacementId
  }
  const undo = async (ids: PlacementId | readonly PlacementId[], { painter = ann, nowMs = 2_000 } = {}) => {
    const [outcome] = await first.place({ id: given.nextGroupId(), requests: [{ painter, undo: [ids].flat() }], nowMs })
    if (outcome?.kind !== 'undone') throw new Error(`not answered: ${outcome?.kind === 'refused' ? outcome.refusal.code : ''}`)
    return outcome.results.map((result): Undo | string => (result.ok ? result.undo : result.refusal.code))
  }
  /** The history follows the log, as far as the log has seqs. */
  const project = async () => {
    await sequenceAll()
    const commits = await readLog()
    const after = (await first.projections.readCursors({ name: 'history', canvas: main })).get(tile0)?.seq ?? asSeq(0)
    const next = commits.filter(({ seq }) => seq > after)
    const { epoch, tileSize } = (await first.getCanvas(main)) as Canvas
    const to = commits.at(-1)?.seq ?? after
    await first.projections.project({ name: 'history', canvas: main, tile: tile0, epoch, tileSize, after, to, commits: next })
  }
  const stands = async () => {
    const pixel = await first.getPixel(ref)
    return [pixel?.color, pixel?.by]
  }
  return { paintOne, undo, project, stands }
}

export const describeUndo = (given: () => StoreContext) => {
  describe('undo', () => {
    const setUp = async (change: Partial<Canvas> = {}) => {
      await given().store.ensureCanvas(testCanvas(change))
      return createHelpers(given())
    }

    test('U3: an undo restores the color and the owner below, writes a commit, and gives the charge back', async () => {
      const { paintOne, undo, stands } = await setUp(cooldown)
      await paintOne(1, { painter: bob })
      const id = await paintOne(2, { nowMs: 1_500 })
      expect((await given().store.getCharges(ann.id, main))?.count).toBe(4)
      expect(await undo(id)).toEqual([
        { id, canvas: main, gx: 0, gy: 0, tile: 0, color: 1, by: bob.id, atMs: 2_000, charges: expect.objectContaining({ available: 5 }) },
      ])
      expect(await stands()).toEqual([1, bob.id])
      expect((await given().store.getCharges(ann.id, main))?.count).toBe(5)
      await given().sequenceAll()
      const last = (await given().readLog()).at(-1)
      expect(last).toMatchObject({ cause: 'undo', seq: 3, pixels: [{ position: 0, color: 1, previous: 2, by: bob.id }] })
      expect(last?.pixels[0]?.undoes).toEqual({ by: ann.id, atMs: 1_500 })
      expect((await given().store.readBoard(ref))?.colors[0]).toBe(1)
    })

    test('U3: where nothing stands below, the background shows and nobody owns the pixel, after a restart as well', async () => {
      const { paintOne, undo } = await setUp()
      const id = await paintOne(2)
      expect(await undo(id)).toMatchObject([{ color: 0, by: nobody }])
      const store = await given().reopen()
      expect(await store.getPixel(ref)).toEqual({ color: 0, by: nobody, atMs: 2_000, cause: 'undo' })
      expect([...(await store.projections.countStanding({ canvas: main, sinceMs: 0 }))]).toEqual([])
      await given().sequenceAll()
      expect((await readWholeLog(store, ref)).map(({ pixels }) => pixels[0]?.by)).toEqual([ann.id, nobody])
    })

    test('U4: what stands below is found in commits without a seq, in the log and in the history', async () => {
      const { paintOne, undo, project, stands } = await setUp()
      await paintOne(1, { painter: bob })
      await project()
      const first = await paintOne(2, { nowMs: 1_100 })
      await given().sequenceAll()
      const second = await paintOne(3, { nowMs: 1_200 })
      expect(await undo(second)).toMatchObject([{ color: 2, by: ann.id }])
      await project()
      expect(await undo(first)).toMatchObject([{ color: 1, by: bob.id }])
      expect(await stands()).toEqual([1, bob.id])
      expect(await undo(second, { nowMs: 3_000 }), 'a repeat gets the first answer').toMatchObject([{ color: 2, atMs: 2_000 }])
      expect(await stands()).toEqual([1, bob.id])
    })

    test('U4: a long history of undone placements hides none that stands below', async () => {
      const { paintOne, undo, project, stands } = await setUp({ maxCharges: 1_000, undoMs: 60_000 })
      await paintOne(1, { painter: bob })
      for (let index = 0; index < 60; index++) await undo(await paintOne(2, { nowMs: 1_000 + index }), { nowMs: 1_000 + index })
      await project()
      const id = await paintOne(3, { nowMs: 3_000 })
      expect(await undo(id, { nowMs: 3_000 })).toMatchObject([{ color: 1, by: bob.id }])
      expect(await stands()).toEqual([1, bob.id])
    })

    test('U2: only the newest own placement within the time can be undone', async () => {
      const { paintOne, undo, stands } = await setUp({ undoMs: 5_000 })
      const id = await paintOne(1)
      expect(await undo([asPlacementId('nothing000000-0.0'), asPlacementId(id.replace(/0$/, '7'))])).toEqual(['not_found', 'not_found'])
      expect(await undo(id, { painter: bob })).toEqual(['forbidden'])
      expect(await undo(id, { nowMs: 6_001 })).toEqual(['undo_expired'])
      await paintOne(2, { painter: bob, nowMs: 1_001 })
      expect(await undo(id)).toEqual(['painted_over'])
      expect(await stands()).toEqual([2, bob.id])
      const other = await paintOne(3, { gx: 1 })
      expect(await undo(other, { nowMs: 6_000 }), 'the last moment').toMatchObject([{ color: 0 }])
    })

    test('U2: the canvas decides: undo is off, paused, closed, an archive, a protected area, a finale', async () => {
      const { paintOne, undo } = await setUp()
      const id = await paintOne(1)
      const { store } = given()
      const codes: unknown[] = []
      for (const [change, back] of [
        [{ undoMs: 0 }, { undoMs: 10_000 }],
        [{ state: 'paused' }, { state: 'open' }],
        [{ state: 'closed' }, { state: 'open' }],
        [{ protectedAreas: [{ gx: 0, gy: 0, width: 2, height: 2 }] }, { protectedAreas: [] }],
        [{ onlyColor: 2 }, { onlyColor: null }],
      ] as const) {
        await updateCanvas(store, change)
        codes.push(...(await undo(id)))
        await updateCanvas(store, back)
      }
      expect(codes).toEqual(['undo_expired', 'canvas_paused', 'canvas_closed', 'area_protected', 'color_not_allowed'])
      await updateCanvas(store, { onlyColor: 0, width: 200 })
      expect(await undo(id), 'what shows then is the color of the finale').toMatchObject([{ color: 0 }])
      const last = await paintOne(0, { gx: 1 })
      await updateCanvas(store, { archivedAtMs: 5, state: 'closed' })
      expect(await undo(last)).toEqual(['canvas_closed'])
    })

    test('U2: a placement of a board that was started over or deleted is not found', async () => {
      const { paintOne, undo } = await setUp()
      const { store } = given()
      const id = await paintOne(1)
      const undone = await paintOne(1, { gx: 1 })
      await undo(undone)
      const { epoch } = testCanvas()
      await updateCanvas(store, { erasing: 'start_over', epoch: `${epoch.slice(0, -1)}9`, origin: `${epoch.slice(0, -1)}9` } as never)
      expect(await undo([id, undone])).toEqual(['not_found', 'not_found'])
      await updateCanvas(store, { erasing: 'delete' } as never)
      expect(await undo([id, undone])).toEqual(['not_found', 'not_found'])
    })

    test('U6: a stroke is undone newest first, whatever the order of its ids, with one result for each', async () => {
      const { paintOne, undo, stands } = await setUp(cooldown)
      const [one, two] = [await paintOne(1), await paintOne(2, { nowMs: 1_100 })]
      const other = await paintOne(3, { gx: 1 })
      await paintOne(1, { gx: 1, painter: bob, nowMs: 1_200 })
      const results = await undo([one, other, two, one])
      expect(results).toMatchObject([{ color: 0, by: nobody }, 'painted_over', { color: 1, by: ann.id }, { color: 0, by: nobody }])
      expect(await stands()).toEqual([0, nobody])
      expect((await given().store.getCharges(ann.id, main))?.count).toBe(4)
    })

    test('U5: of an undo and a placement in one group, the earlier one decides', async () => {
      const { paintOne, stands } = await setUp(cooldown)
      const id = await paintOne(1)
      const { store, nextGroupId } = given()
      const over = paint({ gx: 0, gy: 0, color: 2 }, { painter: bob })
      const request = { painter: ann, undo: [id] }
      const [, late] = await store.place({ id: nextGroupId(), requests: [over, request], nowMs: 2_000 })
      expect(late).toMatchObject({ results: [{ ok: false, refusal: { code: 'painted_over' } }] })
      expect(await stands()).toEqual([2, bob.id])
      expect((await store.getCharges(ann.id, main))?.count).toBe(4)
      const again = await paintOne(3, { nowMs: 2_100 })
      const [early, twice] = await store.place({
        id: nextGroupId(),
        requests: [{ painter: ann, undo: [again] }, { painter: ann, undo: [again] }, over],
        nowMs: 3_000,
      })
      expect(early).toMatchObject({ results: [{ ok: true, undo: { color: 2, by: bob.id } }] })
      expect(twice).toEqual(early)
      expect((await store.getCharges(ann.id, main))?.count).toBe(4)
      await given().sequenceAll()
      const log = await given().readLog()
      expect(log.slice(-2).map(({ cause, pixels }) => [cause, pixels[0]?.previous, pixels[0]?.color])).toEqual([
        ['undo', 3, 2],
        ['paint', 2, 2],
      ])
    })

    test('U5: parallel undos of one placement pay its charge once', async () => {
      const { paintOne } = await setUp(cooldown)
      const [id] = [await paintOne(1), await paintOne(1, { gx: 1 }), await paintOne(1, { gx: 2 })]
      const { store, nextGroupId } = given()
      const tries = Array.from({ length: 6 }, () => {
        const group = { id: nextGroupId(), requests: [{ painter: ann, undo: [id as PlacementId] }], nowMs: 2_000 }
        return store.place(group)
      })
      const answered = (await Promise.all(tries)).flat().flatMap((outcome) => (outcome.kind === 'undone' ? outcome.results : []))
      expect(answered.length).toBeGreaterThan(0)
      for (const result of answered) expect(result).toEqual(answered[0])
      expect((await store.getCharges(ann.id, main))?.count).toBe(3)
      await given().sequenceAll()
      expect((await given().readLog()).filter(({ cause }) => cause === 'undo')).toHaveLength(1)
    })

    test('U7: a painter undoes at most thirty pixels a minute, also after painting and in another process', async () => {
      const { paintOne, undo } = await setUp({ ...cooldown, maxCharges: 10, startCharges: 10, undoMs: 60_000 })
      for (let index = 0; index < 30; index++) expect(await undo(await paintOne(1 + (index % 2)))).toMatchObject([{ color: 0 }])
      const id = await paintOne(3, { nowMs: 3_000 })
      const store = await given().reopen()
      const [outcome] = await store.place({ id: given().nextGroupId(), requests: [{ painter: ann, undo: [id] }], nowMs: 4_000 })
      expect(outcome).toMatchObject({ results: [{ refusal: { code: 'rate_limited', retryAfterMs: 58_000 } }] })
      expect((await store.getCharges(ann.id, main))?.count).toBe(9)
      const [later] = await store.place({ id: given().nextGroupId(), requests: [{ painter: ann, undo: [id] }], nowMs: 62_000 })
      expect(later).toMatchObject({ results: [{ ok: true, undo: { charges: { available: 10 } } }] })
    })

    test('an undo waits while a part of the history is missing, and loses nothing', async () => {
      const { paintOne, undo, stands } = await setUp(cooldown)
      await paintOne(1, { painter: bob })
      await given().publishAll()
      const id = await paintOne(2, { nowMs: 1_500 })
      // The log has expired before the history had it.
      await given().store.trim({ publishedBeforeMs: 2_001, keysBeforeMs: 0 })
      expect(await undo(id)).toEqual(['unavailable'])
      expect(await stands()).toEqual([2, ann.id])
      expect((await given().store.getCharges(ann.id, main))?.count).toBe(4)
      // The projector passes over what has expired. Then the color that was there before is restored, and its painter is unknown.
      const { epoch, tileSize } = testCanvas(cooldown)
      const cursor = { name: 'history', canvas: main, tile: tile0, epoch, tileSize, after: asSeq(0), to: asSeq(1), commits: [] } as const
      await given().store.projections.project(cursor)
      expect(await undo(id)).toMatchObject([{ color: 1, by: nobody }])
    })
  })
}
