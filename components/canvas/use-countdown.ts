'use client'

import { useEffect, useState } from 'react'

/** Milliseconds until `dueAtMs` of the local clock, renewed a few times a second; null while nothing is due. */
export const useCountdown = (dueAtMs: number | null): number | null => {
  const [left, setLeft] = useState<number | null>(null)
  useEffect(() => {
    if (dueAtMs === null) {
      setLeft(null)
      return
    }
    const tick = () => setLeft(Math.max(0, dueAtMs - Date.now()))
    tick()
    const timer = setInterval(tick, 200)
    return () => clearInterval(timer)
  }, [dueAtMs])
  return left
}
