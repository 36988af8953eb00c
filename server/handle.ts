/**
 * The only bridge from Next's bundles to the server around them.
 *
 * Next bundles `app/` separately, so both sides share only a name on `globalThis`. They compare errors by `code`, not by `instanceof`. The
 * server sets the handle before Next is prepared, and `app/` reads it.
 */
import type { PageData } from './page-data.ts'

export interface FrescoHandle {
  /** Answers a request to `/api`: the same function that the custom server calls before Next. */
  api(request: Request): Promise<Response>
  /** What the pages show first. Null without the web role. */
  readonly pages: PageData | null
}

const name = Symbol.for('fresco.handle')
type Holder = { [name]?: FrescoHandle | undefined }

/** Null removes it. */
export const setHandle = (handle: FrescoHandle | null) => {
  ;(globalThis as Holder)[name] = handle ?? undefined
}

/** @throws without the custom server, as in `next start`. */
export const getHandle = (): FrescoHandle => {
  const handle = (globalThis as Holder)[name]
  if (!handle) throw new Error('Fresco is not running in this process. Start it with script/server or `npm start`, not with `next start`.')
  return handle
}
