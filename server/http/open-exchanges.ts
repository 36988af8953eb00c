/**
 * Requests that went on to Next, by name, so that a handler behind Next can have its connection closed without an answer (A1).
 * Next itself would make a 500 of the error, and a 500 reads as "not saved".
 */
import type { ServerResponse } from 'node:http'

export interface OpenExchanges {
  /** Answers the name of the exchange. It is forgotten when the response is closed. */
  open(response: ServerResponse): string
  /** False when there is none of that name. */
  abandon(name: string): boolean
}

export const createOpenExchanges = (): OpenExchanges => {
  const responses = new Map<string, ServerResponse>()
  let count = 0
  return {
    open(response) {
      const name = (++count).toString(36)
      responses.set(name, response)
      response.once('close', () => responses.delete(name))
      return name
    },
    abandon(name) {
      const response = responses.get(name)
      response?.destroy()
      return response !== undefined
    },
  }
}
