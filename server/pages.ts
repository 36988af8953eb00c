/**
 * Next.js inside the custom server: it renders the pages, and the `/api` routes that are not hot.
 *
 * Loading and preparing it takes longer than everything else at start, so it comes after everything else: boards and sockets are served
 * meanwhile, and pages wait.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

export interface Pages {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Resolves when the pages can be served; rejects when there is no build. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/** Who waits for a board when the process begins to listen has it by then. Loading Next would hold the event loop. */
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
  // It listens for upgrades, which in production it does nothing with but put listeners on every socket: so it gets a server that has none.
  return next({ ...options, httpServer: options.dev ? httpServer : createServer() })
}
