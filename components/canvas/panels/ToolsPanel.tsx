'use client'

import { Brush, ChevronRight, Grid3x3, type LucideIcon, Pipette } from 'lucide-react'
import { useWords } from '../../language.tsx'
import { useCanvasParts, useUi } from '../canvas-context.ts'
import { choose, toggleTool } from '../ui-store.ts'
import { panels, panelsIn } from './panels.ts'

interface TileProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly onClick: () => void
  /** Absent: it opens something. */
  readonly isOn?: boolean
  readonly name: string
}

const Tile = ({ icon: Icon, label, onClick, isOn, name }: TileProps) => (
  <button
    type="button"
    onClick={onClick}
    data-testid={`tool-${name}`}
    {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
    className="flex min-h-[68px] min-w-0 flex-col items-center justify-center gap-1.5 rounded-button border border-line px-1 py-2 text-[13px] leading-tight aria-pressed:border-transparent aria-pressed:bg-ultramarine/12 aria-pressed:text-ultramarine"
  >
    <Icon size={21} strokeWidth={1.8} aria-hidden />
    <span className="max-w-full wrap-anywhere">{label}</span>
  </button>
)

/** What a phone has no room for beside the board: the tools as tiles, and help and settings below them. */
export const ToolsPanel = () => {
  const words = useWords()
  const { t } = words
  const { ui } = useCanvasParts()
  const grid = useUi((state) => state.grid)
  const tool = useUi((state) => state.tool)
  const rows = [...panels.filter(({ id }) => id === 'help'), ...panelsIn('menu')]
  return (
    <div data-testid="tools">
      <div className="grid grid-cols-3 gap-2">
        {[...panelsIn('board'), ...panelsIn('view')].map(({ id, icon, label }) => (
          <Tile key={id} name={id} icon={icon} label={label(words)} onClick={() => ui.setState({ panel: id, panelIsLow: false })} />
        ))}
        <Tile
          name="brush"
          icon={Brush}
          label={t('strokes.brush')}
          isOn={tool === 'brush'}
          onClick={() => {
            toggleTool(ui, 'brush')
            ui.setState({ panel: null })
          }}
        />
        <Tile
          name="eyedropper"
          icon={Pipette}
          label={t('settings.eyedropper')}
          isOn={tool === 'eyedropper'}
          onClick={() => {
            toggleTool(ui, 'eyedropper')
            ui.setState({ panel: null })
          }}
        />
        <Tile name="grid" icon={Grid3x3} label={t('tools.grid')} isOn={grid} onClick={() => choose(ui, { grid: !grid })} />
      </div>
      <div className="mt-4 divide-y divide-line border-t border-line">
        {rows.map(({ id, icon: Icon, title }) => (
          <button
            key={id}
            type="button"
            className="flex min-h-[48px] w-full items-center gap-3 text-start"
            onClick={() => ui.setState({ panel: id, panelIsLow: false })}
          >
            <Icon size={19} strokeWidth={1.8} aria-hidden />
            <span className="flex-1">{title(words)}</span>
            <ChevronRight size={17} className="text-muted rtl:-scale-x-100" aria-hidden />
          </button>
        ))}
      </div>
    </div>
  )
}
