/** The part of the store's contract about canvases. */
import { describe, expect, test } from 'vitest'
import { asCanvasId, asEpoch, asSeq } from '../../lib/brand.ts'
import { canvasLimits } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { paint, readWholeLog, testCanvas, updateCanvas } from './store.fixture.ts'
import { codesOf, main, type StoreContext } from './store-context.fixture.ts'

const controlLog = { canvas: main, tile: controlTile }

export const describeCanvases = (given: () => StoreContext) => {
  describe('canvases', () => {
    test('the first canvas with an id stays', async () => {
      const { store } = given()
      const first = await store.ensureCanvas(testCanvas())
      const second = await store.ensureCanvas(testCanvas({ title: 'Other', epoch: first.epoch }))
      expect(second).toEqual(first)
      expect(await store.getCanvas(main)).toEqual(first)
      expect(await store.getCanvas(asCanvasId('nowhere'))).toBeNull()
    })

    test('canvases are listed in the order in which they were made', async () => {
      const { store } = given()
      for (const id of ['zebra', 'main', 'apple']) await store.ensureCanvas(testCanvas({ id: asCanvasId(id) }))
      expect((await store.listCanvases()).map((canvas) => canvas.id)).toEqual(['zebra', 'main', 'apple'])
    })

    test('a new canvas is the last one, and no other canvas gets its id', async () => {
      const { store } = given()
      await store.ensureCanvas(testCanvas())
      const other = testCanvas({ id: asCanvasId('other'), title: 'Other' })
      expect(await store.createCanvas(other)).toBe('created')
      expect(await store.createCanvas({ ...other, title: 'Third', epoch: asEpoch('zzzzzzzz') })).toBe('exists')
      expect(await store.listCanvases()).toEqual([testCanvas(), other])
    })

    test('B5 no more canvases than the limit are created, also in parallel', async () => {
      const { store } = given()
      for (let index = 0; index < canvasLimits.maxCanvases - 2; index++) {
        await store.ensureCanvas(testCanvas({ id: asCanvasId(`board-${index}`) }))
      }
      const creations = ['a', 'b', 'c', 'd'].map((id) =>
        store.createCanvas(testCanvas({ id: asCanvasId(id), epoch: asEpoch(`${id}aaaaaaa`) })),
      )
      expect((await Promise.all(creations)).sort()).toEqual(['created', 'created', 'limit', 'limit'])
      expect(await store.listCanvases()).toHaveLength(canvasLimits.maxCanvases)
    })

    test('C1 a change raises rev by one and applies to the next placement', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      const paused = { kind: 'updated', canvas: testCanvas({ state: 'paused', rev: 2, changedAtMs: 2_000 }) }
      expect(await updateCanvas(store, { state: 'paused' })).toEqual(paused)
      expect(codesOf((await place(paint({ gx: 0, gy: 0, color: 1 })))[0])).toEqual(['canvas_paused'])
      expect(await updateCanvas(store, { width: 200 })).toMatchObject({ kind: 'updated', canvas: { rev: 3, width: 200 } })
      expect(await updateCanvas(store, { width: 200 }, asCanvasId('nowhere'))).toEqual({ kind: 'not_found' })
    })

    test('A2 C1 one of several parallel changes of the same revision is saved, with one control entry', async () => {
      const { store } = given()
      const { rev } = await store.ensureCanvas(testCanvas())
      const changes = [1, 2, 3].map((cooldownMs) =>
        store.updateCanvas({ id: main, change: { cooldownMs }, rev, groupId: `parallel${cooldownMs}`, nowMs: 1_000 }),
      )
      const kinds = (await Promise.all(changes)).map(({ kind }) => kind)
      expect(kinds.sort()).toEqual(['stale', 'stale', 'updated'])
      expect((await store.getCanvas(main))?.rev).toBe(2)
      await store.sequence({ limit: 10 })
      expect(await readWholeLog(store, controlLog)).toHaveLength(1)
    })

    test('A3 C1 the control log has the changes in the order of their revisions, also when clocks differ', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      const times = [5_000, 3_000, 4_000]
      for (const [index, nowMs] of times.entries()) {
        await store.updateCanvas({ id: main, change: { cooldownMs: index }, rev: index + 1, groupId: `change0${index}`, nowMs })
      }
      await place(paint({ gx: 0, gy: 0, color: 1 }), 1_000)
      await store.sequence({ limit: 10 })
      const log = await readWholeLog(store, controlLog)
      expect(log.map((entry) => [entry.seq, canvasOfEntry(entry)?.rev])).toEqual([
        [1, 2],
        [2, 3],
        [3, 4],
      ])
      expect(canvasOfEntry(log[2] as SequencedCommit)).toEqual(await store.getCanvas(main))
      await store.markAsPublished(log, 6_000)
      expect(await store.readHeads(main)).toEqual(
        new Map([
          [0, 1],
          [controlTile, 3],
        ]),
      )
      expect(await store.readBoard(controlLog)).toMatchObject({ seq: 3, colors: new Uint8Array() })
      expect((await store.trim({ publishedBeforeMs: 7_000, keysBeforeMs: 0 })).removed).toBe(3)
      expect(await store.readCommits({ ...controlLog, after: asSeq(0), limit: 10 })).toMatchObject({ kind: 'trimmed', head: 3 })
    })
  })
}
