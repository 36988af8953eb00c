'use client'

import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { useWords } from '../../language.tsx'
import { useCanvasParts, useSession } from '../canvas-context.ts'
import { shownTemplates, type TemplateStore } from '../templates/template-store.ts'
import { announce } from '../ui-store.ts'
import { boardPointAt, frameOf, planMinimap, stepOf, windowArea } from './minimap-geometry.ts'
import { useMinimapPicture, useWindowFrame } from './use-minimap.ts'

/** CSS pixels of the side. */
const side = 124

/** The whole board, with the window and the templates as frames. A click centers the view, and dragging or arrow keys move it. */
export const Minimap = () => {
  const { t } = useWords()
  const { engine, ui, templates } = useCanvasParts()
  const canvas = useSession((state) => state.canvas)
  const templateStore = useStore(templates.state, (state) => state.store)
  const picture = useRef<HTMLCanvasElement>(null)
  const frame = useRef<HTMLSpanElement>(null)
  const [isDragged, setIsDragged] = useState(false)
  useMinimapPicture(picture, side)
  useWindowFrame(frame, side)
  if (!canvas) return null
  const plan = planMinimap(canvas, side)

  const center = ({ clientX, clientY, currentTarget }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect()
    engine.centerOn(boardPointAt(plan, canvas, (clientX - box.left) / box.width, (clientY - box.top) / box.height))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const view = engine.view()
    const step = stepOf(event.key, windowArea(view, { width: innerWidth, height: innerHeight }))
    if (!step) return
    event.preventDefault()
    const x = Math.min(canvas.width, Math.max(0, view.centerX + step.x))
    const y = Math.min(canvas.height, Math.max(0, view.centerY + step.y))
    engine.centerOn({ x, y })
    announce(ui, t('minimap.at', { x: Math.floor(x), y: Math.floor(y) }))
  }
  return (
    <div
      role="application"
      aria-label={t('minimap.label')}
      ref={makeFocusable}
      dir="ltr"
      data-testid="minimap"
      className="relative touch-none overflow-hidden rounded-[8px] bg-plaster"
      style={{ width: side, height: side, cursor: isDragged ? 'grabbing' : 'pointer' }}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        setIsDragged(true)
        center(event)
      }}
      onPointerMove={(event) => isDragged && center(event)}
      onPointerUp={() => setIsDragged(false)}
      onPointerCancel={() => setIsDragged(false)}
    >
      <Underlay />
      <canvas ref={picture} aria-hidden data-testid="minimap-picture" className="absolute inset-0 size-full [image-rendering:auto]" />
      {templateStore && <TemplateFrames store={templateStore} />}
      <span
        ref={frame}
        aria-hidden
        data-testid="minimap-window"
        className="pointer-events-none absolute min-h-[5px] min-w-[5px] rounded-[3px] border-[1.5px] border-white shadow-[0_0_0_1px_black,inset_0_0_0_1px_black]"
      />
    </div>
  )
}

const makeFocusable = (element: HTMLElement | null) => {
  if (element) element.tabIndex = 0
}

const renewEveryMs = 60_000

/** The server's thumbnail, where the page does not hold the tiles. It may be a minute old. */
const Underlay = () => {
  const canvas = useSession((state) => state.canvas)
  const [renewed, setRenewed] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setRenewed(Date.now()), renewEveryMs)
    return () => clearInterval(timer)
  }, [])
  if (!canvas || canvas.tilesX * canvas.tilesY === 1) return null
  const { left, top, width, height } = planMinimap(canvas, side)
  const source = `/api/canvases/${encodeURIComponent(canvas.id)}/thumbnail.png`
  return (
    // biome-ignore lint/performance/noImgElement: the server makes this picture in its size
    <img
      alt=""
      src={renewed === 0 ? source : `${source}?${renewed}`}
      draggable={false}
      className="pointer-events-none absolute max-w-none"
      style={{ left, top, width, height }}
    />
  )
}

const TemplateFrames = ({ store }: { store: TemplateStore }) => {
  const canvas = useSession((state) => state.canvas)
  const state = useStore(store.state)
  if (!canvas) return null
  const plan = planMinimap(canvas, side)
  return shownTemplates(state).map(({ id, x, y, picture }) => {
    const { left, top, width, height } = frameOf(plan, { left: x, top: y, width: picture.width, height: picture.height })
    const percent = (part: number) => `${part * 100}%`
    return (
      <span
        key={id}
        aria-hidden
        data-testid="minimap-template"
        className="pointer-events-none absolute min-h-[3px] min-w-[3px] border border-ultramarine border-dashed bg-ultramarine/12"
        style={{ left: percent(left), top: percent(top), width: percent(width), height: percent(height) }}
      />
    )
  })
}
