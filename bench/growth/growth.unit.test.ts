import { expect, test } from 'vitest'
import { plotSvg } from '../framework/plot.ts'
import { costsOf } from './costs.ts'
import { growthFixture } from './growth.fixture.ts'
import { growthPlots } from './growth-plots.ts'
import { growthSchema } from './growth-result.ts'
import { growthSection } from './growth-section.ts'

test('costs are differences, without the constant part', () => {
  const costs = costsOf(growthFixture)
  expect(costs.bytesPerClient).toBeCloseTo(10_240)
  expect(costs.microsecondsPerFrame).toBeCloseTo(10)
  // 1.1 s of CPU for 10,000 placements, 0.1 s of which is idle work.
  expect(costs.microsecondsPerPlacement).toBeCloseTo(100)
  expect(costs.residentBytesPerPixel).toBeCloseTo(2)
  expect(costs.fileBytesPerPixel).toBeCloseTo(200)
})

test('the section has the costs, every plot, and what the server refused', () => {
  const section = growthSection(growthFixture)
  expect(section).toContain('| memory: a client | 10 kB |')
  expect(section).toContain('| 5,000/s | 3,200/s | 8,000 |')
  for (const { name } of growthPlots(growthFixture)) expect(section).toContain(`(plots/${name}.svg)`)
  expect(section).not.toMatch(/NaN|undefined|Infinity/)
})

test('the section shows how busy the load was, and a rate that was accepted whole', () => {
  const [slow, usual, fast] = growthFixture.rates
  if (!slow || !usual || !fast) throw new Error('the fixture has three rates')
  const section = growthSection({ ...growthFixture, rates: [slow, usual, { ...fast, pixels: 50_000, refused: 0, loadBusy: 0.95 }] })
  expect(section).toContain('| 5,000/s | 5,000/s | 0 | 8 ms | 20 ms | 90 % | 95 % |')
})

test('every curve can be drawn', () => {
  for (const { plot } of growthPlots(growthFixture)) expect(plotSvg(plot)).toContain('<polyline')
})

test('a missing measurement is shown as not measured', () => {
  expect(growthSection(null)).toContain('Not measured')
  const [first] = growthFixture.clients
  expect(growthSchema.safeParse({ ...growthFixture, clients: [first, { ...first, p99Ms: Number.NaN }] }).success).toBe(false)
  expect(growthSchema.safeParse(growthFixture).success).toBe(true)
})
