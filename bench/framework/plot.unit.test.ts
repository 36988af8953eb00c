import { expect, test } from 'vitest'
import { escapeXml, linearTicks, logTicks, type PlotOptions, plotSvg, scaleOf } from './plot.ts'

const x = { label: 'clients', scale: 'log' } as const
const y = { label: 'memory, MB', scale: 'linear' } as const
const options = (change: Partial<PlotOptions> = {}): PlotOptions => ({
  title: 'Memory',
  x,
  y,
  lines: [
    {
      points: [
        { x: 10, y: 100 },
        { x: 1_000, y: 180 },
      ],
    },
  ],
  ...change,
})

test('ticks of a linear axis are round, and hold zero and every value', () => {
  expect(linearTicks([100, 180])).toEqual([0, 50, 100, 150, 200])
  expect(linearTicks([0.013])).toEqual([0, 0.005, 0.01, 0.015])
  expect(linearTicks([-3, 8])).toEqual([-5, 0, 5, 10])
  expect(linearTicks([0]).every(Number.isFinite)).toBe(true)
})

test('ticks of a logarithmic axis are powers of ten, and finer when there is one decade only', () => {
  expect(logTicks([10, 5_000])).toEqual([10, 100, 1_000, 10_000])
  expect(logTicks([3, 7])).toEqual([1, 2, 5, 10])
  expect(logTicks([10])).toEqual([10, 20, 50, 100])
})

test('a scale runs from the first to the last tick, evenly in the logarithm or in the value', () => {
  expect([10, 100, 1_000].map(scaleOf(x, [10, 1_000]).at)).toEqual([0, 0.5, 1])
  expect([0, 100, 200].map(scaleOf(y, [100, 180]).at)).toEqual([0, 0.5, 1])
})

test('a plot without measured values is refused', () => {
  expect(() =>
    plotSvg(
      options({
        lines: [
          {
            points: [
              { x: 10, y: Number.NaN },
              { x: 20, y: 1 },
            ],
          },
        ],
      }),
    ),
  ).toThrow('memory, MB: not measured')
  expect(() =>
    plotSvg(
      options({
        lines: [
          {
            points: [
              { x: 0, y: 1 },
              { x: 20, y: 1 },
            ],
          },
        ],
      }),
    ),
  ).toThrow('a logarithmic axis cannot show')
  expect(() => plotSvg(options({ lines: [{ points: [{ x: 1, y: 1 }] }] }))).toThrow('a line needs two points')
  expect(() => plotSvg(options({ lines: [] }))).toThrow('a line needs two points')
})

test('a plot has its axes, a point for each measurement, and no color of a page in it', () => {
  const svg = plotSvg(
    options({
      lines: [
        ...options().lines,
        {
          name: 'p99 <&>',
          points: [
            { x: 10, y: 1 },
            { x: 100, y: 2 },
          ],
        },
      ],
    }),
  )
  expect(svg.match(/<circle /g)).toHaveLength(4)
  expect(svg.match(/<polyline /g)).toHaveLength(2)
  expect(svg).toContain('>clients<')
  expect(svg).toContain('>1,000<')
  expect(svg).toContain('p99 &lt;&amp;&gt;')
  expect(svg).not.toMatch(/currentColor|NaN|undefined|<rect/)
})

test('millions are shortened, so that the last label fits', () => {
  const points = [
    { x: 1_000_000, y: 1 },
    { x: 16_000_000, y: 2 },
  ]
  const svg = plotSvg(options({ lines: [{ points }] }))
  expect(svg).toContain('>100 M<')
  expect(svg).not.toContain('000,000')
})

test('text is escaped', () => {
  expect(escapeXml('a < "b" & c>')).toBe('a &lt; &quot;b&quot; &amp; c&gt;')
})
