/** Prometheus and Alertmanager accept their files, and each alert fires when it should. Without both programs these tests are skipped. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../deploy/monitoring')
const run = (program: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}
const hasBoth = run('promtool', '--version').status === 0 && run('amtool', '--version').status === 0

test.skipIf(!hasBoth)('the rules are valid', () => {
  expect(run('promtool', 'check', 'rules', 'alerts.yml')).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') })
})

test.skipIf(!hasBoth)('each alert fires when it should, and only then', () => {
  const { status, output } = run('promtool', 'test', 'rules', 'alerts-processes.test.yml', 'alerts-pixels.test.yml')
  expect(status, output).toBe(0)
})

test.skipIf(!hasBoth)('Prometheus accepts its file, with an empty and with a long PUBLIC_URL', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'fresco-monitoring-'))
  try {
    const config = readFileSync(join(folder, 'prometheus.yml'), 'utf8').replaceAll('/etc/prometheus/alerts.yml', join(folder, 'alerts.yml'))
    writeFileSync(join(scratch, 'prometheus.yml'), config.replaceAll('/etc/prometheus', scratch))
    writeFileSync(join(scratch, 'metrics-token'), 'a token')
    for (const url of ['', 'https://fresco.example,https://www.fresco.example']) {
      writeFileSync(join(scratch, 'public-url.json'), `[{ "targets": ["${url}"] }]`)
      const { status, output } = run('promtool', 'check', 'config', join(scratch, 'prometheus.yml'))
      expect(status, output).toBe(0)
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
})

test.skipIf(!hasBoth)('Alertmanager accepts its file, and sends each severity to its own contact', () => {
  const { status, output } = run('amtool', 'check-config', 'alertmanager.yml')
  expect(status, output).toBe(0)
  for (const kind of ['webhook_configs', 'email_configs', 'discord_configs']) {
    expect(readFileSync(join(folder, 'alertmanager.yml'), 'utf8')).toContain(kind)
  }
  const contactOf = (...labels: string[]) =>
    run('amtool', 'config', 'routes', 'test', '--config.file=alertmanager.yml', ...labels).output.split('\n')[0]
  expect(contactOf('alertname=FrescoIsDown', 'severity=page')).toBe('pages')
  expect(contactOf('alertname=FrescoOverloaded', 'severity=ticket')).toBe('tickets')
  expect(contactOf('alertname=FrescoWatchdog', 'severity=none')).toBe('watchdog')
})

test.skipIf(!hasBoth)('every query of the dashboard is valid', () => {
  const dashboard = readFileSync(join(folder, 'grafana-dashboard.json'), 'utf8')
  const queries = [...dashboard.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map((match) => JSON.parse(match[1] ?? '') as string)
  expect(queries.length).toBeGreaterThan(20)
  const rules = queries.map((expr, index) => ({ record: `panel:query:${index}`, expr }))
  const scratch = mkdtempSync(join(tmpdir(), 'fresco-monitoring-'))
  try {
    // JSON is YAML, too.
    writeFileSync(join(scratch, 'rules.yml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    const { status, output } = run('promtool', 'check', 'rules', join(scratch, 'rules.yml'))
    expect(status, output).toBe(0)
  } finally {
    rmSync(scratch, { recursive: true })
  }
})
