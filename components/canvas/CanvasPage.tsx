'use client'

/** The canvas page: a board that fills the window, and cards over it. Pixels pass neither through React nor through the stores. */
import { Tooltip } from 'radix-ui'
import { useEffect, useRef, useState } from 'react'
import { failureText, type PageWords } from '../../lib/words/page-words.ts'
import { FullPageMessage } from '../FullPageMessage.tsx'
import { useWords } from '../language.tsx'
import { RenderAnew } from '../RenderAnew.tsx'
import { useSite } from '../site.tsx'
import { ActivityLayers } from './ActivityLayers.tsx'
import { AnnouncementCard } from './AnnouncementCard.tsx'
import { CanvasContext, type CanvasParts, useSession, useUi } from './canvas-context.ts'
import { Dock } from './Dock.tsx'
import { InspectedMark, InspectorCard } from './inspector/InspectorCard.tsx'
import { LiveRegion } from './LiveRegion.tsx'
import { MinimapCard } from './MinimapCard.tsx'
import { PanelCard } from './panels/PanelCard.tsx'
import { StatusCard } from './StatusCard.tsx'
import { startCanvas } from './start-canvas.ts'
import { ToolCard } from './ToolCard.tsx'
import { usePlacing } from './templates/use-placing.ts'
import { useMediaQuery } from './use-media-query.ts'
import { ViewCard } from './ViewCard.tsx'

const messageOf = ({ t }: PageWords, key: 'noPicture' | 'notFound' | 'deleted' | 'failed') => ({
  title: t(`${key}.title`),
  body: t(`${key}.body`),
  action: t(`${key}.action`),
})

/** The message that replaces the board; null while there is a board. */
const useMessage = () => {
  const words = useWords()
  const loading = useSession((state) => state.loading)
  const wasThere = useSession((state) => state.canvas !== null)
  const failure = useSession((state) => state.failure)
  const hasPicture = useUi((state) => state.picture !== 'none')
  const onAction = () => location.reload()
  if (!hasPicture) return <FullPageMessage {...messageOf(words, 'noPicture')} onAction={onAction} />
  if (loading === 'not_found') return <FullPageMessage {...messageOf(words, wasThere ? 'deleted' : 'notFound')} href="/" />
  if (loading === 'failed')
    return <FullPageMessage {...messageOf(words, 'failed')} body={failureText(words, failure)} onAction={onAction} />
  return null
}

/** The tab is called after the board, also when a host renames it, and shows the painter's charges. */
const useTabTitle = () => {
  const { t } = useWords()
  const title = useSession((state) => state.canvas?.title)
  const available = useSession((state) => state.charges?.available ?? null)
  const max = useSession((state) => state.charges?.max ?? 0)
  const hasCharges = useUi((state) => state.title)
  const { name } = useSite()
  useEffect(() => {
    if (!title) return
    const page = `${title} · ${name}`
    document.title = hasCharges && available !== null ? t('ready.tab', { available, max, page }) : page
  }, [title, name, t, available, max, hasCharges])
}

/** A phone, also a lying one: the minimap is under the tools. */
const small = '(max-width: 1023px), (max-height: 599px)'

const Cards = () => {
  useTabTitle()
  const touch = useUi((state) => state.touch)
  const isSmall = useMediaQuery(small)
  const message = useMessage()
  const placing = usePlacing()
  const isUnlisted = useSession((state) => state.canvas?.visibility === 'link')
  if (message) return <div className="absolute inset-0 z-30">{message}</div>
  return (
    <>
      <InspectedMark />
      {/* React puts it into the head: search engines must not list a board that only its address leads to. */}
      {isUnlisted && <meta name="robots" content="noindex" />}
      {placing && <placing.Overlay />}
      <div className="pointer-events-none absolute inset-x-0 top-0 flex flex-col items-start gap-2.5 p-2.5 pt-[max(10px,env(safe-area-inset-top))] beside-notch sm:pt-4">
        <div className="flex w-full items-start justify-between gap-2">
          <StatusCard />
          <ToolCard />
        </div>
        <AnnouncementCard />
        {isSmall && <MinimapCard className="self-end" />}
      </div>
      {/* Beside the dock, or above it in a window that is too narrow for both. */}
      <div className={`pointer-events-none absolute bottom-4 start-4 ${touch ? 'max-[1560px]:bottom-30' : 'max-[1520px]:bottom-30'}`}>
        <ViewCard />
      </div>
      {!isSmall && (
        <div className={`pointer-events-none absolute bottom-4 end-4 max-[1279px]:bottom-30`}>
          <MinimapCard className="" />
        </div>
      )}
      <Dock />
      <PanelCard />
      <InspectorCard />
      <ActivityLayers />
      <LiveRegion />
    </>
  )
}

export const CanvasPage = ({ canvasId }: { canvasId: string }) => {
  const words = useWords()
  const { t } = words
  const host = useRef<HTMLDivElement>(null)
  const [parts, setParts] = useState<CanvasParts | null>(null)

  useEffect(() => {
    if (!host.current) return
    // The board gets the focus, because keys operate it.
    host.current.tabIndex = 0
    const [started, stop] = startCanvas(host.current, { canvasId, words })
    setParts(started)
    return () => {
      setParts(null)
      stop()
    }
  }, [canvasId, words])

  return (
    <Tooltip.Provider delayDuration={400}>
      <main className="ground fixed inset-0 overflow-hidden select-none">
        <div
          ref={host}
          role="application"
          aria-label={t('board')}
          data-testid="board"
          dir="ltr"
          className="absolute inset-0 touch-none outline-none after:pointer-events-none after:absolute after:inset-0 focus-visible:after:border-3 focus-visible:after:border-ultramarine focus-visible:after:outline-2 focus-visible:after:outline-surface focus-visible:after:outline-offset-[-5px]"
        />
        {parts && (
          <CanvasContext value={parts}>
            <RenderAnew>
              <Cards />
            </RenderAnew>
          </CanvasContext>
        )}
      </main>
    </Tooltip.Provider>
  )
}
