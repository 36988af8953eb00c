'use client'

import { useUi } from './canvas-context.ts'

/** Announcements for screen readers: the selected cell with its color, and what happened. */
export const LiveRegion = () => {
  const announcement = useUi((state) => state.announcement)
  return (
    <p aria-live="polite" className="sr-only" data-testid="announcement">
      {announcement}
    </p>
  )
}
