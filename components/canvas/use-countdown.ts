'use client'

import { useEffect, useState } from 'react'
import { useCanvasParts } from './canvas-context.ts'

/** The time until `dueAtMs` of the session's clock, updated five times a second; null if `dueAtMs` is null. */
export const useCountdown = (dueAtMs: number | null): number | null => {
  const { now } = useCanvasParts().session
  const [left, setLeft] = useState<number | null>(null)
  useEffect(() => {
    if (dueAtMs === null) {
      setLeft(null)
      return
    }
    const tick = () => setLeft(Math.max(0, dueAtMs - now()))
    tick()
    const timer = setInterval(tick, 200)
    return () => clearInterval(timer)
  }, [dueAtMs, now])
  return left
}
