/**
 * Next.js inside the custom server: it renders the pages, and the `/api` routes that are not hot.
 *
 * Preparing takes longer than everything else at start, so the API answers meanwhile and pages wait.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import next from 'next'

export interface Pages {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Resolves when the pages can be served; rejects when there is no build. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

export const createPages = (options: { dev: boolean; httpServer: Server; hostname: string; port: number }): Pages => {
  const app = next({ dev: options.dev, httpServer: options.httpServer, hostname: options.hostname, port: options.port })
  const ready = app.prepare()
  ready.catch(() => undefined)
  return {
    ready,
    async handle(request, response) {
      await ready
      await app.getRequestHandler()(request, response)
    },
    close: () => app.close(),
  }
}
