'use client'

import { Grid3x3, Moon, Sun, SunMoon } from 'lucide-react'
import { useWords } from '../language.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { useCanvasParts, useSession, useShortcut, useUi } from './canvas-context.ts'
import { PainterChip } from './PainterChip.tsx'
import { type Panel, panelsIn } from './panels/panels.ts'
import { choose, togglePanel } from './ui-store.ts'

const themes = {
  system: { icon: SunMoon, next: 'light' },
  light: { icon: Sun, next: 'dark' },
  dark: { icon: Moon, next: 'system' },
} as const

const PanelButton = ({ panel }: { panel: Panel }) => {
  const words = useWords()
  const { ui } = useCanvasParts()
  const isOpen = useUi((state) => state.panel === panel.id)
  const shortcut = useShortcut(`panel.${panel.id}`)
  const canvas = useSession((state) => state.canvas)
  const memory = useUi((state) => state.memory)
  const news = (canvas && panel.newsLabel?.(words, { canvas, memory })) ?? null
  return (
    <span className={`relative ${panel.group === 'board' ? 'max-sm:hidden' : ''}`}>
      <IconButton
        icon={panel.icon}
        label={news ?? panel.label(words)}
        shortcut={shortcut}
        chosen={isOpen}
        onClick={() => togglePanel(ui, panel.id)}
      />
      {news && (
        <span
          aria-hidden
          className="pointer-events-none absolute top-1/2 start-1/2 mt-[-13px] ms-[5px] size-2 rounded-full bg-ultramarine ring-2 ring-surface"
        />
      )}
    </span>
  )
}

const PanelButtons = ({ group }: { group: Panel['group'] }) => panelsIn(group).map((panel) => <PanelButton key={panel.id} panel={panel} />)

export const ToolCard = () => {
  const words = useWords()
  const { t } = words
  const { ui } = useCanvasParts()
  const grid = useUi((state) => state.grid)
  const theme = useUi((state) => state.theme)
  return (
    <div className="flex shrink-0 gap-2.5">
      <div className="card pointer-events-auto flex min-h-[44px] items-center gap-0.5 px-1 pointer-coarse:px-0">
        <PanelButtons group="board" />
        <span aria-hidden className="mx-1 h-5 w-px bg-line max-sm:hidden" />
        <IconButton
          icon={Grid3x3}
          label={t('tools.grid')}
          shortcut={useShortcut('grid')}
          chosen={grid}
          onClick={() => choose(ui, { grid: !grid })}
          className="max-sm:hidden"
        />
        <IconButton
          icon={themes[theme].icon}
          label={t(`tools.theme.${theme}`)}
          onClick={() => choose(ui, { theme: themes[theme].next })}
          className="max-[359px]:hidden"
        />
        <PanelButtons group="page" />
      </div>
      <PainterChip />
    </div>
  )
}
