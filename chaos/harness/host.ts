/** Adds a step to the schedule of the canvas about once a second, at any web process, and records each acknowledged one. A step announces its id. */
import { setTimeout as wait } from 'node:timers/promises'
import type { ShownStep } from '../../lib/show-canvas.ts'
import type { StaffOptions } from './staff.ts'

type HostOptions = Pick<StaffOptions, 'webs' | 'history' | 'random'>

const everyMs = 500
const soonMs = 1_500
const timeoutMs = 4_000
/** From the last fault on: a runner that was killed is started again, and a transaction that it left open ends. */
const finishedWithinMs = 20_000

interface AdminCanvas {
  readonly id: string
  readonly rev: number
  readonly schedule: readonly ShownStep[]
}

export class Host {
  readonly #options: HostOptions
  #stopped = false
  #work: Promise<void> = Promise.resolve()

  constructor(options: HostOptions) {
    this.#options = options
  }

  start() {
    this.#work = this.#scheduleRepeatedly()
  }

  stop() {
    this.#stopped = true
  }

  /** Resolves when no step waits, or after some time. The checker then finds the steps that still wait. */
  async finished() {
    this.stop()
    await this.#work
    const until = performance.now() + finishedWithinMs
    while (performance.now() < until) {
      const canvas = await this.#read(AbortSignal.timeout(timeoutMs)).catch(() => null)
      if (canvas?.schedule.length === 0) return
      await wait(100)
    }
  }

  async #scheduleRepeatedly() {
    for (let count = 1; !this.#stopped; count++) {
      // A process may be down. Whether a step without an answer is saved is unknown.
      await this.#addStep(`chaos-${count}`).catch(() => undefined)
      await wait(everyMs + this.#options.random.below(everyMs))
    }
  }

  async #addStep(id: string) {
    const { history, random } = this.#options
    const signal = AbortSignal.timeout(timeoutMs)
    const { rev, schedule } = await this.#read(signal)
    const at = new Date(Date.now() + random.below(soonMs)).toISOString()
    const step: ShownStep = { id, at, type: 'announce', text: id, level: 'info', lastsMs: null }
    const steps = [...schedule, step].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    const { url, headers } = this.#server()
    const answer = await fetch(`${url}/api/admin/canvases/main`, {
      method: 'PATCH',
      headers: { ...headers, 'content-type': 'application/json', 'if-match': String(rev) },
      body: JSON.stringify({ schedule: steps }),
      signal,
    })
    if (!answer.ok) return
    history.add({ k: 'changed', rev: ((await answer.json()) as AdminCanvas).rev })
    history.add({ k: 'stepScheduled', id })
  }

  async #read(signal: AbortSignal) {
    const { url, headers } = this.#server()
    const { canvases } = (await (await fetch(`${url}/api/admin/canvases`, { headers, signal })).json()) as { canvases: AdminCanvas[] }
    const canvas = canvases.find(({ id }) => id === 'main')
    if (!canvas) throw new Error('no canvas')
    return canvas
  }

  #server() {
    const web = this.#options.random.pick(this.#options.webs)
    if (!web) throw new Error('no web process')
    return { url: web.url, headers: { authorization: `Bearer ${web.adminToken}` } }
  }
}
