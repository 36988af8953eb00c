'use client'

/** Follows one cell: its color at once with the board, and its history soon after each change. */
import { useEffect, useState } from 'react'
import { type BoardPoint, positionOf, tileOf } from '../../../lib/geometry.ts'
import type { BoardChange } from '../board-changes.ts'
import { type CanvasParts, useCanvasParts, useSession } from '../canvas-context.ts'
import { isLive } from '../session/connection-info.ts'
import type { CanvasInfo } from '../session/types.ts'
import { Inspection } from './inspection.ts'
import { readPixel } from './read-pixel.ts'

const touches = ({ tile, positions }: BoardChange, { tileSize }: CanvasInfo, cell: BoardPoint) => {
  if (tile !== tileOf(tileSize, cell)) return false
  return positions === null || Array.prototype.includes.call(positions, positionOf(tileSize, cell))
}

const timers = {
  set: (act: () => void, delayMs: number) => window.setTimeout(act, delayMs),
  clear: (timer: number) => window.clearTimeout(timer),
}

const create = ({ session }: CanvasParts, canvasId: string, cell: BoardPoint) =>
  new Inspection({
    read: (request) => readPixel({ canvasId, cell, ...request }),
    timers,
    now: session.now,
    serverNow: session.serverNow,
  })

/** The palette index that the board shows; null while that part is not loaded. */
export const useShownColor = (canvas: CanvasInfo, cell: BoardPoint): number | null => {
  const { engine, changes } = useCanvasParts()
  const [color, setColor] = useState(() => engine.pixelAt(cell))
  useEffect(() => {
    const update = () => setColor(engine.pixelAt(cell))
    update()
    return changes.subscribe((change) => touches(change, canvas, cell) && update())
  }, [engine, changes, canvas, cell])
  return color
}

export const useInspection = (canvas: CanvasInfo, cell: BoardPoint): Inspection => {
  const parts = useCanvasParts()
  const [inspection] = useState(() => create(parts, canvas.id, cell))
  const connected = useSession((state) => isLive(state.connection))
  useEffect(() => inspection.start(), [inspection])
  useEffect(
    () =>
      parts.changes.subscribe((change) => {
        if (change.kind !== 'optimistic' && touches(change, canvas, cell)) inspection.refresh()
      }),
    [parts, canvas, cell, inspection],
  )
  // What happened while the page was offline did not arrive as single changes.
  useEffect(() => {
    if (connected) inspection.refresh()
  }, [connected, inspection])
  return inspection
}
