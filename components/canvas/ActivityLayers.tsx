'use client'

import { useEffect } from 'react'
import { useCanvasParts, useUi } from './canvas-context.ts'

/** Follows the activity of the board while it is drawn or its panel is open. The code is loaded then. */
export const ActivityLayers = () => {
  const parts = useCanvasParts()
  const isWanted = useUi((state) => state.activity !== 'off' || state.panel === 'activity')
  useEffect(() => {
    if (!isWanted) return
    let stop: (() => void) | null = null
    let isOver = false
    import('./activity/start-activity.ts').then(
      ({ startActivity }) => {
        if (!isOver) stop = startActivity(parts)
      },
      // The panel says that it could not be loaded.
      () => undefined,
    )
    return () => {
      isOver = true
      stop?.()
    }
  }, [isWanted, parts])
  return null
}
