'use client'

/** Keeps the inspector's card and mark at their cell in each frame, without React. */
import { type RefObject, useLayoutEffect } from 'react'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { type CanvasParts, useCanvasParts } from '../canvas-context.ts'
import { placeCard } from './card-place.ts'

const margin = 16
const belowTopCards = 70
const aboveDock = 10
const panelWidth = 352
/** A phone lying down: the card takes the whole height. */
const isShort = () => innerHeight <= 480

const screenBox = ({ engine }: Pick<CanvasParts, 'engine'>, { gx, gy }: BoardPoint) => {
  const { centerX, centerY, zoom } = engine.view()
  const left = (gx - centerX) * zoom + innerWidth / 2
  const top = (gy - centerY) * zoom + innerHeight / 2
  return { left, top, right: left + zoom, bottom: top + zoom }
}

/** The part of the window beside the open panel, above the dock and below the cards at the top. */
const freeBox = ({ ui }: Pick<CanvasParts, 'ui'>) => {
  const dock = document.querySelector('[data-dock]')?.getBoundingClientRect()
  const vertical = isShort()
    ? { top: margin / 2, bottom: innerHeight - margin / 2 }
    : { top: belowTopCards, bottom: (dock ? dock.top : innerHeight) - aboveDock }
  const hasPanel = ui.getState().panel !== null && innerWidth >= 2 * panelWidth
  const panel = hasPanel ? panelWidth + margin : 0
  const isRtl = document.documentElement.dir === 'rtl'
  return { ...vertical, left: margin + (isRtl ? panel : 0), right: innerWidth - margin - (isRtl ? 0 : panel) }
}

const useEachFrame = (parts: CanvasParts, place: () => void, watched?: RefObject<HTMLElement | null>) => {
  useLayoutEffect(() => {
    place()
    const stop = parts.ui.subscribe(place)
    addEventListener('resize', place)
    const size = new ResizeObserver(place)
    if (watched?.current) size.observe(watched.current)
    return () => {
      stop()
      removeEventListener('resize', place)
      size.disconnect()
    }
  })
}

/** `isBeside`: the card is beside the cell. On an upright phone it is a sheet, which the style sheet places. */
export const useCardBesideCell = (cell: BoardPoint, card: RefObject<HTMLElement | null>, isBeside: boolean) => {
  const parts = useCanvasParts()
  useEachFrame(
    parts,
    () => {
      const element = card.current
      if (!element) return
      if (!isBeside) return void Object.assign(element.style, { left: '', top: '' })
      const size = { width: element.offsetWidth, height: element.offsetHeight }
      const { left, top } = placeCard({ cell: screenBox(parts, cell), card: size, free: freeBox(parts) })
      Object.assign(element.style, { left: `${Math.round(left)}px`, top: `${Math.round(top)}px` })
    },
    card,
  )
}

/** As wide as a selected cell is at least (`scene.ts`). */
const minMark = 5

export const useMarkOnCell = (cell: BoardPoint, mark: RefObject<HTMLElement | null>) => {
  const parts = useCanvasParts()
  useEachFrame(parts, () => {
    const { left, top, right, bottom } = screenBox(parts, cell)
    const size = Math.max(minMark, right - left)
    const [x, y] = [(left + right - size) / 2, (top + bottom - size) / 2]
    if (mark.current) Object.assign(mark.current.style, { left: `${x}px`, top: `${y}px`, width: `${size}px`, height: `${size}px` })
  })
}

/** Moves the board so far that a sheet does not cover the cell. */
export const useCellAboveSheet = (cell: BoardPoint, sheet: RefObject<HTMLElement | null>, isSheet: boolean) => {
  const { engine } = useCanvasParts()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the sheet opens
  useLayoutEffect(() => {
    if (!isSheet || !sheet.current) return
    const { bottom } = screenBox({ engine }, cell)
    const free = innerHeight - sheet.current.offsetHeight - 2 * margin
    const { centerX, centerY, zoom } = engine.view()
    if (bottom > free) engine.centerOn({ x: centerX, y: centerY + (bottom - free) / zoom, zoom })
  }, [])
}
