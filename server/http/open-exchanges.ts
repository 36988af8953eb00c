/**
 * The responses of requests that went to Next, by name. A handler behind Next can then close the connection without an answer (A1;
 * Next would answer 500, which means "not saved"), and keep headers that Next drops.
 */
import type { ServerResponse } from 'node:http'

/** Next's `send-response.js` drops the first two. The third replaces the policy for pages, which is set before the route is known. */
const kept = ['content-encoding', 'content-length', 'content-security-policy'] as const

export class OpenExchanges {
  readonly #responses = new Map<string, ServerResponse>()
  #count = 0

  /** Returns the name of the exchange, which ends when the response is closed. */
  open(response: ServerResponse): string {
    const name = (++this.#count).toString(36)
    this.#responses.set(name, response)
    response.once('close', () => this.#responses.delete(name))
    return name
  }

  /** Writes the headers that Next would drop, or that a page's headers would replace. */
  keepHeaders(name: string, headers: Headers) {
    const response = this.#responses.get(name)
    if (!response || response.headersSent) return
    for (const header of kept) {
      const value = headers.get(header)
      if (value !== null) response.setHeader(header, value)
    }
  }

  /** Closes the connection. False when there is no exchange of that name. */
  abandon(name: string): boolean {
    const response = this.#responses.get(name)
    response?.destroy()
    return response !== undefined
  }
}
