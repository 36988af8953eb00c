'use client'

import { Minus, Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { en } from '../../lib/words/en.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { useCanvasParts, useUi } from './canvas-context.ts'
import { placeHash } from './place-hash.ts'

const zoomStep = 1.5

/** Zoom and coordinates; a click on them copies a link to the place. */
export const ViewCard = () => {
  const { engine, ui } = useCanvasParts()
  const zoom = useUi((state) => state.zoom)
  const cell = useUi((state) => state.cell)
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1_600)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = async () => {
    const view = engine.view()
    const hash = placeHash({ x: cell?.gx ?? view.centerX, y: cell?.gy ?? view.centerY, zoom: view.zoom })
    try {
      await navigator.clipboard.writeText(location.origin + location.pathname + hash)
    } catch {
      // Without permission to the clipboard the link is still in the address bar.
      location.replace(hash)
    }
    setCopied(true)
    ui.setState({ announcement: en.view.copied })
  }

  return (
    <div className="card pointer-events-auto hidden h-11 items-center px-1 lg:flex">
      <IconButton icon={Minus} label={en.view.zoomOut} shortcut="−" onClick={() => engine.zoomBy(1 / zoomStep)} />
      <button
        type="button"
        onClick={() => engine.fit()}
        title={en.view.fit}
        aria-label={en.view.fit}
        className="numbers h-9 w-14 rounded-button hover:bg-ink/6"
      >
        {en.view.zoom(zoom)}
      </button>
      <IconButton icon={Plus} label={en.view.zoomIn} shortcut="+" onClick={() => engine.zoomBy(zoomStep)} />
      <span className="mx-1 h-5 w-px bg-line" aria-hidden />
      <button
        type="button"
        onClick={() => void copy()}
        title={en.view.copy}
        aria-label={en.view.copy}
        data-testid="coordinates"
        className="numbers h-9 min-w-26 rounded-button px-2 hover:bg-ink/6"
      >
        {copied ? (
          <span className="font-sans">{en.view.copied}</span>
        ) : cell ? (
          en.view.cell(cell.gx, cell.gy)
        ) : (
          <span className="text-muted">–, –</span>
        )}
      </button>
    </div>
  )
}
