import { expect, test } from 'vitest'
import { capacityOf } from './capacity.ts'
import { type ReportContent, reportHtml } from './report-html.ts'
import { niceStep, plot } from './report-plot.ts'
import { busyProcess, stepOf } from './step.fixture.ts'
import { loadBetween } from './usage-samples.ts'

const hostile = `<script>alert("x")</script>'&\u202e`
const steps = [stepOf(50), stepOf(100, { processes: [{ ...busyProcess, id: hostile }] }), stepOf(200, { answerMs: 900 })]
const content = (change: Partial<ReportContent> = {}): ReportContent => ({
  at: new Date(0),
  capacity: capacityOf({ steps, watchers: 10, everySeconds: 5, cores: 2, isShared: true, isEmbedded: true }),
  steps,
  samples: [0, 1, 2].map((second) => ({
    atMs: second * 1_000,
    processes: second === 1 ? [] : [{ ...busyProcess, id: hostile }],
    machineBusy: 0.5,
  })),
  painters: 10,
  watchers: 10,
  environment: [[hostile, hostile]],
  wrong: { lost: 0, doubled: 0 },
  exact: 10,
  notes: [hostile],
  ...change,
})

test('a text from a server cannot become markup, and the file loads nothing', () => {
  const html = reportHtml(content())
  expect(html).not.toContain('<script')
  expect(html).not.toContain('\u202e')
  expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;')
  expect(html).not.toMatch(/\b(src|href|url)\s*[=(]|@import|https?:/)
})

test('the report has the verdict, six plots with titled axes, a row for each step, and the checks', () => {
  const html = reportHtml(content())
  expect(html).toContain(content().capacity.verdict)
  expect(html.match(/<svg/g)).toHaveLength(6)
  for (const title of ['load (pixels/s)', 'time (ms)', 'saved (pixels/s)', '% of one core', 'MB', 'time (s)'])
    expect(html).toContain(`>${title}</text>`)
  expect(html.match(/<tr><td>/g)).toHaveLength(3)
  expect(html).toContain('class="right"')
  expect(html).not.toMatch(/NaN|undefined|Infinity/)
})

test.each([
  ['a lost pixel', { wrong: { lost: 1 } }],
  ['a watcher with another board', { exact: 9 }],
])('%s is shown as a mistake', (_, change) => expect(reportHtml(content(change))).toContain('The delivery had mistakes.'))

test('a plot of nothing, of zeros and with gaps has no impossible coordinates', () => {
  const titles = { title: 't', xTitle: 'x', yTitle: 'y' }
  for (const lines of [
    [],
    [{ name: 'a', points: [] }],
    [{ name: 'a', points: [[0, 0] as const] }],
    [{ name: 'a', points: [[50, null] as const, [100, 3] as const] }],
  ]) {
    for (const isLog of [false, true]) expect(plot({ ...titles, lines, logX: isLog, logY: isLog })).not.toMatch(/NaN|Infinity/)
  }
  const gap = plot({
    ...titles,
    lines: [
      {
        name: 'a',
        points: [
          [0, 1],
          [1, null],
          [2, 1],
        ],
      },
    ],
  })
  expect(/<g class="line0"><path d="([^"]+)"/.exec(gap)?.[1]?.match(/M/g)).toHaveLength(2)
})

test('the steps of an axis are 1, 2 or 5 times a power of ten', () => {
  expect([7, 99, 400, 1_234, 0.3].map((range) => niceStep(range, 5))).toEqual([2, 20, 100, 500, 0.1])
})

test('the CPU of a process is the part of one core between two readings, and unknown after a restart', () => {
  const reading = { id: 'a', roles: ['web'], rssBytes: 1, loopDelayMs: 0, cpuMs: 100, upMs: 1_000 }
  expect(loadBetween(reading, { ...reading, cpuMs: 600, upMs: 2_000 })?.cpu).toBe(0.5)
  expect(loadBetween(reading, { ...reading, cpuMs: 5, upMs: 500 })).toBeNull()
})
