/**
 * Next.js inside the custom server: renders the pages, and the `/api` routes without a bypass.
 *
 * Next is loaded last, because that takes longest. Boards and sockets are served meanwhile, and requests for pages wait.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

export interface Pages {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Resolves when the pages can be served; rejects when there is no build. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/** Loading Next blocks the event loop, so waiting requests for boards are answered first. */
const headStartMs = 100

export const createPages = (options: { dev: boolean; httpServer: Server; hostname: string; port: number }): Pages => {
  const loaded = load(options)
  const ready = loaded.then((app) => app.prepare())
  ready.catch(() => undefined)
  return {
    ready,
    async handle(request, response) {
      await ready
      await (await loaded).getRequestHandler()(request, response)
    },
    async close() {
      const app = await loaded.catch(() => null)
      await app?.close()
    },
  }
}

const load = async ({ httpServer, ...options }: { dev: boolean; httpServer: Server; hostname: string; port: number }) => {
  await wait(headStartMs)
  const { default: next } = await import('next')
  // In production Next only adds listeners to every upgraded socket, so it gets a server without upgrades.
  return next({ ...options, httpServer: options.dev ? httpServer : createServer() })
}
