import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startGlide, stepGlide, stepZoom } from './glide.ts'

test('one slow frame ends where several fast frames end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 4_000 }), fc.integer({ min: 2, max: 8 }), (speed, frames) => {
      const whole = stepGlide({ vx: speed, vy: -speed }, 16 * frames)
      let way = 0
      let velocity = { vx: speed, vy: -speed }
      for (let i = 0; i < frames; i++) {
        const step = stepGlide(velocity, 16)
        way += step.dx
        velocity = step.velocity ?? velocity
      }
      expect(way).toBeCloseTo(whole.dx, 6)
      expect(stepZoom(1, 8, 16 * frames)).toBeCloseTo(
        Array.from({ length: frames }).reduce<number>((zoom) => stepZoom(zoom, 8, 16), 1),
        6,
      )
    }),
  )
})

test('a glide ends, a slow movement does not glide, and the speed has a maximum', () => {
  let velocity: ReturnType<typeof startGlide> = startGlide({ vx: 2_000, vy: 0 })
  let frames = 0
  for (; velocity && frames < 1_000; frames++) velocity = stepGlide(velocity, 16).velocity
  expect(frames).toBeLessThan(200)
  expect(startGlide({ vx: 60, vy: 60 })).toBeNull()
  expect(startGlide({ vx: 1e6, vy: 0 })?.vx).toBe(6_000)
})

test('a zoom reaches its goal exactly', () => {
  let zoom = 1
  for (let i = 0; i < 100; i++) zoom = stepZoom(zoom, 12, 16)
  expect(zoom).toBe(12)
})
