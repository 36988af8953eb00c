/**
 * A store that reports failed writes to a `WriteWatch`. While writes fail, a ping also tries to write, so that a recovery is found without a
 * placement.
 */
import type { WriteWatch } from '../observability/write-watch.ts'
import type { Store } from './port.ts'

type Method = (...args: unknown[]) => unknown

/** Calls that have certainly written when they resolve. Others may have had nothing to write. */
const alwaysWrites: ReadonlySet<string> = new Set(['checkWritable', 'savePoint'])
const checkEveryMs = 1_000

const watchMethods = <Part extends object>(part: Part, watch: WriteWatch): Part => {
  const watched = ([name, run]: [string, Method]): [string, Method] => [
    name,
    async (...args) => {
      try {
        const result = await run(...args)
        if (alwaysWrites.has(name)) watch.worked()
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
  const watched = watchMethods(
    { ...store, projections: watchMethods(store.projections, watch), webhooks: watchMethods(store.webhooks, watch) },
    watch,
  )
  let checkedAtMs = Number.NEGATIVE_INFINITY
  return {
    ...watched,
    async ping() {
      await watched.ping()
      if (watch.reason === null || now() - checkedAtMs < checkEveryMs) return
      checkedAtMs = now()
      // `watch` has the result.
      await watched.checkWritable().catch(() => undefined)
    },
  }
}
