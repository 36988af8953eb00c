'use client'

import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { useId } from 'react'
import { useWords } from '../../language.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useCanvasParts, useUi } from '../canvas-context.ts'
import { LoadedContent } from '../LoadedContent.tsx'
import { useFocusWhileOpen } from '../use-focus-while-open.ts'
import { useSheets } from '../use-media-query.ts'
import { type Panel, panels } from './panels.ts'

/** The open panel, and whether it is a strip. */
const useOpenPanel = () => {
  const open = useUi((state) => state.panel)
  const isLow = useUi((state) => state.panelIsLow)
  const isStrip = useSheets() && isLow
  return { panel: panels.find(({ id }) => id === open), isStrip }
}

/** The open panel. It is not modal, so painting continues beside it. */
export const PanelCard = () => {
  const { panel, isStrip } = useOpenPanel()
  return panel && !isStrip ? <OpenPanel key={panel.id} panel={panel} isStrip={false} /> : null
}

/** The low form of the open panel on a phone: a strip above the dock, so that painting continues. */
export const PanelStrip = () => {
  const { panel, isStrip } = useOpenPanel()
  return panel && isStrip ? <OpenPanel key={panel.id} panel={panel} isStrip /> : null
}

interface OpenPanelProps {
  readonly panel: Panel
  readonly isStrip: boolean
}

const stripClass = 'pointer-events-auto w-full max-w-[480px]'
const cardClass =
  'absolute top-[70px] end-4 z-30 flex max-h-[calc(100dvh-192px)] w-[352px] [@media(min-height:860px)_and_(min-width:1280px)]:max-h-[calc(100dvh-236px)] flex-col overflow-hidden max-sm:inset-x-2.5 max-sm:top-auto max-sm:bottom-[max(10px,env(safe-area-inset-bottom))] max-sm:max-h-[62dvh] max-sm:w-auto short:top-2 short:max-h-[calc(100dvh-16px)]'

const OpenPanel = ({ panel, isStrip }: OpenPanelProps) => {
  const titleId = useId()
  const card = useFocusWhileOpen()
  return (
    <section
      ref={card}
      role="dialog"
      aria-labelledby={titleId}
      tabIndex={-1}
      className={`card rising outline-none ${isStrip ? stripClass : cardClass}`}
    >
      <PanelHead panel={panel} titleId={titleId} isStrip={isStrip} />
      {!isStrip && (
        <div className="min-h-0 overflow-y-auto border-t border-line p-4">
          <LoadedContent load={panel.load} />
        </div>
      )}
    </section>
  )
}

const PanelHead = ({ panel, titleId, isStrip }: OpenPanelProps & { titleId: string }) => {
  const words = useWords()
  const { ui } = useCanvasParts()
  return (
    <div className="flex h-[46px] shrink-0 items-center justify-between pe-1.5 ps-4 max-sm:h-[52px]">
      <h2 id={titleId} className="min-w-0 truncate font-semibold">
        {panel.title(words)}
      </h2>
      <span className="flex shrink-0">
        <IconButton
          icon={isStrip ? ChevronUp : ChevronDown}
          label={words.t(isStrip ? 'panel.raise' : 'panel.lower')}
          onClick={() => ui.setState({ panelIsLow: !isStrip })}
          className="sm:hidden"
        />
        <IconButton icon={X} label={words.t('panel.close')} onClick={() => ui.setState({ panel: null })} />
      </span>
    </div>
  )
}
