'use client'

/** Times that the server sends are compared with the server's clock, because a visitor's clock may be wrong by hours. */
import { useEffect, useState } from 'react'
import { useCanvasParts } from './canvas-context.ts'

const checkEveryMs = 250

/** Whole seconds until `atMs` of the server's clock, rounded up; 0 or less afterwards. Null if `atMs` is null. */
export const useSecondsUntil = (atMs: number | null): number | null => {
  const { serverNow } = useCanvasParts().session
  const left = () => (atMs === null ? null : Math.ceil((atMs - serverNow()) / 1_000))
  const [seconds, setSeconds] = useState(left)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `left` depends on these two
  useEffect(() => {
    setSeconds(left())
    if (atMs === null) return
    const timer = setInterval(() => setSeconds(left()), checkEveryMs)
    return () => clearInterval(timer)
  }, [atMs, serverNow])
  return seconds
}
