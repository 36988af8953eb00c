/** After a deployment, the server has no longer the parts that an open page loads later. */

const guardName = 'fresco:reloaded'

/** The address of the file that could not be loaded; null for another error. Browsers and bundlers word the error differently. */
export const chunkOf = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null
  return /(?:https?:\/\/[^\s"'()]+)?\/_next\/static\/[^\s"'()?]+\.(?:js|css)/.exec(error.message)?.[0] ?? null
}

export interface MissingChunkOptions {
  readonly fetch: typeof fetch
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly reload: () => void
}

/** `reloading`: a newer page comes. `missing`: the page was reloaded for this file before. `other`: the file is there, or there is no connection. */
export type MissingChunk = 'reloading' | 'missing' | 'other'

const browser: MissingChunkOptions = {
  fetch: (...parts) => fetch(...parts),
  storage: {
    getItem: (name) => sessionStorage.getItem(name),
    setItem: (name, value) => sessionStorage.setItem(name, value),
  },
  reload: () => location.reload(),
}

const isGone = async (chunk: string, options: MissingChunkOptions): Promise<boolean> => {
  try {
    return (await options.fetch(chunk, { method: 'HEAD', cache: 'no-store' })).status === 404
  } catch {
    return false
  }
}

/** Reloads the page once for a file. Without storage it never does, because it could not know that it has. */
export const reloadForMissingChunk = async (error: unknown, options: MissingChunkOptions = browser): Promise<MissingChunk> => {
  const chunk = chunkOf(error)
  if (chunk === null || !(await isGone(chunk, options))) return 'other'
  try {
    if (options.storage.getItem(guardName) === chunk) return 'missing'
    options.storage.setItem(guardName, chunk)
    if (options.storage.getItem(guardName) !== chunk) return 'missing'
  } catch {
    return 'missing'
  }
  options.reload()
  return 'reloading'
}
