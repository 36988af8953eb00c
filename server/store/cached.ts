/**
 * A value of the store that many requests need. It is at most `maxAgeMs` old, and `forget` makes it read the store again at once. While the store is
 * down or slow, the last value is still returned.
 */
import { within } from '../clock.ts'

const maxAgeMs = 1_000
/** How long a request waits for the store when the cache has a value that is only old. */
const patienceMs = 250

/** A value that was read less than this ago is not renewed, so that requests for what does not exist cause few reads. */
const renewAfterMs = 100

export interface Cached<Value> {
  get(): Promise<Value>
  forget(): void
  /** The value may have changed: the next `get` treats it as old. */
  renew(): void
}

export const createCached = <Value>(read: () => Promise<Value>, now: () => number): Cached<Value> => {
  let known: { value: Value; readAtMs: number } | null = null
  let isForgotten = false
  /** Requests of the same time share one call of the store. */
  let reading: Promise<Value> | null = null

  const startReading = () => {
    const readAtMs = now()
    const call: Promise<Value> = read()
      .then((value) => {
        // After `forget`, a call that began before the change may have the old value.
        if (reading === call) [known, isForgotten] = [{ value, readAtMs }, false]
        return value
      })
      .finally(() => {
        if (reading === call) reading = null
      })
    return call
  }

  return {
    async get() {
      if (known && !isForgotten && now() - known.readAtMs < maxAgeMs) return known.value
      reading ??= startReading()
      if (!known?.value) return reading
      const { value } = known
      return (isForgotten ? reading : within(patienceMs, reading, () => new Error('late'))).catch(() => value)
    },
    forget() {
      isForgotten = true
      reading = null
    },
    renew() {
      if (known && now() - known.readAtMs >= renewAfterMs) known = { ...known, readAtMs: Number.NEGATIVE_INFINITY }
    },
  }
}
