'use client'

/** The history of a cell, newest first. What was taken back is struck through. */
import { useStore } from 'zustand'
import { colorText, type PageWords } from '../../../lib/words/page-words.ts'
import { agoText, momentText } from '../../../lib/words/times.ts'
import { useWords } from '../../language.tsx'
import { useSession } from '../canvas-context.ts'
import type { CanvasInfo } from '../session/types.ts'
import { colorName } from '../ui-store.ts'
import type { Inspection } from './inspection.ts'
import type { PixelEntry } from './read-pixel.ts'

export const CellHistory = ({ inspection, nowMs }: { inspection: Inspection; nowMs: number }) => {
  const { t } = useWords()
  const { facts, older } = useStore(inspection.store)
  const canvas = useSession((state) => state.canvas)
  const painter = useSession((state) => state.painter)
  if (!canvas) return null
  return (
    <>
      <Trouble inspection={inspection} />
      {facts && facts.history.length > 0 && (
        <ol aria-label={t('inspector.history')} data-testid="cell-history">
          {facts.history.filter(isShown).map((entry) => (
            <Entry key={entry.at} entry={entry} canvas={canvas} isOwn={entry.by?.id === painter?.id} nowMs={nowMs} />
          ))}
        </ol>
      )}
      {facts?.more && (
        <button
          type="button"
          onClick={() => void inspection.readOlder()}
          aria-disabled={older === 'loading'}
          className="h-8 rounded-button text-[12.5px] text-ultramarine aria-disabled:text-muted"
        >
          {t(older === 'failed' ? 'failed.action' : 'inspector.older')}
        </button>
      )}
    </>
  )
}

/** An undo is shown at what it took back. */
const isShown = ({ cause }: PixelEntry) => cause !== 'undo'

/** Why the history is missing or old. */
const Trouble = ({ inspection }: { inspection: Inspection }) => {
  const { t } = useWords()
  const { facts, failure, readAtMs, older } = useStore(inspection.store)
  const isOffline = useSession((state) => state.connection.state === 'offline')
  if (isOffline) {
    const text = readAtMs === null ? t('inspector.offlineEmpty') : t('inspector.offline', { at: new Date(readAtMs) })
    return <p className="py-1 text-[12.5px] text-muted">{text}</p>
  }
  if (failure !== null || older === 'failed') {
    return (
      <div role="alert" className="py-1 text-[12.5px]">
        <p className="text-muted">{t('inspector.failed')}</p>
        {failure !== null && (
          <button type="button" onClick={() => inspection.refresh()} className="h-8 font-medium text-ultramarine">
            {t('failed.action')}
          </button>
        )}
      </div>
    )
  }
  if (facts) return null
  return (
    <div role="status" aria-label={t('inspector.historyLoading')} className="breathing space-y-3 py-2">
      {['w-full', 'w-4/5', 'w-2/3'].map((width) => (
        <div key={width} className={`h-3 rounded-full bg-line ${width}`} />
      ))}
    </div>
  )
}

interface EntryProps {
  readonly entry: PixelEntry
  readonly canvas: CanvasInfo
  readonly isOwn: boolean
  readonly nowMs: number
}

const Entry = ({ entry, canvas, isOwn, nowMs }: EntryProps) => {
  const words = useWords()
  const { name, tag } = labelsOf(words, entry, isOwn)
  const atMs = Date.parse(entry.at)
  const attributes = {
    className: `min-w-0 truncate font-medium ${entry.retracted ? 'text-muted' : ''}`,
    dir: 'auto',
    ...(isOwn || entry.cause !== 'paint' ? {} : { translate: 'no' as const }),
  }
  return (
    <li className="flex min-h-8 items-center gap-2.5" data-retracted={entry.retracted ?? undefined}>
      <span aria-hidden style={{ backgroundColor: entry.color }} className="size-4 shrink-0 rounded-[5px] border border-ink/15" />
      <span className="sr-only">{colorText(words, colorName(canvas, canvas.palette.indexOf(entry.color)) || entry.color)}</span>
      {entry.retracted ? <s {...attributes}>{name}</s> : <span {...attributes}>{name}</span>}
      {tag && <span className="shrink-0 rounded-[6px] border border-line px-1.5 text-[11.5px] text-muted">{tag}</span>}
      <time
        dateTime={entry.at}
        title={momentText(words, atMs, nowMs)}
        className="ms-auto shrink-0 ps-2 text-[12.5px] text-muted tabular-nums"
      >
        {agoText(words, atMs, { nowMs, style: 'short' })}
      </time>
    </li>
  )
}

/** Who or what it was, and what became of it. */
const labelsOf = ({ t }: PageWords, { by, cause, retracted }: PixelEntry, isOwn: boolean): { name: string; tag: string | null } => {
  const done = retracted === 'undo' ? t('inspector.takenBack') : retracted === 'rollback' ? t('inspector.removed') : null
  if (cause === 'picture') return { name: t('inspector.picture'), tag: done ?? t('inspector.byHost') }
  if (cause === 'rollback') return { name: t('inspector.restored'), tag: done ?? t('inspector.byHost') }
  return { name: isOwn ? t('inspector.you') : (by?.name ?? '–'), tag: done }
}
