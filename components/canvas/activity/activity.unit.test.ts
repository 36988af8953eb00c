import { expect, test } from 'vitest'
import { ageCode } from '../../../lib/ages.ts'
import { asTile, type TileNumber } from '../../../lib/brand.ts'
import type { Rgb } from '../../../lib/palette.ts'
import { ActivityAges } from './activity-ages.ts'
import { AgeLoader, type LoadedAges } from './age-loader.ts'
import { AgeMap, firstTime, isBaseOld, unitMs } from './age-map.ts'
import { busiestAreas } from './busiest-areas.ts'
import { maxPulses, Pulses, pulseMs } from './pulses.ts'
import { greyOf, rampOf, rampSteps, stepOfAge } from './ramp.ts'

const hourMs = 3_600_000
const transform = { originX: 0, originY: 0, scale: 10 }

test('H1 ages become times that a frame changes, and never older ones', () => {
  const map = new AgeMap({ codes: Uint8Array.of(0, 255, ageCode(hourMs), 1), atMs: 30 * hourMs, baseMs: 0 })
  expect([...map.times.slice(0, 2), map.times[3]]).toEqual([0, 1, 30 * 1_800 + firstTime])
  expect(Math.abs((map.times[2] ?? 0) - firstTime - 29 * 1_800)).toBeLessThan(1_800 * 0.03)
  map.paint([0, 3], 31 * hourMs)
  map.paint([0], hourMs)
  expect([map.times[0], map.times[3], map.revision]).toEqual([31 * 1_800 + firstTime, 31 * 1_800 + firstTime, 2])
})

test('H1 times from before the base are old, and the base is renewed before they do not fit', () => {
  const map = new AgeMap({ codes: Uint8Array.of(ageCode(5 * hourMs)), atMs: hourMs, baseMs: 0 })
  expect(map.times[0]).toBe(1)
  expect([isBaseOld(0, 30 * hourMs), isBaseOld(0, 0xffff * unitMs)]).toEqual([false, true])
})

const setUp = () => {
  const clock = { nowMs: 100 * hourMs }
  const held = new Set<TileNumber>([asTile(0), asTile(1)])
  const ages = new ActivityAges({ now: () => clock.nowMs, isHeld: (tile) => held.has(tile) })
  ages.setEpoch('epoch001')
  const loaded = (...codes: number[]): LoadedAges => ({ epoch: 'epoch001', atMs: clock.nowMs, codes: Uint8Array.from(codes) })
  return { clock, held, ages, loaded }
}
const tile = asTile(0)

test('H1 frames that arrive while a tile is loading are not lost', () => {
  const { clock, ages, loaded } = setUp()
  expect(ages.view([tile])).toEqual([tile])
  const answer = loaded(0, 0, ageCode(hourMs))
  clock.nowMs += 60_000
  ages.changed({ tile, kind: 'confirmed', positions: [1] })
  ages.changed({ tile, kind: 'settled', positions: [0] })
  expect(ages.loaded(tile, answer)).toBe(true)
  expect(ages.maps.get(tile)?.times[0]).toBe(0)
  expect(Math.abs((ages.maps.get(tile)?.times[1] ?? 0) - ages.present())).toBeLessThanOrEqual(1)
  clock.nowMs += 60_000
  expect(ages.changed({ tile, kind: 'optimistic', positions: [0] })).toBe(true)
  expect(Math.abs((ages.maps.get(tile)?.times[0] ?? 0) - ages.present())).toBeLessThanOrEqual(1)
})

test('H1 ages of another epoch, of a tile out of view, and of one that nobody wants are dropped', () => {
  const { held, ages, loaded } = setUp()
  ages.view([tile])
  expect(ages.loaded(tile, { ...loaded(1), epoch: 'epoch000' })).toBe(false)
  expect(ages.loaded(asTile(1), loaded(1))).toBe(false)
  ages.loaded(tile, loaded(1))
  held.delete(tile)
  ages.changed({ tile, kind: 'confirmed', positions: null })
  expect(ages.view([tile])).toEqual([tile])
  ages.loaded(tile, loaded(1))
  expect(ages.view([asTile(1)])).toEqual([asTile(1)])
  expect(ages.maps.size).toBe(0)
  ages.view([tile])
  ages.loaded(tile, loaded(1))
  ages.setEpoch('epoch002')
  expect(ages.view([tile])).toEqual([tile])
})

