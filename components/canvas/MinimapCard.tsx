'use client'

import { Map as MapIcon, X } from 'lucide-react'
import { type ComponentType, useEffect, useState } from 'react'
import { useWords } from '../language.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { useCanvasParts, useSession, useShortcut, useUi } from './canvas-context.ts'
import { choose } from './ui-store.ts'
import { useMediaQuery } from './use-media-query.ts'

/** The code of the minimap is loaded once the board is there. Without it there is no minimap, and the next opening tries again. */
const useMinimap = (isOpen: boolean): ComponentType | null => {
  const isReady = useSession((state) => state.loading === 'ready')
  const [Minimap, setMinimap] = useState<ComponentType | null>(null)
  useEffect(() => {
    if (!isOpen || !isReady) return
    let isWanted = true
    import('./minimap/Minimap.tsx').then(
      (loaded) => isWanted && setMinimap(() => loaded.Minimap),
      () => undefined,
    )
    return () => {
      isWanted = false
    }
  }, [isOpen, isReady])
  return isOpen ? Minimap : null
}

/** A panel needs the room of the minimap in a low window, and covers it in a narrow one. */
const roomBesidePanel = '(min-height: 860px) and (min-width: 1280px)'

/** The minimap, or the button that opens it. */
export const MinimapCard = ({ className }: { className: string }) => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const isChosen = useUi((state) => state.minimap)
  const isBesidePanel = useUi((state) => state.panel !== null)
  const hasRoom = useMediaQuery(roomBesidePanel)
  const shortcut = useShortcut('minimap')
  const isOpen = isChosen && (!isBesidePanel || hasRoom)
  const Minimap = useMinimap(isOpen)
  if (!isOpen) {
    return (
      <div className={`card pointer-events-auto ${isBesidePanel ? 'max-[1279px]:hidden' : ''} ${className}`}>
        <IconButton
          icon={MapIcon}
          label={t('minimap.open')}
          shortcut={shortcut}
          disabled={isBesidePanel && isChosen}
          onClick={() => choose(ui, { minimap: true })}
          className="pointer-coarse:size-[44px] disabled:opacity-50"
        />
      </div>
    )
  }
  return (
    <section aria-label={t('minimap.title')} className={`card group pointer-events-auto relative p-1.5 ${className}`}>
      {Minimap ? <Minimap /> : <div aria-busy className="breathing size-[124px] rounded-[8px] bg-line" />}
      <IconButton
        icon={X}
        label={t('minimap.close')}
        shortcut={shortcut}
        onClick={() => choose(ui, { minimap: false })}
        className="card absolute -top-3 -start-3 size-7 opacity-0 transition-opacity focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
      />
    </section>
  )
}
