'use client'

/**
 * The canvas page: a board that fills the window and quiet cards over it. The engine draws and hears the pointer, the session
 * talks to the server, and the cards read two small stores; pixels pass through none of it.
 */
import { Tooltip } from 'radix-ui'
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Language } from '../../lib/words/language.ts'
import { colorText, failureText, type PageWords, pageWordsOf } from '../../lib/words/page-words.ts'
import { FullPageMessage } from '../FullPageMessage.tsx'
import { useLanguage, useWords } from '../language.tsx'
import { RenderAnew } from '../RenderAnew.tsx'
import { watchColors } from '../watch-colors.ts'
import { CanvasContext, type CanvasParts } from './canvas-context.ts'
import { Dock } from './Dock.tsx'
import { createCanvasEngine } from './engine/engine.ts'
import { followPlace } from './follow-place.ts'
import { handleKeys } from './handle-keys.ts'
import { LiveRegion } from './LiveRegion.tsx'
import { exposeToAutomation } from './load-automation-handle.ts'
import { PanelCard } from './panels/PanelCard.tsx'
import { StatusCard } from './StatusCard.tsx'
import { browserEnvironment } from './session/browser-environment.ts'
import { createSession } from './session/session.ts'
import { ToolCard } from './ToolCard.tsx'
import { announce, choose, colorName, createUiStore } from './ui-store.ts'
import { ViewCard } from './ViewCard.tsx'

const reducedMotion = '(prefers-reduced-motion: reduce)'
const coarsePointer = '(pointer: coarse)'

/** A fitted board belongs above the dock, and on a phone, where they share its width, below the status. */
const coveredByCards = (host: HTMLElement) => {
  const dock = host.parentElement?.querySelector<HTMLElement>('[data-dock]')
  if (!dock) return { top: 0, bottom: 0 }
  const bottom = Math.max(0, innerHeight - dock.getBoundingClientRect().top)
  return { top: dock.dataset['dock'] === 'sheet' ? statusCardPx : 0, bottom }
}
const statusCardPx = 44

/** Makes the parts for one canvas inside `host`; the second answer takes them down again. */
const assemble = (host: HTMLElement, { canvasId, language }: { canvasId: string; language: Language }): [CanvasParts, () => void] => {
  const words = pageWordsOf(language)
  const { t } = words
  // The board takes the focus: it is operated with the keyboard.
  host.tabIndex = 0
  const ui = createUiStore()
  ui.setState({ touch: matchMedia(coarsePointer).matches })
  const motion = matchMedia(reducedMotion)

  const paint = (cell: { gx: number; gy: number }) => {
    if (engine.pixelAt(cell) !== null && !engine.isDrawn(cell)) {
      return session.notify({ kind: 'refused', code: 'not_shown', params: { cell } })
    }
    if (session.place(cell, ui.getState().color) && !ui.getState().painted) choose(ui, { painted: true })
  }
  const followVisibleTiles = () => {
    const { tiles, inWindow } = engine.visibleTiles()
    session.viewTiles(tiles, inWindow)
  }
  const engine = createCanvasEngine({
    host,
    reducedMotion: motion.matches,
    renderer: new URLSearchParams(location.search).get('renderer') === '2d' ? '2d' : 'auto',
    onView(view) {
      ui.setState({ zoom: view.zoom, cell: view.cell })
      followVisibleTiles()
    },
    onCell(cell, how) {
      ui.setState({ cell, ...(how === 'keyboard' ? {} : { touch: how === 'touch' }) })
      if (cell && how !== 'pointer') {
        const color = engine.pixelAt(cell)
        const { canvas } = session.store.getState()
        const at = { x: cell.gx, y: cell.gy }
        const isLoaded = color !== null && canvas !== null
        announce(
          ui,
          isLoaded ? t('announce.cell', { ...at, color: colorText(words, colorName(canvas, color)) }) : t('announce.notLoaded', at),
        )
      }
    },
    onPaint: paint,
    // Chosen to stay; whether there is a paint button is for fingers to decide, and a right click is none.
    onInspect: (cell) => engine.setCell(cell, ui.getState().touch ? 'touch' : 'keyboard'),
    onPicture(picture) {
      ui.setState({ picture })
      if (picture === 'simple') session.notify({ kind: 'info', code: 'picture_simple', params: {} })
      if (picture === 'incomplete') session.notify({ kind: 'error', code: 'picture_incomplete', params: {} })
    },
    covered: () => coveredByCards(host),
  })
  const session = createSession({ environment: browserEnvironment(), canvasId, sink: engine })

  engine.setGrid(ui.getState().grid)
  const stops = [
    followPlace(engine, ui),
    handleKeys({ host, engine, session, ui, words }),
    exposeToAutomation({ engine, session, ui }),
    watchColors(() => engine.themeChanged()),
    ui.subscribe((state, before) => {
      if (state.color !== before.color) engine.setSelectedColor(state.color)
      if (state.grid !== before.grid) engine.setGrid(state.grid)
      if (state.theme !== before.theme) showTheme(state.theme)
    }),
    session.store.subscribe((state, before) => {
      if (state.saved > before.saved) announce(ui, t('announce.saved'))
      if (!state.canvas || state.canvas === before.canvas) return
      const { palette } = state.canvas
      if (ui.getState().color >= palette.length) choose(ui, { color: 0 })
      engine.setSelectedColor(ui.getState().color)
      followVisibleTiles()
    }),
  ]
  const showTheme = (theme: string) => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    engine.themeChanged()
  }
  const onMotion = () => engine.setReducedMotion(motion.matches)
  motion.addEventListener('change', onMotion)

  return [
    { engine, session, ui },
    () => {
      motion.removeEventListener('change', onMotion)
      for (const stop of stops) stop()
      session.dispose()
      engine.dispose()
    },
  ]
}

