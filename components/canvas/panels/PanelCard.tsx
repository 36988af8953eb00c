'use client'

import { X } from 'lucide-react'
import { type ComponentType, useEffect, useId, useRef, useState } from 'react'
import { useWords } from '../../language.tsx'
import { useCanvasParts, useUi } from '../canvas-context.ts'
import { type Panel, panels } from './panels.ts'

/** The open panel, if there is one. It is not modal: painting goes on beside it. */
export const PanelCard = () => {
  const open = useUi((state) => state.panel)
  const panel = panels.find(({ id }) => id === open)
  return panel ? <OpenPanel key={panel.id} panel={panel} /> : null
}

const OpenPanel = ({ panel }: { panel: Panel }) => {
  const words = useWords()
  const { ui } = useCanvasParts()
  const titleId = useId()
  const card = useFocusWhileOpen()
  return (
    <section
      ref={card}
      role="dialog"
      aria-labelledby={titleId}
      tabIndex={-1}
      className="card rising absolute top-[70px] right-4 z-30 flex max-h-[calc(100dvh-192px)] w-[352px] flex-col overflow-hidden outline-none max-sm:inset-x-2.5 max-sm:top-auto max-sm:bottom-2.5 max-sm:max-h-[62dvh] max-sm:w-auto short:top-2 short:max-h-[calc(100dvh-16px)]"
    >
      <div className="flex h-[46px] shrink-0 items-center justify-between border-b border-line pr-1.5 pl-4">
        <h2 id={titleId} className="font-semibold">
          {panel.title(words)}
        </h2>
        <button
          type="button"
          aria-label={words.t('help.close')}
          onClick={() => ui.setState({ panel: null })}
          className="grid size-9 place-items-center rounded-button hover:bg-ink/6 max-sm:size-11"
        >
          <X size={19} strokeWidth={1.8} aria-hidden />
        </button>
      </div>
      <div className="min-h-0 overflow-y-auto p-4">
        <Content load={panel.load} />
      </div>
    </section>
  )
}

/** Moves the focus into the panel, and back where it was unless it has moved on meanwhile. */
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
        <p>{t('panelFailed')}</p>
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
