/**
 * How transactions, publishers' rounds and windows go in step (decisions 29 and 36): a transaction comes just before the round that carries it, and that
 * just before the window in which it is shown.
 *
 * A busy publisher's rounds go by the window of the gateway in its process, but each of them costs the store, and others have gateways, too. They are a
 * little longer than the window: so they come later into it each time, until each finds it just over. As long as the window, they would wait for its end for
 * ever, by whatever they were early at first. Transactions of many painters are a little further apart than rounds, and find those just over.
 */
import { manyPixels } from './broadcasting/window.ts'

const ms = { shortest: 25, longest: 60, after: 3 }
/** When nobody watches here: as a gateway with many sockets; when many pixels come, each round costs all gateways, too. */
const unwatchedMs = { few: 60, many: 100 }

export const createPace = ({ windowMs, sockets }: { windowMs: () => number; sockets: () => number }) => {
  const watchedMs = () => Math.min(ms.longest, Math.max(ms.shortest, windowMs())) + ms.after
  return {
    /** From one round of a publisher to the next, after one that carried so many pixels. */
    roundMs({ pixels }: { pixels: number }): number {
      if (sockets() > 0) return watchedMs()
      return pixels < manyPixels ? unwatchedMs.few : unwatchedMs.many
    },
    /** How long a painter is waited for (`placement/gathering.ts`). */
    missedMs: (): number => watchedMs() + ms.after,
  }
}
