/** A client of the public API. */
import { setTimeout as wait } from 'node:timers/promises'

export class Api {
  readonly url: string
  #token = ''

  constructor(url: string) {
    this.url = url
  }

  async token(): Promise<string> {
    if (this.#token) return this.#token
    const response = await fetch(`${this.url}/api/tokens`, { method: 'POST' })
    this.#token = ((await response.json()) as { token: string }).token
    return this.#token
  }

  async place(gx: number, gy: number, color: number | string): Promise<Response> {
    return fetch(`${this.url}/api/pixels`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.token()}` },
      body: JSON.stringify({ gx, gy, color }),
    })
  }

  /** Places many pixels in batches. */
  async placeAll(pixels: readonly { gx: number; gy: number; color: number }[]) {
    for (let start = 0; start < pixels.length; start += 256) {
      const response = await fetch(`${this.url}/api/pixels/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await this.token()}` },
        body: JSON.stringify({ pixels: pixels.slice(start, start + 256) }),
      })
      if (response.status !== 200) throw new Error(`batch: ${response.status} ${await response.text()}`)
    }
  }

  async board(tile = 0): Promise<{ seq: number; bytes: Uint8Array }> {
    const response = await fetch(`${this.url}/api/canvases/main/tiles/${tile}/board`, { headers: { 'cache-control': 'no-cache' } })
    return { seq: Number(response.headers.get('fresco-seq')), bytes: new Uint8Array(await response.arrayBuffer()) }
  }

  /** The board after all acknowledged pixels are published. */
  async settledBoard(tile = 0) {
    for (let tries = 0; tries < 200; tries++) {
      const metrics = await (await fetch(`${this.url}/metrics`)).text()
      const waiting = [...metrics.matchAll(/^fresco_outbox_backlog\{state="\w+"\} (\d+)$/gm)].map((match) => Number(match[1]))
      const board = await this.board(tile)
      const head = await this.head(tile)
      if (waiting.length === 2 && waiting.every((count) => count === 0) && board.seq === head) return board
      await wait(50)
    }
    throw new Error('the outbox does not come to rest')
  }

  async head(tile = 0): Promise<number> {
    const response = await fetch(`${this.url}/api/canvases/main/tiles/${tile}/commits?after=${2 ** 40}&limit=1`)
    return ((await response.json()) as { head: number }).head
  }

  /** The whole log of a tile. Fails if there is a gap. */
  async log(tile = 0) {
    const commits: { seq: number; cause: string; pixels: { gx: number; gy: number; color: number; id: string }[] }[] = []
    for (;;) {
      const response = await fetch(`${this.url}/api/canvases/main/tiles/${tile}/commits?after=${commits.length}&limit=1000`)
      const page = (await response.json()) as { head: number; commits: typeof commits }
      for (const commit of page.commits) {
        if (commit.seq !== commits.length + 1) throw new Error(`a hole in the log before ${commit.seq}`)
        commits.push(commit)
      }
      if (page.commits.length === 0) return commits
    }
  }
}
