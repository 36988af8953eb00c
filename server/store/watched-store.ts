/**
 * A store whose failed writes are noticed (see `observability/write-watch.ts`). While writes fail, each ping also tries to write, so that the recovery is
 * noticed although nobody paints.
 */
import type { WriteWatch } from '../observability/write-watch.ts'
import type { Store } from './port.ts'

type Method = (...args: unknown[]) => unknown

/** Calls that have certainly written when they resolve; others may have found nothing to write. */
const surelyWrites: ReadonlySet<string> = new Set(['checkWritable', 'savePoint'])
const checkEveryMs = 1_000

const watchMethods = <Part extends object>(part: Part, watch: WriteWatch): Part => {
  const watched = ([name, run]: [string, Method]): [string, Method] => [
    name,
    async (...args) => {
      try {
        const result = await run(...args)
        if (surelyWrites.has(name)) watch.worked()
        return result
      } catch (error) {
        watch.failed(error)
        throw error
      }
    },
  ]
  const methods = Object.entries(part).filter((entry): entry is [string, Method] => typeof entry[1] === 'function')
  return { ...part, ...Object.fromEntries(methods.map(watched)) }
}

export const watchStore = (store: Store, watch: WriteWatch, now: () => number): Store => {
  const watched = watchMethods({ ...store, projections: watchMethods(store.projections, watch) }, watch)
  let checkedAtMs = Number.NEGATIVE_INFINITY
  return {
    ...watched,
    async ping() {
      await watched.ping()
      if (watch.reason === null || now() - checkedAtMs < checkEveryMs) return
      checkedAtMs = now()
      // What it finds is in `watch`.
      await watched.checkWritable().catch(() => undefined)
    },
  }
}
