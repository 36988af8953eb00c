/**
 * The files of `deploy/monitoring/` with shorter durations, and with the addresses of a test. Everything that Prometheus and Alertmanager wait
 * for is divided by the scale: `for`, ranges, offsets, intervals. What Fresco itself waits for stays, such as five seconds without a heartbeat.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const source = join(import.meta.dirname, '../../deploy/monitoring')
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

export const scaledMs = (duration: string, scale: number) => {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? []
  return Math.round((Number(count) * (secondsOf[unit] ?? Number.NaN) * 1_000) / scale)
}

/** Scales the durations of an alert rule, and the age up to which a process is young. */
export const scaleRules = (text: string, scale: number) => {
  const scaled = (duration: string) => `${scaledMs(duration, scale)}ms`
  return text
    .replaceAll(/^( +for: )(\w+)$/gm, (_, key: string, duration: string) => key + scaled(duration))
    .replaceAll(/\[(\d+[smhd])\]/g, (_, duration: string) => `[${scaled(duration)}]`)
    .replaceAll(/\boffset (\d+[smhd])/g, (_, duration: string) => `offset ${scaled(duration)}`)
    .replaceAll(/(process_start_time_seconds < )(\d+)/g, (_, key: string, seconds: string) => key + Number(seconds) / scale)
}

const scaleIntervals = (text: string, scale: number) =>
  text.replaceAll(/^( +\w+_(?:interval|wait): )(\w+)$/gm, (_, key: string, duration: string) => `${key}${scaledMs(duration, scale)}ms`)

/** Replaces each text, which must be there: otherwise the file in `deploy/` has changed. */
const replaced = (text: string, pairs: readonly (readonly [string | RegExp, string])[]) =>
  pairs.reduce((changed, [from, to]) => {
    const next = changed.replace(from, () => to)
    if (next === changed) throw new Error(`"${from}" is not in the file`)
    return next
  }, text)

export interface ScaledFiles {
  readonly folder: string
  readonly scale: number
  /** Of the processes of Fresco. */
  readonly targets: readonly string[]
  readonly publicUrl: string
  readonly metricsToken: string
  readonly alertmanagerPort: number
  readonly receiverUrl: string
  /** A second contact for tickets. */
  readonly otherUrl: string
}

export const writeScaledFiles = (options: ScaledFiles) => {
  const { folder, scale, targets, alertmanagerPort, receiverUrl, otherUrl } = options
  const read = (name: string) => readFileSync(join(source, name), 'utf8')
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('alerts.yml', scaleRules(read('alerts.yml'), scale))
  const intervalMs = scaledMs('10s', scale)
  const prometheus = replaced(scaleIntervals(read('prometheus.yml'), scale), [
    ['global:\n', `global:\n  scrape_timeout: ${intervalMs}ms\n`],
    [/targets: \["web-1.*\]/, `targets: ${JSON.stringify(targets)}`],
  ])
  write(
    'prometheus.yml',
    prometheus.replaceAll('alertmanager:9093', `127.0.0.1:${alertmanagerPort}`).replaceAll('/etc/prometheus', () => folder),
  )
  writeToken(folder, options.metricsToken)
  write('public-url.json', JSON.stringify([{ targets: [options.publicUrl] }]))
  const contact = (name: string, more = '') =>
    `  - name: ${name}\n    webhook_configs:\n      - { url: ${receiverUrl}/${name}, send_resolved: true }\n${more}`
  const contacts = contact('pages') + contact('tickets', `      - { url: ${otherUrl} }\n`) + contact('watchdog')
  write(
    'alertmanager.yml',
    replaced(scaleIntervals(read('alertmanager.yml'), scale), [[/^receivers:\n[\s\S]*?(?=^# An alert)/m, `receivers:\n${contacts}\n`]]),
  )
}

/** Prometheus reads the file at each scrape. */
export const writeToken = (folder: string, token: string) => writeFileSync(join(folder, 'metrics-token'), token)
