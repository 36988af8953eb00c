/** The report of a load test as one HTML file without external parts, in the reader's theme. */
import { percentilesOf } from '../../../lib/time-counts.ts'
import type { Capacity } from './capacity.ts'
import { escapeHtml } from './escape-html.ts'
import { boundMs, deliveryP99, isCarried, loadRefusals, type StepResult } from './load-steps.ts'
import { type Line, plot } from './report-plot.ts'
import { reportStyle } from './report-style.ts'
import type { Sample } from './usage-samples.ts'

export interface ReportContent {
  readonly at: Date
  readonly capacity: Capacity
  readonly steps: readonly StepResult[]
  readonly samples: readonly Sample[]
  readonly painters: number
  readonly watchers: number
  /** What the environment is: names and values. */
  readonly environment: readonly (readonly [name: string, value: string])[]
  /** What was verified afterwards: names and counts, of which each should be 0. */
  readonly wrong: Readonly<Record<string, number>>
  /** Watchers that showed the API's boards at the end. */
  readonly exact: number
  /** What the reader must know about the figures. */
  readonly notes: readonly string[]
}

const number = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })
const time = (ms: number | null) => (ms === null ? '–' : `${number.format(ms)} ms`)
const percent = (part: number) => `${Math.round(part * 100)} %`
const megabytes = (bytes: number) => bytes / 2 ** 20

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  `<div class="scroll" tabindex="0"><table><thead><tr>${head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`)
    .join('')}</tbody></table></div>`

const kinds = { ramp: 'step', refine: 'step', hold: 'hold' } as const

const stepTable = (steps: readonly StepResult[]) =>
  table(
    [
      '',
      'offered',
      'saved',
      'refused',
      'answer p50',
      'p99',
      'delivery p50',
      'p99',
      'busiest process',
      'event loop',
      'crowd',
      'machine',
      'carried',
    ],
    steps.map((step) => {
      const [answer, delivery] = [percentilesOf(step.answer), percentilesOf(step.delivery)]
      const largest = (read: (load: StepResult['processes'][number]) => number) => Math.max(0, ...step.processes.map(read))
      return [
        kinds[step.kind],
        `${number.format(step.rate)}/s`,
        `${number.format(step.acknowledged / step.seconds)}/s`,
        String(loadRefusals(step)),
        time(answer.p50),
        time(answer.p99),
        time(delivery.p50),
        time(deliveryP99(step)),
        percent(largest(({ cpu }) => cpu)),
        time(largest(({ loopDelayMs }) => loopDelayMs)),
        `${number.format(step.crowd.cores)} cores`,
        percent(step.machineBusy),
        isCarried(step) ? 'yes' : 'no',
      ]
    }),
  )

const overLoad = (steps: readonly StepResult[], name: string, value: (step: StepResult) => number | null): Line => {
  // A rate that was measured twice is shown as it was last.
  const byRate = new Map(steps.map((step) => [step.rate, step]))
  const inOrder = [...byRate.values()].sort((one, other) => one.rate - other.rate)
  return { name, points: inOrder.map((step) => [step.rate, value(step)]) }
}

const latencyPlot = (steps: readonly StepResult[], part: 'answer' | 'delivery') => {
  const p99 = part === 'answer' ? (step: StepResult) => percentilesOf(step.answer).p99 : deliveryP99
  return plot({
    title: part === 'answer' ? 'From the click to the answer' : 'From the click to the watchers',
    xTitle: 'load (pixels/s)',
    yTitle: 'time (ms)',
    logX: true,
    logY: true,
    bound: { y: boundMs, name: `bound of the p99: ${boundMs} ms` },
    lines: [overLoad(steps, 'p50', (step) => percentilesOf(step[part]).p50), overLoad(steps, 'p99', p99)],
  })
}

const overTime = (samples: readonly Sample[], value: (load: Sample['processes'][number]) => number): Line[] => {
  const ids = [...new Set(samples.flatMap(({ processes }) => processes.map(({ id }) => id)))]
  return ids.map((id) => {
    const roles = samples.flatMap(({ processes }) => processes).find((load) => load.id === id)?.roles ?? []
    const points = samples.map(({ atMs, processes }): readonly [number, number | null] => {
      const load = processes.find((one) => one.id === id)
      return [atMs / 1_000, load ? value(load) : null]
    })
    return { name: `${id} (${roles.join(', ')})`, points }
  })
}

const timePlot = (title: string, yTitle: string, lines: readonly Line[]) => plot({ title, xTitle: 'time (s)', yTitle, lines })

const plots = ({ steps, samples }: ReportContent) =>
  [
    latencyPlot(steps, 'answer'),
    latencyPlot(steps, 'delivery'),
    plot({
      title: 'Saved pixels',
      xTitle: 'load (pixels/s)',
      yTitle: 'saved (pixels/s)',
      lines: [overLoad(steps, 'offered', ({ rate }) => rate), overLoad(steps, 'saved', (step) => step.acknowledged / step.seconds)],
    }),
    timePlot('CPU', '% of one core', [
      ...overTime(samples, ({ cpu }) => cpu * 100),
      { name: 'this machine, % of all cores', points: samples.map(({ atMs, machineBusy }) => [atMs / 1_000, machineBusy * 100]) },
    ]),
    timePlot(
      'Resident memory',
      'MB',
      overTime(samples, ({ rssBytes }) => megabytes(rssBytes)),
    ),
    timePlot(
      'Delay of the event loop, p99',
      'ms',
      overTime(samples, ({ loopDelayMs }) => loopDelayMs),
    ),
  ].join('')

const list = (rows: readonly (readonly [string, string])[]) =>
  `<dl>${rows.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>`

export const reportHtml = (content: ReportContent): string => {
  const { at, capacity, steps, painters, watchers, environment, wrong, exact, notes } = content
  const isRight = exact === watchers && Object.values(wrong).every((count) => count === 0)
  const checks = [
    ...Object.entries(wrong).map(([name, count]) => [name, number.format(count)] as const),
    ['watchers with the exact board', `${number.format(exact)} of ${number.format(watchers)}`] as const,
  ]
  const crowd = `${number.format(painters)} painters and ${number.format(watchers)} watchers`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>Fresco load test</title><style>${reportStyle}</style></head><body><main>
<header><p>Fresco load test, ${escapeHtml(`${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`)}, ${escapeHtml(crowd)}</p>
<h1>${escapeHtml(capacity.verdict)}</h1><p>${escapeHtml(capacity.derivation)}</p></header>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n')}
<section><h2>Checks</h2><p class="${isRight ? 'right' : 'wrong'}">${isRight ? 'Every saved pixel is in the log once, and arrived once and in order.' : 'The delivery had mistakes.'}</p>${list(checks)}</section>
<section><h2>Load</h2><div class="plots">${plots(content)}</div></section>
<section><h2>Steps</h2>${stepTable(steps)}<p>The CPU of the busiest process is of one core. “Crowd” is the CPU of this load test itself.</p></section>
<section><h2>Environment</h2>${list(environment)}</section>
</main></body></html>
`
}
