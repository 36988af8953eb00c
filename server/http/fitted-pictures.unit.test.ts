import { expect, test } from 'vitest'
import { createExpensiveReads } from '../limits/expensive-reads.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { createFittedPictures, type FittedPicture, fittedPictureLimits } from './fitted-pictures.ts'

const setUp = () => {
  const state = { nowMs: 0, reads: 0, hold: Promise.resolve(), failure: null as Error | null }
  const pictures = createFittedPictures({
    expensiveReads: createExpensiveReads({ countsAddresses: true }),
    costly: { part: (make) => make() },
    boardOf: async ({ tileSize }) => {
      state.reads++
      await state.hold
      if (state.failure) throw state.failure
      return new Uint8Array(tileSize * tileSize)
    },
    now: () => state.nowMs,
  })
  const canvas = testCanvas({ width: 64, height: 64, tileSize: 64 })
  const picture = (x: number, side = 16): FittedPicture => ({
    canvas,
    region: { x, y: 0, width: 1, height: 1 },
    size: { width: side, height: side },
  })
  return { state, pictures, picture }
}

test('A6 S1: a picture is made once for all requests of its time, and again after a minute', async () => {
  const { state, pictures, picture } = setUp()
  const [one, other] = await Promise.all([pictures('a', picture(1)), pictures('b', picture(1))])
  expect(one).toEqual(other)
  await pictures('a', picture(1))
  expect(state.reads).toBe(1)
  state.nowMs = fittedPictureLimits.keepMs
  await pictures('a', picture(1))
  expect(state.reads).toBe(2)
})

test('A6 S1: two pictures are made at a time, one for an address; the others are refused and can be asked for again', async () => {
  const { state, pictures, picture } = setUp()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.hold = promise
  const underWay = [pictures('a', picture(1))]
  expect(await pictures('a', picture(3))).toMatchObject({ ok: false, refusal: { code: 'rate_limited' } })
  underWay.push(pictures('b', picture(2)))
  expect(await pictures('c', picture(3))).toMatchObject({ ok: false, refusal: { code: 'overloaded' } })
  resolve()
  expect((await Promise.all(underWay)).map(({ ok }) => ok)).toEqual([true, true])
  expect(await pictures('c', picture(3))).toMatchObject({ ok: true })
})

test('A6 S1: a failed picture is not kept', async () => {
  const { state, pictures, picture } = setUp()
  state.failure = new Error('store down')
  await expect(pictures('a', picture(1))).rejects.toThrow('store down')
  state.failure = null
  expect(await pictures('a', picture(1))).toMatchObject({ ok: true })
})
