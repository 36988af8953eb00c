'use client'

import { useSyncExternalStore } from 'react'

/** Whether the window matches the query. False while the server renders. */
export const useMediaQuery = (query: string): boolean =>
  useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
    () => false,
  )

/** An upright phone: the dock and the panels are sheets. */
export const useSheets = (): boolean => !useMediaQuery('(min-width: 640px)')
