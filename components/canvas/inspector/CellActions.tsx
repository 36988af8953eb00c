'use client'

import { Check, Link2, Pipette, Share2, Undo2, User } from 'lucide-react'
import { linkPath } from '../../../lib/board-location.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { useWords } from '../../language.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useCanvasParts, useSession } from '../canvas-context.ts'
import { chooseColor } from '../color-choice.ts'
import { LinkField, useCopyLink } from '../sharing/use-copy-link.tsx'
import { inspect, showPainter, togglePanel } from '../ui-store.ts'
import { useSheets } from '../use-media-query.ts'
import type { PixelFacts } from './read-pixel.ts'

interface CellActionsProps {
  readonly cell: BoardPoint
  /** The palette index and the name of its color; null while it is unknown. */
  readonly color: number | null
  readonly name: string | null
  /** Whose pixel stands there. */
  readonly by: PixelFacts['by']
}

/** Takes back the painter's own pixel at this cell, as long as that is possible. */
const UndoAction = ({ cell }: Pick<CellActionsProps, 'cell'>) => {
  const { t } = useWords()
  const { session } = useCanvasParts()
  // The steps of undo change with this value.
  useSession((state) => state.undo)
  const placement = session.ownPlacementAt(cell)
  if (!placement) return null
  return (
    <IconButton
      icon={Undo2}
      label={t('undo.action', { count: 1 })}
      onClick={(event) => {
        // The button leaves with the pixel, so the card gets its focus.
        event.currentTarget.closest<HTMLElement>('[role="dialog"]')?.focus({ preventScroll: true })
        session.undoPlacement(placement.id)
      }}
      data-testid="inspector-undo"
    />
  )
}

export const CellActions = ({ cell, color, name, by }: CellActionsProps) => {
  const words = useWords()
  const { t } = words
  const { engine, session, ui } = useCanvasParts()
  const { copy, isCopied, byHand, hide } = useCopyLink(() => {
    const canvas = session.store.getState().canvas?.id ?? ''
    return location.origin + linkPath(canvas, { x: cell.gx, y: cell.gy, zoom: engine.view().zoom })
  })
  const isSheet = useSheets()
  /** The sheet would cover a panel. */
  const open = (openPanel: () => void) => {
    if (isSheet) inspect(ui, null)
    openPanel()
  }
  return (
    <div className="shrink-0 border-line border-t p-1.5">
      {byHand !== null && (
        <div className="px-1 pb-1.5">
          <LinkField link={byHand} onHide={hide} />
        </div>
      )}
      <div className="flex items-center gap-1">
        <button
          type="button"
          disabled={color === null}
          onClick={() => color !== null && chooseColor({ session, ui }, words, color)}
          className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-button px-2.5 hover:bg-ink/6 disabled:text-muted max-sm:h-[48px] max-sm:justify-center max-sm:bg-ultramarine max-sm:font-semibold max-sm:text-on-accent max-sm:disabled:bg-line"
        >
          <Pipette size={17} strokeWidth={1.8} aria-hidden className="shrink-0" />
          <span className="truncate">{name === null ? t('inspector.notLoaded') : t('inspector.use', { color: name })}</span>
        </button>
        <UndoAction cell={cell} />
        <IconButton
          icon={isCopied ? Check : Link2}
          label={t(isCopied ? 'inspector.copied' : 'inspector.copyLink')}
          onClick={() => void copy()}
        />
        {by && (
          <IconButton icon={User} label={t('inspector.profile', { name: by.name })} onClick={() => open(() => showPainter(ui, by.id))} />
        )}
        <IconButton icon={Share2} label={t('sharing.title')} onClick={() => open(() => togglePanel(ui, 'share'))} className="lg:hidden" />
      </div>
    </div>
  )
}
