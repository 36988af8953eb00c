/** Changes the canvas about once a second, at any web process, and records each acknowledged change: title, size, palette, cooldown and state. */
import { setTimeout as wait } from 'node:timers/promises'
import type { HistoryWriter } from '../history-checker/history.ts'
import type { Random } from '../random.ts'
import { cooldownMs } from './cluster.ts'
import type { ShownCanvas } from './final-state.ts'

export interface StaffOptions {
  readonly webs: readonly { readonly url: string; readonly adminToken: string }[]
  readonly history: HistoryWriter
  readonly random: Random
  /** As it is at the start. */
  readonly canvas: ShownCanvas
  /** Whether the canvas may be paused for a second. */
  readonly mayPause: boolean
}

const everyMs = 1_000
const timeoutMs = 4_000
const maxSide = 384
const growBy = 24
const maxColors = 96

const growths = ['width', 'height', 'palette', 'cooldownMs', 'state', null] as const

export class Staff {
  readonly #options: StaffOptions
  #newest: ShownCanvas
  #stopped = false
  #work: Promise<void> = Promise.resolve()

  constructor(options: StaffOptions) {
    this.#options = options
    this.#newest = options.canvas
  }

  /** Of the newest canvas that was acknowledged. */
  get size() {
    const { width, height, palette } = this.#newest
    return { width, height, colors: palette.length }
  }

  start() {
    this.#work = this.#changeRepeatedly()
  }

  /** Resolves when the last change has an answer, or none in time. */
  stop() {
    this.#stopped = true
    return this.#work
  }

  async #changeRepeatedly() {
    for (let count = 1; !this.#stopped; count++) {
      // A process may be down. Whether a change without an answer is saved is unknown, and the next one reads the rev again.
      await this.#change(`Change ${count}`).catch(() => undefined)
      await wait(everyMs)
    }
  }

  async #change(title: string) {
    const { webs, history, random } = this.#options
    const web = random.pick(webs)
    if (!web) return
    const signal = AbortSignal.timeout(timeoutMs)
    const canvas = (await (await fetch(`${web.url}/api/canvases/main`, { signal })).json()) as ShownCanvas
    const headers = { authorization: `Bearer ${web.adminToken}`, 'content-type': 'application/json', 'if-match': String(canvas.rev) }
    const body = JSON.stringify({ title, ...this.#choose(canvas) })
    const answer = await fetch(`${web.url}/api/admin/canvases/main`, { method: 'PATCH', headers, body, signal })
    if (!answer.ok) return
    const changed = (await answer.json()) as ShownCanvas
    history.add({ k: 'changed', rev: changed.rev })
    if (changed.rev > this.#newest.rev) this.#newest = changed
  }

  #choose(canvas: ShownCanvas): Partial<ShownCanvas> {
    const { random, mayPause } = this.#options
    if (canvas.state !== 'open') return { state: 'open' }
    const field = random.pick(growths)
    switch (field) {
      case 'width':
      case 'height':
        return { [field]: Math.min(maxSide, canvas[field] + growBy) }
      case 'palette':
        return canvas.palette.length < maxColors ? { palette: [...canvas.palette, newColor(canvas.palette.length)] } : {}
      case 'cooldownMs':
        return { cooldownMs: cooldownMs * (1 + random.below(3)) }
      case 'state':
        return mayPause ? { state: 'paused' } : {}
      default:
        return {}
    }
  }
}

/** Not one of the colors at the start. */
const newColor = (count: number) => `#0F1F${count.toString(16).toUpperCase().padStart(2, '0')}`
