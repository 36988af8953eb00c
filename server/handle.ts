/**
 * The one bridge from Next's bundles to the server around them.
 *
 * Next bundles `app/` on its own, so its modules are other instances than the server's though they share a process. What they
 * share is a name on `globalThis`. The handle stays narrow, imports nothing, and errors cross it by `code`, never by
 * `instanceof`. The container sets it before Next is prepared; `app/` reads it.
 */
export interface FrescoHandle {
  /** Answers a request to `/api`: the same function that the custom server calls before Next. */
  api(request: Request): Promise<Response>
}

const name = Symbol.for('fresco.handle')
type Holder = { [name]?: FrescoHandle | undefined }

/** Null lets go of it, at shutdown and in tests. */
export const setHandle = (handle: FrescoHandle | null) => {
  ;(globalThis as Holder)[name] = handle ?? undefined
}

/** @throws when there is no server around: `next start` alone does not run Fresco. */
export const getHandle = (): FrescoHandle => {
  const handle = (globalThis as Holder)[name]
  if (!handle) throw new Error('Fresco is not running in this process. Start it with script/server or `npm start`, not with `next start`.')
  return handle
}
