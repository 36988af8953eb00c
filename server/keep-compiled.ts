/** Node writes what it has compiled at the end of a thread (`NODE_COMPILE_CACHE`), and so not for those that are killed. */
import { flushCompileCache } from 'node:module'

/** By then pages are there, too. */
const compiledWithinMs = 5_000

/** Writes it once this thread has loaded what it needs, and does not keep the thread. Does nothing where there is no such folder. */
export const keepCompiled = () => {
  setTimeout(flushCompileCache, compiledWithinMs).unref()
}
