'use client'

import { ChevronDown, ChevronUp, Megaphone, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useWords } from '../language.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { remember } from './board-memory.ts'
import { useCanvasParts, useSession, useUi } from './canvas-context.ts'
import { useSecondsUntil } from './use-server-time.ts'

/** The announcement until its end, by the server's clock, or until the painter dismisses it. */
const useAnnouncement = () => {
  const announcement = useSession((state) => state.canvas?.announcement ?? null)
  const dismissed = useUi((state) => state.memory.dismissed)
  const seconds = useSecondsUntil(announcement?.until ? Date.parse(announcement.until) : null)
  const isOver = seconds !== null && seconds <= 0
  return announcement && !isOver && announcement.id !== dismissed ? announcement : null
}

/** The text for screen readers: each announcement once, when the page is visible. */
const useSpoken = (announcement: ReturnType<typeof useAnnouncement>): string => {
  const { ui, session } = useCanvasParts()
  const [spoken, setSpoken] = useState('')
  const { id, text = '' } = announcement ?? {}
  useEffect(() => {
    const canvasId = session.store.getState().canvas?.id
    if (id === undefined || canvasId === undefined) return setSpoken('')
    const speak = () => {
      if (document.hidden || ui.getState().memory.announced === id) return
      setSpoken(text)
      remember(ui, canvasId, { announced: id })
    }
    speak()
    document.addEventListener('visibilitychange', speak)
    return () => document.removeEventListener('visibilitychange', speak)
  }, [id, text, ui, session])
  return spoken
}

/** Whether the text is longer than the lines that are shown. */
const useIsCut = (text: string) => {
  const line = useRef<HTMLParagraphElement>(null)
  const [isCut, setIsCut] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has another height
  useEffect(() => {
    const element = line.current
    if (!element) return
    const measure = () => setIsCut(element.scrollHeight > element.clientHeight + 1)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [text])
  return { line, isCut }
}

const Card = ({ id, text, level }: NonNullable<ReturnType<typeof useAnnouncement>>) => {
  const { t } = useWords()
  const { ui, session } = useCanvasParts()
  const [isOpen, setIsOpen] = useState(false)
  const { line, isCut } = useIsCut(text)
  const dismiss = () => {
    const canvasId = session.store.getState().canvas?.id
    if (canvasId) remember(ui, canvasId, { dismissed: id })
  }
  const isImportant = level === 'important'
  return (
    <section
      aria-label={t('message.name')}
      data-testid="announcement-card"
      data-level={level}
      className="card rising pointer-events-auto flex w-[352px] max-w-full items-start gap-2.5 py-1 pe-1 ps-3.5 max-sm:w-full"
    >
      <Megaphone
        size={17}
        strokeWidth={1.8}
        aria-hidden
        className={`mt-2.5 shrink-0 pointer-coarse:mt-3.5 ${isImportant ? 'text-ink' : 'text-muted'}`}
      />
      <div className={`min-w-0 flex-1 py-2 pointer-coarse:py-3 ${isOpen ? 'max-h-[34dvh] overflow-y-auto' : ''}`}>
        {isImportant && (
          <p className="flex items-center gap-1.5 text-[12.5px] font-semibold">
            <span aria-hidden className="size-2 rotate-45 bg-ochre" />
            <span>{t('message.important')}</span>
          </p>
        )}
        <p
          ref={line}
          dir="auto"
          className={`wrap-anywhere select-text ${isOpen ? '' : 'max-sm:line-clamp-3 [@media(max-height:600px)]:line-clamp-2'}`}
        >
          {text}
        </p>
      </div>
      <span className="flex shrink-0 flex-col">
        <IconButton icon={X} label={t('message.dismiss')} onClick={dismiss} />
        {(isCut || isOpen) && (
          <IconButton
            icon={isOpen ? ChevronUp : ChevronDown}
            label={t(isOpen ? 'message.less' : 'message.more')}
            aria-expanded={isOpen}
            onClick={() => setIsOpen(!isOpen)}
          />
        )}
      </span>
    </section>
  )
}

/** The newest message of the host. */
export const AnnouncementCard = () => {
  const announcement = useAnnouncement()
  const spoken = useSpoken(announcement)
  return (
    <>
      <p aria-live="polite" className="sr-only" data-testid="spoken-announcement">
        {spoken}
      </p>
      {announcement && <Card key={announcement.id} {...announcement} />}
    </>
  )
}
