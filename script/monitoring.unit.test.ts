/** Alerts, their tests, their sections of the runbook and the dashboard name only what exists, and nothing is left out. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isSetupWarning, warningCodes } from '../lib/operator-warning.ts'
import { measures } from '../server/observability/measures.ts'

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8')
const rules = read('deploy/monitoring/alerts.yml')
const testFiles = ['deploy/monitoring/alerts-processes.test.yml', 'deploy/monitoring/alerts-pixels.test.yml']
const tests = testFiles.map(read).join('')
const runbook = read('docs/RUNBOOK.md')
const alertmanager = read('deploy/monitoring/alertmanager.yml')
const alerts = rules
  .split(/^ +- alert: /m)
  .slice(1)
  .map((text) => ({ name: /^\w+/.exec(text)?.[0] ?? '', text }))
const names = alerts.map(({ name }) => name)

const measured = new Set<string>(Object.values(measures).map(({ name }) => name))
const ofNode = [
  'nodejs_eventloop_lag_p99_seconds',
  'process_start_time_seconds',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
]

test.each(['deploy/monitoring/alerts.yml', ...testFiles, 'deploy/monitoring/grafana-dashboard.json'])(
  '%s uses only metrics that Fresco has',
  (path) => {
    const used = new Set(read(path).match(/\b(fresco|nodejs|process)_[a-z0-9_]+/g))
    expect(used.size).toBeGreaterThan(4)
    const isThere = (name: string) => measured.has(name.replace(/_(bucket|count|sum)$/, '')) || ofNode.includes(name)
    expect([...used].filter((name) => !isThere(name))).toEqual([])
  },
)

test.each(alerts)('$name has a severity, both annotations, a test and a section of the runbook', ({ name, text }) => {
  expect(text).toMatch(name === 'FrescoWatchdog' ? /labels: \{ severity: none \}/ : /labels: \{ severity: (page|ticket) \}/)
  expect(text).toMatch(/summary: "?[^ ]/)
  expect(text).toMatch(/description: (>-\n +)?[^ ]/)
  expect(text).toContain(`runbook_url: docs/RUNBOOK.md#${name.toLowerCase()}\n`)
  expect(tests).toContain(`alertname="${name}"`)
  const section = new RegExp(`^### ${name}\n\n((?:.+\n)+)`, 'm').exec(runbook)?.[1] ?? ''
  if (name !== 'FrescoWatchdog') expect(section).toContain(`*${/severity: (\w+)/.exec(text)?.[1]}*`)
  for (const part of ['**Look**', '**Do**']) expect(section.replace('**do**', '**Do**')).toContain(part)
})

test('tests, runbook and inhibitions name no other alert', () => {
  expect(names.length).toBeGreaterThan(20)
  expect(new Set(names).size).toBe(names.length)
  for (const text of [tests, runbook, alertmanager]) {
    for (const [name] of text.matchAll(/\bFresco[A-Z]\w+/g)) expect(names).toContain(name)
  }
})

test('a ticket never silences a page', () => {
  const severityOf = (name: string) => /severity: (\w+)/.exec(alerts.find((alert) => alert.name === name)?.text ?? '')?.[1]
  const inhibitions = alertmanager.split(/^ +- source_matchers:/m).slice(1)
  expect(inhibitions.length).toBeGreaterThan(4)
  for (const text of inhibitions) {
    const [source = '', target = ''] = text.split('target_matchers:')
    const severities = (part: string) => (part.match(/Fresco\w+/g) ?? []).map(severityOf)
    if (severities(source).includes('ticket')) expect(severities(target), text).not.toContain('page')
  }
})

test('warnings that anyone can cause from outside raise no alert', () => {
  const excluded = new Set(rules.match(/(?<=reason!~")[^"]+/g))
  expect([...excluded]).toEqual([warningCodes.filter((code) => !isSetupWarning({ code })).join('|')])
})

test('every job that a rule names is scraped', () => {
  const jobs = [...read('deploy/monitoring/prometheus.yml').matchAll(/job_name: (\S+)/g)].map((match) => match[1])
  for (const [, job] of rules.matchAll(/job="([^"]+)"/g)) expect(jobs).toContain(job)
})

test('the panels of the dashboard have an id, a query and a place of their own', () => {
  const { panels } = JSON.parse(read('deploy/monitoring/grafana-dashboard.json')) as {
    panels: { id: number; title: string; gridPos: { x: number; y: number; w: number; h: number }; targets: { expr: string }[] }[]
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  for (const { title, targets } of panels) expect(targets.length, title).toBeGreaterThan(0)
})
