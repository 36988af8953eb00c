'use client'

import { useEffect, useRef } from 'react'

/** Moves the focus into a card, and back when the card closes, unless the focus is elsewhere by then. The board gets it if the former place is gone. */
export const useFocusWhileOpen = () => {
  const card = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    card.current?.focus({ preventScroll: true })
    return () => {
      const isFree = document.activeElement === null || document.activeElement === document.body
      if (!isFree) return
      const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body
      const next = isThere ? before : document.querySelector<HTMLElement>('[role="application"]')
      next?.focus({ preventScroll: true })
    }
  }, [])
  return card
}
