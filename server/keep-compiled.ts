/** Node writes compiled code (`NODE_COMPILE_CACHE`) at the end of a thread, and so not for a killed one. */
import { flushCompileCache } from 'node:module'

/** After this time the pages are loaded, too. */
const compiledWithinMs = 5_000

/** Writes the compiled code of this thread after its start, without keeping the thread alive. Does nothing without the variable. */
export const keepCompiled = () => {
  setTimeout(flushCompileCache, compiledWithinMs).unref()
}