const messageOf = ({ t }: PageWords, key: 'noPicture' | 'notFound' | 'failed') => ({
  title: t(`${key}.title`),
  body: t(`${key}.body`),
  action: t(`${key}.action`),
})

const Cards = ({ parts }: { parts: CanvasParts }) => {
  const words = useWords()
  const touch = useStore(parts.ui, (state) => state.touch)
  const loading = useStore(parts.session.store, (state) => state.loading)
  const failure = useStore(parts.session.store, (state) => state.failure)
  const picture = useStore(parts.ui, (state) => state.picture)
  if (picture === 'none')
    return <Over message={<FullPageMessage {...messageOf(words, 'noPicture')} onAction={() => location.reload()} />} />
  if (loading === 'not_found') return <Over message={<FullPageMessage {...messageOf(words, 'notFound')} href="/" />} />
  if (loading === 'failed')
    return (
      <Over
        message={<FullPageMessage {...messageOf(words, 'failed')} body={failureText(words, failure)} onAction={() => location.reload()} />}
      />
    )
  return (
    <>
      <div className="pointer-events-none absolute inset-x-0 top-0 flex items-start justify-between gap-2 p-2.5 pt-[max(10px,env(safe-area-inset-top))] beside-notch sm:pt-4">
        <StatusCard />
        <ToolCard />
      </div>
      {/* Beside the dock, or above it where the two would meet. */}
      <div className={`pointer-events-none absolute bottom-4 left-4 ${touch ? 'max-[1340px]:bottom-30' : 'max-[1180px]:bottom-30'}`}>
        <ViewCard />
      </div>
      <Dock />
      <PanelCard />
      <LiveRegion />
    </>
  )
}

const Over = ({ message }: { message: React.ReactNode }) => <div className="absolute inset-0 z-30">{message}</div>

export const CanvasPage = ({ canvasId }: { canvasId: string }) => {
  const language = useLanguage()
  const { t } = useWords()
  const host = useRef<HTMLDivElement>(null)
  const [parts, setParts] = useState<CanvasParts | null>(null)

  useEffect(() => {
    if (!host.current) return
    const [assembled, takeDown] = assemble(host.current, { canvasId, language })
    setParts(assembled)
    return () => {
      setParts(null)
      takeDown()
    }
  }, [canvasId, language])

  return (
    <Tooltip.Provider delayDuration={400}>
      <main className="ground fixed inset-0 overflow-hidden select-none">
        <div
          ref={host}
          role="application"
          aria-label={t('board')}
          data-testid="board"
          className="absolute inset-0 touch-none outline-none after:pointer-events-none after:absolute after:inset-0 focus-visible:after:border-3 focus-visible:after:border-ultramarine focus-visible:after:outline-2 focus-visible:after:outline-surface focus-visible:after:outline-offset-[-5px]"
        />
        {parts && (
          <CanvasContext value={parts}>
            <RenderAnew>
              <Cards parts={parts} />
            </RenderAnew>
          </CanvasContext>
        )}
      </main>
    </Tooltip.Provider>
  )
}
