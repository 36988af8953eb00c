'use client'

import { Minus, Plus, Share2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { linkPath } from '../../lib/board-location.ts'
import { zoomText } from '../../lib/words/page-words.ts'
import { useWords } from '../language.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { useCanvasParts, useShortcut, useUi } from './canvas-context.ts'
import { announce, togglePanel } from './ui-store.ts'

/** A text that is shown for a moment, and that screen readers announce. */
const useBriefText = () => {
  const { ui } = useCanvasParts()
  const [said, setSaid] = useState<string | null>(null)

  useEffect(() => {
    if (said === null) return
    const timer = setTimeout(() => setSaid(null), 1_600)
    return () => clearTimeout(timer)
  }, [said])

  const say = (text: string) => {
    setSaid(text)
    announce(ui, text)
  }
  return { said, say }
}

/** Zoom and coordinates. A click on the coordinates copies a link to this location. */
export const ViewCard = () => {
  const words = useWords()
  const { t } = words
  const { engine, session, ui } = useCanvasParts()
  const zoom = useUi((state) => state.zoom)
  const cell = useUi((state) => state.cell)
  const { said, say } = useBriefText()

  const copy = async () => {
    const view = engine.view()
    const canvas = session.store.getState().canvas?.id
    if (canvas === undefined) return
    const path = linkPath(canvas, { x: cell?.gx ?? view.centerX, y: cell?.gy ?? view.centerY, zoom: view.zoom })
    try {
      await navigator.clipboard.writeText(location.origin + path)
    } catch {
      // Without permission or HTTPS there is no clipboard, so the link goes to the address bar.
      history.replaceState(history.state, '', path)
      return say(t('view.inAddress'))
    }
    say(t('view.copied'))
  }

  return (
    <div className="card pointer-events-auto hidden min-h-[44px] items-center px-1 lg:flex">
      <IconButton icon={Minus} label={t('view.zoomOut')} shortcut={useShortcut('zoom-out')} onClick={() => engine.zoomStep(-1)} />
      <button
        type="button"
        onClick={() => engine.fit()}
        title={t('view.fit')}
        className="numbers h-9 min-w-14 rounded-button px-1 hover:bg-ink/6"
      >
        {zoomText(words, zoom)}
      </button>
      <IconButton icon={Plus} label={t('view.zoomIn')} shortcut={useShortcut('zoom-in')} onClick={() => engine.zoomStep(1)} />
      <span className="mx-1 h-5 w-px bg-line" aria-hidden />
      <button
        type="button"
        onClick={() => void copy()}
        title={t('view.copy')}
        data-testid="coordinates"
        className="numbers h-9 min-w-26 rounded-button px-2 hover:bg-ink/6"
      >
        {said !== null ? (
          <span className="font-sans">{said}</span>
        ) : cell ? (
          t('view.cell', { x: cell.gx, y: cell.gy })
        ) : (
          <span className="text-muted">{t('view.noCell')}</span>
        )}
      </button>
      <IconButton
        icon={Share2}
        label={t('sharing.title')}
        shortcut={useShortcut('panel.share')}
        chosen={useUi((state) => state.panel === 'share')}
        onClick={() => togglePanel(ui, 'share')}
      />
    </div>
  )
}
