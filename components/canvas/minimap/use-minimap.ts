'use client'

/** Draws the minimap: its picture at most four times a second, and the frame of the window with each view. */
import { type RefObject, useEffect } from 'react'
import { tileOf, tilesX, tilesY } from '../../../lib/geometry.ts'
import { rgbOf } from '../../../lib/palette.ts'
import { useCanvasParts, useSession } from '../canvas-context.ts'
import type { CanvasInfo } from '../session/types.ts'
import { frameOf, planMinimap, windowArea } from './minimap-geometry.ts'
import { MinimapPicture } from './minimap-picture.ts'

const redrawEveryMs = 250
/** Device pixels of a side. */
const maxSide = 280

export const sideOf = (cssSide: number) => Math.min(maxSide, Math.round(cssSide * devicePixelRatio))

const markAll = (picture: MinimapPicture, canvas: CanvasInfo) => {
  const { tileSize } = canvas
  for (let ty = 0; ty < tilesY(canvas); ty++) {
    for (let tx = 0; tx < tilesX(canvas); tx++) picture.mark(tileOf(tileSize, { gx: tx * tileSize, gy: ty * tileSize }), null)
  }
}

export const useMinimapPicture = (target: RefObject<HTMLCanvasElement | null>, cssSide: number) => {
  const { engine, changes } = useCanvasParts()
  const canvas = useSession((state) => state.canvas)
  useEffect(() => {
    const context = target.current?.getContext('2d')
    if (!canvas || !context) return
    const side = sideOf(cssSide)
    Object.assign(context.canvas, { width: side, height: side })
    const picture = new MinimapPicture({
      board: canvas,
      plan: planMinimap(canvas, side),
      palette: canvas.palette.map(rgbOf),
      shown: (tile) => engine.shown(tile),
    })
    let timer: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      timer = undefined
      if (document.hidden || picture.draw() === 0) return
      context.putImageData(new ImageData(picture.rgba, side, side), 0, 0)
      context.canvas.dataset['redraws'] = String(Number(context.canvas.dataset['redraws'] ?? 0) + 1)
    }
    const drawSoon = () => {
      timer ??= setTimeout(draw, redrawEveryMs)
    }
    markAll(picture, canvas)
    draw()
    const stop = changes.subscribe(({ tile, positions }) => {
      picture.mark(tile, positions)
      drawSoon()
    })
    const onVisible = () => picture.isDirty && drawSoon()
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      stop()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [canvas, changes, cssSide, engine, target])
}

/** Keeps the frame where the window is. It is moved directly, because the view changes with each frame of a pan. */
export const useWindowFrame = (target: RefObject<HTMLElement | null>, cssSide: number) => {
  const { engine, ui } = useCanvasParts()
  const canvas = useSession((state) => state.canvas)
  useEffect(() => {
    const element = target.current
    if (!canvas || !element) return
    const plan = planMinimap(canvas, cssSide)
    const place = () => {
      const frame = frameOf(plan, windowArea(engine.view(), { width: innerWidth, height: innerHeight }))
      for (const name of ['left', 'top', 'width', 'height'] as const) element.style[name] = `${(frame[name] * 100).toFixed(2)}%`
    }
    place()
    const stop = ui.subscribe(place)
    addEventListener('resize', place)
    return () => {
      stop()
      removeEventListener('resize', place)
    }
  }, [canvas, cssSide, engine, target, ui])
}
