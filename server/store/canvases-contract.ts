/** The part of the store's contract about canvases. */
import { describe, expect, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { paint, testCanvas } from './store.fixture.ts'
import { codesOf, main, type StoreContext } from './store-context.fixture.ts'

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

    test('a change raises rev by one and applies to the next placement', async () => {
      const { store, place } = given()
      await store.ensureCanvas(testCanvas())
      const paused = await store.updateCanvas(main, { state: 'paused' })
      expect(paused).toEqual(testCanvas({ state: 'paused', rev: 2 }))
      expect(codesOf((await place(paint({ gx: 0, gy: 0, color: 1 })))[0])).toEqual(['canvas_paused'])
      expect((await store.updateCanvas(main, { width: 200 }))?.rev).toBe(3)
      expect(await store.updateCanvas(asCanvasId('nowhere'), { width: 200 })).toBeNull()
    })

    test('each of several parallel changes raises rev', async () => {
      const { store } = given()
      await store.ensureCanvas(testCanvas())
      await Promise.all([1, 2, 3].map((cooldownMs) => store.updateCanvas(main, { cooldownMs })))
      expect((await store.getCanvas(main))?.rev).toBe(4)
    })
  })
}
