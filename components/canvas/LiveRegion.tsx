'use client'

import { useUi } from './canvas-context.ts'

/** What a screen reader hears: where the cell is, what colour is there, what happened. */
export const LiveRegion = () => {
  const announcement = useUi((state) => state.announcement)
  return (
    <p aria-live="polite" className="sr-only" data-testid="announcement">
      {announcement}
    </p>
  )
}
