'use client'

/** Loads a value again and again while the page is visible. After a failure the last value stays. */
import { useCallback, useEffect, useState } from 'react'

const everyMs = 10_000
const failedMs = 5_000

export interface Polled<Value> {
  /** Null until the first answer, and after `key` has changed. */
  readonly value: Value | null
  readonly hasFailed: boolean
  readonly tryNow: () => void
}

interface Loaded<Value> {
  readonly key: string
  readonly value: Value | null
  readonly hasFailed: boolean
}

/** `key` names what `load` loads. Null loads nothing. */
export const usePolled = <Value>(key: string | null, load: (signal: AbortSignal) => Promise<Value>): Polled<Value> => {
  const [loaded, setLoaded] = useState<Loaded<Value> | null>(null)
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `load`, and each try loads again
  useEffect(() => {
    if (key === null) return
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const step = async () => {
      let waitMs = everyMs
      try {
        if (!document.hidden) {
          const value = await load(stop.signal)
          if (!stop.signal.aborted) setLoaded({ key, value, hasFailed: false })
        }
      } catch {
        waitMs = failedMs
        if (!stop.signal.aborted) setLoaded((last) => ({ key, value: last?.key === key ? last.value : null, hasFailed: true }))
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void step(), waitMs)
    }
    const onVisible = () => {
      if (document.hidden) return
      clearTimeout(timer)
      void step()
    }
    void step()
    document.addEventListener('visibilitychange', onVisible, { signal: stop.signal })
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [key, tries])
  const tryNow = useCallback(() => setTries((count) => count + 1), [])
  const current = loaded?.key === key ? loaded : null
  return { value: current?.value ?? null, hasFailed: current?.hasFailed ?? false, tryNow }
}
