/** Starts the processes of watchers, and collects their reports. */
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { CommandFailure } from '../command.ts'
import type { Schedule } from './schedule.ts'
import type { WatchedCanvas } from './watcher.ts'
import type { Order, Report } from './watcher-process.ts'

const watchersPerProcess = 500

export class Watchers {
  readonly count: number
  readonly #children: ChildProcess[] = []

  constructor({ watchers, ...options }: { urls: readonly string[]; canvas: WatchedCanvas; watchers: number }) {
    this.count = watchers
    for (let left = watchers; left > 0; left -= watchersPerProcess) {
      const child = fork(new URL('./watcher-process.ts', import.meta.url), { serialization: 'advanced' })
      this.#children.push(child)
      send(child, { kind: 'watch', ...options, watchers: Math.min(left, watchersPerProcess) })
    }
  }

  /** Resolves when every watcher has its boards. @throws when that takes more than a minute. */
  async ready() {
    for (let tries = 0; ; tries++) {
      const ready = sumOf(await this.report({}, {}), (report) => report.ready)
      if (ready === this.count) return
      if (tries === 300)
        throw new CommandFailure(`Only ${ready} of ${this.count} watchers got their board. RATE_LIMITS=off lifts the limit per address.`)
      await wait(200)
    }
  }

  schedule(schedule: Schedule) {
    for (const child of this.#children) send(child, { kind: 'schedule', ...schedule })
  }

  report(heads: Record<number, number>, hashes: Record<number, string>): Promise<Report[]> {
    const ask = (child: ChildProcess) =>
      new Promise<Report>((resolve, reject) => {
        const ended = () => reject(new CommandFailure('A process of watchers ended.'))
        child.once('exit', ended)
        child.once('message', (message) => {
          child.off('exit', ended)
          resolve(message as Report)
        })
        send(child, { kind: 'report', heads, hashes })
      })
    return Promise.all(this.#children.map(ask))
  }

  end() {
    for (const child of this.#children) if (child.connected) send(child, { kind: 'end' })
  }
}

const send = (child: ChildProcess, order: Order) => child.send(order)

export const sumOf = (reports: readonly Report[], value: (report: Report) => number) =>
  reports.reduce((total, report) => total + value(report), 0)
