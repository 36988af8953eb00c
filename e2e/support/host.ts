/** A host who changes the board through the API for admins. */
import type { FrescoServer } from './server.ts'

interface Announced {
  readonly text: string
  readonly level: 'info' | 'important'
  readonly lastsMs: number | null
}

export class Host {
  readonly #server: FrescoServer

  constructor(server: FrescoServer) {
    this.#server = server
  }

  /** Changes a board at its newest revision. */
  async patch(change: object, id = 'main') {
    return this.call('PATCH', `/api/admin/canvases/${id}`, change, { 'if-match': String(await this.#revOf(id)) })
  }

  async delete(id: string) {
    return this.call('DELETE', `/api/admin/canvases/${id}`, { confirm: id }, { 'if-match': String(await this.#revOf(id)) })
  }

  async startOver(id: string) {
    return this.call('POST', `/api/admin/canvases/${id}/start-over`, { confirm: id }, { 'if-match': String(await this.#revOf(id)) })
  }

  async #revOf(id: string): Promise<number | undefined> {
    const { canvases } = (await this.call('GET', '/api/admin/canvases')) as { canvases: { id: string; rev: number }[] }
    return canvases.find((canvas) => canvas.id === id)?.rev
  }

  /** Null takes the announcement off. */
  announce(announcement: Announced | null, id = 'main') {
    return this.call(announcement ? 'POST' : 'DELETE', `/api/admin/canvases/${id}/announcement`, announcement)
  }

  async call(method: string, path: string, body: object | null = null, headers: Record<string, string> = {}): Promise<unknown> {
    const response = await fetch(this.#server.url + path, {
      method,
      headers: { authorization: `Bearer ${this.#server.adminToken}`, 'content-type': 'application/json', ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
}
