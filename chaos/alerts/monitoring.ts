/** Prometheus and Alertmanager with the scaled files of `deploy/monitoring/`, and a webhook that receives their alerts. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../server/testing/free-port.ts'
import { killAtExit } from '../../server/testing/kill-at-exit.ts'
import { isAlert, Receiver } from './receiver.ts'
import { type ScaledFiles, scaledMs, writeScaledFiles, writeToken } from './scaled-files.ts'

/** Debian's name, and that of the official release. */
const alertmanager = ['prometheus-alertmanager', 'alertmanager'].find((name) => spawnSync(name, ['--version']).status === 0)
export const hasMonitoring = () => alertmanager !== undefined && spawnSync('prometheus', ['--version']).status === 0

type Options = Pick<ScaledFiles, 'scale' | 'targets' | 'publicUrl' | 'metricsToken'>

export class Monitoring {
  readonly scale: number
  readonly receiver: Receiver
  /** Gets the tickets, too. */
  readonly otherContact: Receiver
  readonly folder = mkdtempSync(join(tmpdir(), 'fresco-alerts-'))
  readonly #ports: { readonly prometheus: number; readonly alertmanager: number }
  readonly #children = new Map<string, ChildProcess>()

  private constructor(
    scale: number,
    [receiver, otherContact]: readonly [Receiver, Receiver],
    ports: { prometheus: number; alertmanager: number },
  ) {
    this.scale = scale
    this.receiver = receiver
    this.otherContact = otherContact
    this.#ports = ports
  }

  static async start(options: Options): Promise<Monitoring> {
    const [receiver, otherContact] = [await Receiver.start(), await Receiver.start()]
    const monitoring = new Monitoring(options.scale, [receiver, otherContact], {
      prometheus: await freePort(),
      alertmanager: await freePort(),
    })
    const { folder } = monitoring
    writeScaledFiles({
      ...options,
      folder,
      alertmanagerPort: monitoring.#ports.alertmanager,
      receiverUrl: receiver.url,
      otherUrl: otherContact.url,
    })
    await monitoring.startAlertmanager()
    await monitoring.startPrometheus()
    await receiver.until('FrescoWatchdog', 'firing', { sinceMs: 0, withinMs: 30_000 })
    return monitoring
  }

  startPrometheus() {
    const { folder, scale } = this
    const resend = `${scaledMs('1m', scale)}ms`
    return this.#run('prometheus', this.#ports.prometheus, [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/samples`,
      `--web.listen-address=127.0.0.1:${this.#ports.prometheus}`,
      `--rules.alert.resend-delay=${resend}`,
      `--rules.alert.for-grace-period=${scaledMs('10m', scale)}ms`,
      `--query.lookback-delta=${scaledMs('5m', scale)}ms`,
      '--log.level=warn',
    ])
  }

  startAlertmanager() {
    return this.#run(alertmanager ?? 'alertmanager', this.#ports.alertmanager, [
      `--config.file=${this.folder}/alertmanager.yml`,
      `--storage.path=${this.folder}/silences`,
      `--web.listen-address=127.0.0.1:${this.#ports.alertmanager}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ])
  }

  killPrometheus() {
    return this.#kill(this.#ports.prometheus)
  }

  killAlertmanager() {
    return this.#kill(this.#ports.alertmanager)
  }

  useToken(token: string) {
    writeToken(this.folder, token)
  }

  /** The labels of the alerts that Prometheus has in this state. */
  async alertsIn(state: 'firing' | 'any'): Promise<Readonly<Record<string, string>>[]> {
    const answer = await fetch(`http://127.0.0.1:${this.#ports.prometheus}/api/v1/alerts`)
    const { data } = (await answer.json()) as { data: { alerts: { state: string; labels: Record<string, string> }[] } }
    return data.alerts.flatMap((alert) => (state === 'any' || alert.state === state ? [alert.labels] : []))
  }

  async untilFiring(wanted: string, withinMs: number) {
    const end = performance.now() + withinMs
    while (!(await this.alertsIn('firing')).some((labels) => isAlert(wanted, labels))) {
      if (performance.now() > end) throw new Error(`Prometheus has no ${wanted} within ${withinMs} ms`)
      await wait(100)
    }
  }

  /** Until only the watchdog fires. */
  async untilQuiet(withinMs: number) {
    const end = performance.now() + withinMs
    for (;;) {
      const names = (await this.alertsIn('any')).map((labels) => labels['alertname'] ?? '')
      const left = names.filter((name) => name !== 'FrescoWatchdog')
      if (left.length === 0) return
      if (performance.now() > end) throw new Error(`These alerts do not end: ${left.join(', ')}`)
      await wait(100)
    }
  }

  async dispose() {
    for (const port of Object.values(this.#ports)) await this.#kill(port)
    this.receiver.close()
    this.otherContact.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #run(program: string, port: number, args: readonly string[]) {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    killAtExit(child)
    this.#children.set(String(port), child)
    let output = ''
    child.stderr.on('data', (data) => {
      output = (output + String(data)).slice(-4_000)
    })
    const end = performance.now() + 30_000
    while (!(await isReady(port))) {
      if (child.exitCode !== null || performance.now() > end) throw new Error(`${program} does not start:\n${output}`)
      await wait(50)
    }
  }

  async #kill(port: number) {
    const child = this.#children.get(String(port))
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}

const isReady = (port: number) =>
  fetch(`http://127.0.0.1:${port}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
