/** Changes the title of the canvas about once a second, at any web process, and records each acknowledged change. */
import { setTimeout as wait } from 'node:timers/promises'
import type { HistoryWriter } from '../history-checker/history.ts'
import type { Random } from '../random.ts'

export interface StaffOptions {
  readonly webs: readonly { readonly url: string; readonly adminToken: string }[]
  readonly history: HistoryWriter
  readonly random: Random
}

const everyMs = 1_000
const timeoutMs = 4_000

export class Staff {
  readonly #options: StaffOptions
  #stopped = false
  #work: Promise<void> = Promise.resolve()

  constructor(options: StaffOptions) {
    this.#options = options
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
    const { rev } = (await (await fetch(`${web.url}/api/canvases/main`, { signal })).json()) as { rev: number }
    const headers = { authorization: `Bearer ${web.adminToken}`, 'content-type': 'application/json', 'if-match': String(rev) }
    const body = JSON.stringify({ title })
    const answer = await fetch(`${web.url}/api/admin/canvases/main`, { method: 'PATCH', headers, body, signal })
    if (answer.ok) history.add({ k: 'changed', rev: ((await answer.json()) as { rev: number }).rev })
  }
}
