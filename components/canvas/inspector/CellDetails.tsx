'use client'

/** What the inspector says about a cell: what stands there, who painted it, its history, and what a painter can do with it. */
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { type BoardPoint, contains } from '../../../lib/geometry.ts'
import { colorText } from '../../../lib/words/page-words.ts'
import { agoText } from '../../../lib/words/times.ts'
import { useWords } from '../../language.tsx'
import { useCanvasParts, useSession, useUi } from '../canvas-context.ts'
import type { CanvasInfo } from '../session/types.ts'
import { announce, colorName } from '../ui-store.ts'
import { useSheets } from '../use-media-query.ts'
import { CellActions } from './CellActions.tsx'
import { CellHistory } from './CellHistory.tsx'
import type { InspectionState } from './inspection.ts'
import { useInspection, useShownColor } from './use-inspection.ts'

export const CellDetails = () => {
  const canvas = useSession((state) => state.canvas)
  const cell = useUi((state) => state.inspected)
  if (!canvas || !cell) return null
  if (!contains(canvas, cell)) return <Outside canvas={canvas} cell={cell} />
  // Another epoch is another history.
  return <Inside key={canvas.epoch} canvas={canvas} cell={cell} />
}

interface CellProps {
  readonly canvas: CanvasInfo
  readonly cell: BoardPoint
}

interface HeadProps {
  readonly cell: BoardPoint
  readonly hex: string | null
  readonly text: string
}

const Head = ({ cell, hex, text }: HeadProps) => {
  const { t } = useWords()
  const isStrip = useIsStrip()
  return (
    <div className="flex shrink-0 items-start gap-3 p-3.5 pe-12 max-sm:pe-26 max-sm:py-2.5">
      <span
        aria-hidden
        data-testid="inspected-swatch"
        data-color={hex ?? 'none'}
        style={hex === null ? {} : { backgroundColor: hex }}
        className={`size-9 shrink-0 rounded-swatch border contrast-more:border-ink forced-colors:border-ink ${hex === null ? 'border-muted border-dashed' : 'border-ink/15'}`}
      />
      <div className="min-w-0">
        <h2 className="numbers w-fit font-semibold">{t('view.cell', { x: cell.gx, y: cell.gy })}</h2>
        <p data-testid="inspected-text" className={`text-[12.5px] text-muted ${isStrip ? 'truncate' : 'text-pretty'}`}>
          {text}
        </p>
      </div>
    </div>
  )
}

const useIsStrip = () => {
  const isLow = useUi((state) => state.inspectorIsLow)
  return useSheets() && isLow
}

const Outside = ({ canvas: { width, height }, cell }: CellProps) => {
  const { t } = useWords()
  return <Head cell={cell} hex={null} text={t('inspector.outside', { width, height })} />
}

/** The server's time, now and then, so that "4 minutes ago" stays right. */
const useServerNow = (changed: unknown) => {
  const { serverNow } = useCanvasParts().session
  const [nowMs, setNow] = useState(serverNow)
  // biome-ignore lint/correctness/useExhaustiveDependencies: also after each answer
  useEffect(() => {
    setNow(serverNow())
    const timer = setInterval(() => setNow(serverNow()), 15_000)
    return () => clearInterval(timer)
  }, [serverNow, changed])
  return nowMs
}

const Inside = ({ canvas, cell }: CellProps) => {
  const words = useWords()
  const { session } = useCanvasParts()
  const inspection = useInspection(canvas, cell)
  const state = useStore(inspection.store)
  const shown = useShownColor(canvas, cell)
  const nowMs = useServerNow(state.facts)
  const isStrip = useIsStrip()
  useColorAnnouncement(canvas, cell, shown)
  const hex = (shown === null ? state.facts?.color : canvas.palette[shown]) ?? null
  return (
    <>
      <Head cell={cell} hex={hex} text={useSentence({ canvas, shown, state, nowMs })} />
      {!isStrip && (
        <>
          <div className="min-h-0 flex-1 overflow-y-auto border-line border-t px-3.5 py-2 sm:empty:hidden">
            <CellHistory inspection={inspection} nowMs={Math.max(nowMs, session.serverNow())} />
          </div>
          <CellActions
            cell={cell}
            color={shown}
            name={shown === null ? null : colorText(words, colorName(canvas, shown))}
            by={state.facts?.by ?? null}
          />
        </>
      )}
    </>
  )
}

interface Known {
  readonly canvas: CanvasInfo
  readonly shown: number | null
  readonly state: InspectionState
  readonly nowMs: number
}

/** One sentence about what stands there. While the history is older than the board, only the color is certain. */
const useSentence = ({ canvas, shown, state: { facts }, nowMs }: Known): string => {
  const words = useWords()
  if (shown === null && !facts) return words.t('inspector.notLoaded')
  const index = shown ?? canvas.palette.indexOf(facts?.color ?? '')
  const color = colorText(words, colorName(canvas, index))
  if (!facts || facts.color !== canvas.palette[index]) return color
  if (facts.at === null) return facts.history.length === 0 ? words.t('inspector.unpainted') : color
  return words.t('inspector.painted', { color, ago: agoText(words, Date.parse(facts.at), { nowMs, style: 'long' }) })
}

/** Screen readers read a new color of the cell. */
const useColorAnnouncement = (canvas: CanvasInfo, { gx, gy }: BoardPoint, shown: number | null) => {
  const words = useWords()
  const { ui } = useCanvasParts()
  const before = useRef(shown)
  useEffect(() => {
    if (shown === before.current) return
    before.current = shown
    if (shown === null) return
    announce(ui, words.t('announce.cell', { x: gx, y: gy, color: colorText(words, colorName(canvas, shown)) }))
  }, [ui, words, canvas, gx, gy, shown])
}
