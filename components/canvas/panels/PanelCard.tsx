'use client'

import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { type ComponentType, useEffect, useId, useRef, useState } from 'react'
import { useWords } from '../../language.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useCanvasParts, useUi } from '../canvas-context.ts'
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
  'absolute top-[70px] end-4 z-30 flex max-h-[calc(100dvh-192px)] w-[352px] flex-col overflow-hidden max-sm:inset-x-2.5 max-sm:top-auto max-sm:bottom-[max(10px,env(safe-area-inset-bottom))] max-sm:max-h-[62dvh] max-sm:w-auto short:top-2 short:max-h-[calc(100dvh-16px)]'

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
          <Content load={panel.load} />
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

/** Moves the focus into the panel, and back when the panel closes, unless the focus is elsewhere by then. */
const useFocusWhileOpen = () => {
  const card = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    card.current?.focus({ preventScroll: true })
    return () => {
      const isFree = document.activeElement === null || document.activeElement === document.body
      if (isFree && before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  return card
}

const Content = ({ load }: { load: Panel['load'] }) => {
  const { t } = useWords()
  const [state, setState] = useState<{ Loaded?: ComponentType; hasFailed?: boolean }>({})
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try loads again
  useEffect(() => {
    let isOpen = true
    load().then(
      (Loaded) => isOpen && setState({ Loaded }),
      () => isOpen && setState({ hasFailed: true }),
    )
    return () => {
      isOpen = false
    }
  }, [load, tries])
  if (state.Loaded) return <state.Loaded />
  if (state.hasFailed) {
    return (
      <div role="alert">
        <p>{t('panel.failed')}</p>
        <button
          type="button"
          onClick={() => setTries(tries + 1)}
          className="mt-3 h-9 rounded-button bg-ultramarine px-4 font-medium text-on-accent"
        >
          {t('failed.action')}
        </button>
      </div>
    )
  }
  return (
    <div aria-busy className="breathing space-y-3">
      {['w-full', 'w-4/5', 'w-2/3'].map((width) => (
        <div key={width} className={`h-3 rounded-full bg-line ${width}`} />
      ))}
    </div>
  )
}
