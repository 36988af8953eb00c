'use client'

import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { hexOfRgb } from '../../../lib/templates/match-colors.ts'
import { useWords } from '../../language.tsx'
import { useCanvasParts } from '../canvas-context.ts'
import { drawPicture } from './PicturePreview.tsx'
import { listenWhilePlacing } from './placing-gestures.ts'
import { usePlacingActs, usePlacingKeys } from './use-placing-keys.ts'
import { useImportState, useLoadedTemplates, usePalette, useTemplateState } from './use-templates.ts'

const arrows = [
  { key: 'left', icon: ChevronLeft, by: [-1, 0], place: 'top-1/2 -left-8 -translate-1/2' },
  { key: 'right', icon: ChevronRight, by: [1, 0], place: 'top-1/2 -right-8 translate-x-1/2 -translate-y-1/2' },
  { key: 'up', icon: ChevronUp, by: [0, -1], place: 'left-1/2 -top-8 -translate-1/2' },
  { key: 'down', icon: ChevronDown, by: [0, 1], place: 'left-1/2 -bottom-8 -translate-x-1/2 translate-y-1/2' },
] as const

/** Draws the template that is placed or moved, and moves it with the pointer. It covers the board, so nothing is painted meanwhile. */
export const PlacingOverlay = () => {
  const { t } = useWords()
  const acts = usePlacingActs()
  usePlacingKeys()
  const { cover, frame } = usePlacingFrame(acts.announcePlace)
  const canvas = usePlacedPicture()
  const draft = useTemplateState((state) => state.draft)
  if (!draft) return null
  return (
    <div ref={cover} dir="ltr" data-testid="placing" className="absolute inset-0 touch-none overflow-hidden">
      <div ref={frame} className="pointer-events-none absolute">
        <canvas ref={canvas} aria-hidden className="size-full [image-rendering:pixelated]" />
        <div className="absolute -inset-[3px] border-3 border-ultramarine outline-2 outline-surface" />
        <p className="numbers absolute -top-9 left-0 rounded-[8px] bg-ultramarine px-2 py-1 text-[12.5px] whitespace-nowrap text-on-accent max-sm:hidden">
          {t('templates.position', { x: draft.x, y: draft.y })}
        </p>
        {arrows.map(({ key, icon: Icon, by, place }) => (
          <button
            key={key}
            type="button"
            aria-label={t(`templates.arrows.${key}`)}
            onClick={() => acts.moveBy(by[0], by[1])}
            className={`card pointer-events-auto absolute grid size-9 place-items-center rounded-full pointer-coarse:size-[44px] ${place}`}
          >
            <Icon size={19} strokeWidth={1.8} aria-hidden />
          </button>
        ))}
      </div>
    </div>
  )
}

/** Keeps the frame where the template is in each drawn frame, without React. */
const usePlacingFrame = (onMoved: () => void) => {
  const { engine, ui } = useCanvasParts()
  const { store, imports } = useLoadedTemplates()
  const cover = useRef<HTMLDivElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const moved = useRef(onMoved)
  moved.current = onMoved
  useLayoutEffect(() => {
    const place = () => {
      const { draft } = store.state.getState()
      if (!draft || !frame.current) return
      const { centerX, centerY, zoom } = engine.view()
      Object.assign(frame.current.style, {
        left: `${(draft.x - centerX) * zoom + innerWidth / 2}px`,
        top: `${(draft.y - centerY) * zoom + innerHeight / 2}px`,
        width: `${draft.picture.width * zoom}px`,
        height: `${draft.picture.height * zoom}px`,
      })
    }
    place()
    const stops = [ui.subscribe(place), store.state.subscribe(place)]
    addEventListener('resize', place)
    return () => {
      for (const stop of stops) stop()
      removeEventListener('resize', place)
    }
  }, [engine, ui, store])
  useEffect(() => {
    const board = document.querySelector<HTMLElement>('[data-testid="board"]')
    if (!cover.current || !board) return
    return listenWhilePlacing(cover.current, { engine, board, store, imports, onMoved: () => moved.current() })
  }, [engine, store, imports])
  return { cover, frame }
}

const usePlacedPicture = () => {
  const { imports } = useLoadedTemplates()
  const canvas = useRef<HTMLCanvasElement>(null)
  const palette = usePalette()
  const picture = useTemplateState((state) => state.draft?.picture)
  const imported = useImportState()
  const isOriginal = useStore(imports.original, ({ isShown }) => isShown)
  useEffect(() => {
    if (!canvas.current || !picture) return
    if (!isOriginal || imported.step !== 'placing') return drawPicture(canvas.current, picture, (number) => palette[number])
    const { width, height, pixels, foreign } = imported.decoded.picture
    const colors = new Map(foreign.map(({ number, rgb }) => [number, hexOfRgb(rgb)]))
    drawPicture(canvas.current, { width, height, cells: pixels }, (number) => palette[number] ?? colors.get(number))
  }, [picture, palette, imported, isOriginal])
  return canvas
}
