'use client'

import { Brush, ChevronDown, ChevronUp, LayoutGrid, Pipette } from 'lucide-react'
import { useWords } from '../language.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { BoardStateLine } from './BoardStateLine.tsx'
import { type BoardState, boardStateOf } from './board-state.ts'
import { ChargeMeter } from './ChargeMeter.tsx'
import { useCanvasParts, useColorInUse, useSession, useShortcut, useUi } from './canvas-context.ts'
import { InspectorStrip } from './inspector/InspectorCard.tsx'
import { NoticeLine } from './NoticeLine.tsx'
import { Palette } from './Palette.tsx'
import { PanelStrip } from './panels/PanelCard.tsx'
import { StrokeCounter } from './StrokeCounter.tsx'
import { usePlacing } from './templates/use-placing.ts'
import { UndoButton } from './UndoButton.tsx'
import { choose, togglePanel, toggleTool } from './ui-store.ts'
import { useMediaQuery, useSheets } from './use-media-query.ts'

/** Paints the selected cell and shows its coordinates, because a finger hides the cell. */
const PaintButton = ({ className }: { className: string }) => {
  const { t } = useWords()
  const { engine } = useCanvasParts()
  const cell = useUi((state) => state.cell)
  return (
    <button
      type="button"
      disabled={!cell}
      onClick={() => engine.act('touch')}
      className={`h-[48px] rounded-button bg-ultramarine px-4 text-[15px] font-semibold text-on-accent tabular-nums transition-opacity active:opacity-80 disabled:bg-line disabled:font-medium disabled:text-muted ${className}`}
    >
      {cell ? t('dock.paintCell', { x: cell.gx, y: cell.gy }) : t('dock.chooseCell')}
    </button>
  )
}

const ChosenSwatch = () => {
  const color = useColorInUse()
  const hex = useSession((state) => state.canvas?.palette[color])
  return (
    <span
      aria-hidden
      style={{ backgroundColor: hex }}
      className="size-8 shrink-0 rounded-swatch border border-ink/15 contrast-more:border-ink forced-colors:border-ink"
    />
  )
}

const ToolButtons = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const tool = useUi((state) => state.tool)
  const eyedropperKey = useShortcut('eyedropper')
  const brushKey = useShortcut('brush')
  return (
    <span className="flex shrink-0">
      <IconButton
        icon={Pipette}
        label={t('dock.eyedropper')}
        shortcut={eyedropperKey}
        chosen={tool === 'eyedropper'}
        onClick={() => toggleTool(ui, 'eyedropper')}
      />
      <IconButton
        icon={Brush}
        label={t('strokes.brush')}
        shortcut={brushKey}
        chosen={tool === 'brush'}
        onClick={() => toggleTool(ui, 'brush')}
        data-testid="brush"
      />
    </span>
  )
}

/** Opens what a phone has no room for beside the board. */
const ToolsButton = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const isOpen = useUi((state) => state.panel === 'tools')
  return (
    <IconButton
      icon={LayoutGrid}
      label={t('settings.tools')}
      chosen={isOpen}
      onClick={() => togglePanel(ui, 'tools')}
      data-testid="tools-button"
    />
  )
}

/** The dock of an upright phone. */
const Sheet = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const folded = useUi((state) => state.folded)
  // A mouse paints where it clicks, and would select other cells on its way to the button.
  const touch = useUi((state) => state.touch)
  if (folded) {
    return (
      <div className="flex items-center gap-2.5 p-2">
        <ChargeMeter compact />
        <ChosenSwatch />
        {touch ? <PaintButton className="min-w-0 flex-1 truncate px-2" /> : <span className="flex-1" />}
        <UndoButton compact />
        <ToolsButton />
        <IconButton icon={ChevronUp} label={t('dock.unfold')} onClick={() => choose(ui, { folded: false })} />
      </div>
    )
  }
  return (
    <div className="p-3">
      <div className="flex items-center justify-between">
        <ChargeMeter />
        <span className="flex">
          <ToolsButton />
          <IconButton icon={ChevronDown} label={t('dock.fold')} onClick={() => choose(ui, { folded: true })} />
        </span>
      </div>
      <div className="mt-2">
        <Palette columns={8} />
      </div>
      <div className="mt-2 flex items-center gap-2">
        <ToolButtons />
        <UndoButton compact />
        {touch && <PaintButton className="min-w-0 flex-1 px-2 leading-tight" />}
      </div>
    </div>
  )
}

/** The dock of a window, a tablet or a phone in landscape. */
const Row = () => {
  const touch = useUi((state) => state.touch)
  const isNarrow = !useMediaQuery('(min-width: 1024px)')
  const isSmall = !useMediaQuery('(min-width: 768px)')
  const isWide = useMediaQuery('(min-width: 1280px)')
  const hasText = useMediaQuery('(min-width: 1100px)') && (isWide || !touch)
  return (
    <div className="flex items-center gap-4 px-4 py-2.5 max-lg:gap-3 max-lg:px-3 max-md:gap-1.5 max-md:px-2.5">
      <ChargeMeter compact={isSmall || (touch && isNarrow)} />
      <div className="h-10 w-px shrink-0 bg-line max-md:hidden" />
      <Palette columns={16} />
      <ToolButtons />
      <UndoButton compact={!hasText} />
      {touch && (
        <PaintButton className="min-w-32 whitespace-nowrap max-lg:w-24 max-md:w-20 max-lg:min-w-0 max-lg:shrink-0 max-lg:whitespace-normal max-lg:px-2 max-lg:text-[13px] max-lg:leading-tight" />
      )}
    </div>
  )
}

/** Until the canvas is known, the dock shows the palette as bars. */
const open: BoardState = { kind: 'open' }

/** Charges and palette at the bottom of the page, or one sentence when nobody can paint. */
export const Dock = () => {
  const { t } = useWords()
  const isSheet = useSheets()
  const canvas = useSession((session) => session.canvas)
  const state = canvas ? boardStateOf(canvas) : open
  const placing = usePlacing()
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-0 flex flex-col items-center gap-2.5 pb-[max(10px,env(safe-area-inset-bottom))] beside-notch sm:pb-[max(16px,env(safe-area-inset-bottom))] short:pb-[max(8px,env(safe-area-inset-bottom))]">
      <StrokeCounter />
      <NoticeLine />
      <InspectorStrip />
      <PanelStrip />
      <section
        aria-label={t('dock.palette')}
        data-testid="dock"
        data-dock={isSheet ? 'sheet' : 'row'}
        className="card pointer-events-auto w-full max-w-[480px] sm:w-auto sm:max-w-full"
      >
        {placing ? <placing.Dock /> : state.kind !== 'open' ? <BoardStateLine state={state} /> : isSheet ? <Sheet /> : <Row />}
      </section>
    </div>
  )
}
