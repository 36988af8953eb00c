/** The webhook to which Alertmanager sends. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../server/testing/free-port.ts'

interface Notification {
  readonly receiver: string
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved'
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }[]
}

export interface Arrival {
  readonly atMs: number
  readonly receiver: string
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** A name, and labels that the alert must have: `FrescoProcessIsDown`, or `FrescoIsSetUpWrongly{forwarded_for_ignored}`. */
export const isAlert = (wanted: string, labels: Readonly<Record<string, string>>) => {
  const [, name, value] = /^(\w+)(?:\{(.*)\})?$/.exec(wanted) ?? []
  return labels['alertname'] === name && (value === undefined || Object.values(labels).includes(value))
}

export class Receiver {
  readonly arrivals: Arrival[] = []
  readonly #port: number
  #server: Server | null = null

  private constructor(port: number) {
    this.#port = port
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver(await freePort())
    await receiver.open()
    return receiver
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`
  }

  async open() {
    this.#server = createServer((request, response) => {
      void json(request).then((body) => {
        this.#take(body as Notification)
        response.end()
      })
    })
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** @throws after the timeout, with the alerts that arrived. */
  async until(wanted: string, status: Arrival['status'], { sinceMs, withinMs }: { sinceMs: number; withinMs: number }): Promise<Arrival> {
    const end = performance.now() + withinMs
    for (;;) {
      const arrival = this.arrivals.find((one) => one.atMs >= sinceMs && one.status === status && isAlert(wanted, one.labels))
      if (arrival) return arrival
      if (performance.now() > end) throw new Error(`${wanted} is not ${status} within ${withinMs} ms; ${this.#since(sinceMs)}`)
      await wait(50)
    }
  }

  has(wanted: string, sinceMs: number) {
    return this.arrivals.some(({ atMs, labels }) => atMs >= sinceMs && isAlert(wanted, labels))
  }

  close() {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }

  #take({ receiver, alerts }: Notification) {
    for (const { status, labels, annotations } of alerts)
      this.arrivals.push({ atMs: performance.now(), receiver, status, labels, annotations })
  }

  #since(sinceMs: number) {
    const arrived = this.arrivals.filter(({ atMs, labels }) => atMs >= sinceMs && labels['alertname'] !== 'FrescoWatchdog')
    return `arrived: ${[...new Set(arrived.map(({ status, labels }) => `${labels['alertname']} ${status}`))].join(', ') || 'none'}`
  }
}
