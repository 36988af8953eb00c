/** A host who changes the boards and the site through the API for admins. */
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

  createBoard(id: string, settings: object = {}) {
    return this.call('POST', '/api/admin/canvases', { id, title: `Board ${id}`, width: 64, height: 64, state: 'open', ...settings })
  }

  /** Changes the settings of the site at their newest revision. */
  async setSite(change: object) {
    const { rev } = (await this.call('GET', '/api/admin/site')) as { rev: number }
    return this.call('PATCH', '/api/admin/site', change, { 'if-match': String(rev) })
  }

  async setLogo(png: Uint8Array) {
    const headers = { authorization: `Bearer ${this.#server.adminToken}`, 'content-type': 'image/png' }
    const response = await fetch(`${this.#server.url}/api/admin/site/logo`, { method: 'PUT', headers, body: Buffer.from(png) })
    if (!response.ok) throw new Error(`the logo: ${response.status} ${await response.text()}`)
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
