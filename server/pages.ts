/**
 * Next.js inside the custom server: it renders the pages, and the `/api` routes that are not hot.
 *
 * Loading and preparing it takes half a second of CPU, of which it holds the event loop for half, just when everybody who was cut off comes back. So it begins when
 * a page is asked for, or after a while: boards and sockets are served meanwhile, and pages wait.
 */
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { sleep } from './lifecycle.ts'

export interface Pages {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Resolves when the pages can be served; rejects when there is no build. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/** By then those who come back after a restart have their boards. */
const headStartMs = 10_000

export interface PagesOptions {
  readonly dev: boolean
  readonly httpServer: Server
  readonly hostname: string
  readonly port: number
}

/** The app is made once, when it is wanted or after its head start, and not at all when it is closed before. */
export const createPages = (options: PagesOptions): Pages => {
  const closing = new AbortController()
  let want: () => void = () => undefined
  const wanted = options.dev
    ? Promise.resolve()
    : sleep(headStartMs, closing.signal, (wakeUp) => {
        want = wakeUp
      })
  const app = wanted.then(() => (closing.signal.aborted ? null : load(options)))
  const ready = checkBuild(options)
    .then(() => app)
    .then((made) => made?.prepare())
  ready.catch(() => undefined)
  return {
    ready,
    async handle(request, response) {
      want()
      await ready
      await (await app)?.getRequestHandler()(request, response)
    },
    async close() {
      closing.abort()
      const made = await app.catch(() => null)
      await made?.close()
    },
  }
}

const checkBuild = async ({ dev }: PagesOptions) => {
  if (!dev && !existsSync('.next/BUILD_ID'))
    throw new Error('The pages are not built: script/server builds them, and so does npm run build.')
}

const load = async ({ httpServer, ...options }: PagesOptions) => {
  const { default: next } = await import('next')
  // It listens for upgrades, which in production it does nothing with but put listeners on every socket: so it gets a server that has none.
  return next({ ...options, httpServer: options.dev ? httpServer : createServer() })
}