test('H1 the busiest squares are those with most new pixels, without their neighbors', () => {
  const [first, second] = [new Uint16Array(64 * 64), new Uint16Array(64 * 64)]
  const paint = (times: Uint16Array, x: number, y: number, count: number) => {
    for (let index = 0; index < count; index++) times[(y + Math.floor(index / 16)) * 64 + x + (index % 16)] = 500
  }
  paint(first, 0, 0, 9)
  paint(first, 16, 0, 8)
  paint(first, 48, 48, 7)
  first[5 * 64 + 40] = 99
  paint(second, 0, 0, 20)
  const areas = busiestAreas(
    [
      { tile: asTile(0), times: first },
      { tile: asTile(2), times: second },
    ],
    { tileSize: 64, since: 100 },
  )
  expect(areas).toEqual([
    { gx: 136, gy: 8, count: 20 },
    { gx: 8, gy: 8, count: 9 },
    { gx: 56, gy: 56, count: 7 },
  ])
  expect(busiestAreas([{ tile: asTile(0), times: first }], { tileSize: 64, since: 501 })).toEqual([])
})

const luminance = ([red, green, blue]: Rgb) => 0.2126 * red + 0.7152 * green + 0.0722 * blue

test('H1 each step of the ramp is darker than the one before, and brighter than the grey board, for any accent', () => {
  for (const accent of [
    [44, 63, 192],
    [120, 150, 255],
    [200, 30, 30],
    [250, 220, 60],
  ] as Rgb[]) {
    const steps = rampOf(accent).map(luminance)
    expect(steps).toHaveLength(rampSteps)
    expect(
      steps.every((step, index) => index === 0 || step < (steps[index - 1] ?? 0)),
      accent.join(),
    ).toBe(true)
    expect(steps[0]).toBeGreaterThan(luminance(greyOf([255, 255, 255])) * 2)
  }
  expect([stepOfAge(0, 100), stepOfAge(-5, 100), stepOfAge(99, 100), stepOfAge(100, 100)]).toEqual([0, 0, 9, null])
})

test('H1 A6 there are at most 200 pulses, and each ends', () => {
  const pulses = new Pulses({ isStill: false })
  const marks = (timeMs: number) => pulses.marks({ timeMs, transform, pixelRatio: 1, color: [1, 2, 3] })
  pulses.start(
    Array.from({ length: 500 }, (_, gx) => ({ gx, gy: 0 })),
    0,
  )
  expect([pulses.count, pulses.isMoving]).toEqual([maxPulses, true])
  pulses.start([{ gx: 1, gy: 1 }], 600)
  expect(pulses.count).toBe(maxPulses)
  const width = (timeMs: number) => Math.max(...marks(timeMs).map(({ rect }) => rect.right - rect.left))
  expect(width(1_000)).toBeGreaterThan(width(700))
  marks(pulseMs)
  expect(pulses.count).toBe(1)
  expect([marks(600 + pulseMs), pulses.isMoving]).toEqual([[], false])
})

test('H1 with reduced motion a pulse is still, and asks for no frames', () => {
  const pulses = new Pulses({ isStill: true })
  pulses.start([{ gx: 1, gy: 1 }], 0)
  const marks = (timeMs: number) => pulses.marks({ timeMs, transform, pixelRatio: 1, color: [1, 2, 3] })
  expect(pulses.isMoving).toBe(false)
  expect(marks(1_000)).toEqual(marks(100))
  expect(marks(pulseMs)).toEqual([])
})

test('H1 tiles are loaded one after another, and a failed one is tried again later', async () => {
  const requests: TileNumber[] = []
  const states: boolean[] = []
  const timers: (() => void)[] = []
  let isDown = true
  const done: TileNumber[] = []
  const loader = new AgeLoader({
    async fetchAges(wanted) {
      requests.push(wanted)
      if (isDown) throw new Error('503')
      return { epoch: 'epoch001', atMs: 0, codes: Uint8Array.of(1) }
    },
    onLoaded: (loaded) => done.push(loaded),
    onState: (hasFailed) => states.push(hasFailed),
    setTimer: (callback) => timers.push(callback),
  })
  const turns = () => new Promise((resolve) => setImmediate(resolve))
  loader.want([asTile(0), asTile(1)])
  loader.want([asTile(0), asTile(1)])
  await turns()
  expect([requests, states, timers.length]).toEqual([[0], [true], 1])
  isDown = false
  timers.shift()?.()
  await turns()
  expect([done, states]).toEqual([
    [0, 1],
    [true, false, false],
  ])
  loader.want([asTile(2)])
  loader.dispose()
  await turns()
  expect(done).toEqual([0, 1])
})
