'use client'

/** A link to what the window shows, as a text, for another app and as a QR code, and a picture of it. */
import { Check, Link2, Share2 } from 'lucide-react'
import { useDeferredValue, useId, useSyncExternalStore } from 'react'
import { linkPath } from '../../../lib/board-location.ts'
import { useWords } from '../../language.tsx'
import { useCanvasParts, useSession } from '../canvas-context.ts'
import { buttonClass } from './button-class.ts'
import { PictureFields } from './PictureFields.tsx'
import { QrCode } from './QrCode.tsx'
import { LinkField, useCopyLink } from './use-copy-link.tsx'

/** Follows the view. */
const useViewLink = (canvasId: string): string => {
  const { engine, ui } = useCanvasParts()
  return useSyncExternalStore(ui.subscribe, () => {
    const { centerX, centerY, zoom } = engine.view()
    return location.origin + linkPath(canvasId, { x: Math.floor(centerX), y: Math.floor(centerY), zoom })
  })
}

export const SharePanel = () => {
  const { t } = useWords()
  const canvas = useSession((state) => state.canvas)
  if (!canvas) return <p className="text-muted">{t('charges.loading')}</p>
  return (
    <div data-testid="share" className="space-y-5">
      <ShareLink canvasId={canvas.id} title={canvas.title} />
      <PictureFields canvas={canvas} />
    </div>
  )
}

const ShareLink = ({ canvasId, title }: { canvasId: string; title: string }) => {
  const { t } = useWords()
  const link = useViewLink(canvasId)
  const shown = useDeferredValue(link)
  const { copy, isCopied, byHand } = useCopyLink(() => link)
  const headingId = useId()
  return (
    <section aria-labelledby={headingId} className="space-y-2">
      <h3 id={headingId} className="text-[12.5px] font-medium text-muted">
        {t('sharing.link')}
      </h3>
      {byHand === null ? (
        <p data-testid="share-link" dir="ltr" className="numbers w-full truncate text-[12.5px] select-text">
          {link}
        </p>
      ) : (
        <LinkField link={byHand} />
      )}
      <div className="flex gap-2">
        <button
          type="button"
          onClick={() => void copy()}
          className="flex h-9 flex-1 items-center justify-center gap-2 rounded-button bg-ultramarine px-3 font-medium text-on-accent pointer-coarse:h-[44px]"
        >
          <CopyIcon isCopied={isCopied} />
          <span>{t(isCopied ? 'inspector.copied' : 'inspector.copyLink')}</span>
        </button>
        {typeof navigator.share === 'function' && (
          <button type="button" onClick={() => void share({ title, url: link })} className={buttonClass}>
            <Share2 size={17} strokeWidth={1.8} aria-hidden />
            <span>{t('sharing.send')}</span>
          </button>
        )}
      </div>
      <QrCode text={shown} label={t('sharing.qr')} />
    </section>
  )
}

const CopyIcon = ({ isCopied }: { isCopied: boolean }) =>
  isCopied ? <Check size={17} strokeWidth={1.8} aria-hidden /> : <Link2 size={17} strokeWidth={1.8} aria-hidden />

/** A visitor who closes the system's sheet has changed their mind, which is no failure. */
const share = (data: ShareData) => navigator.share(data).catch(() => undefined)
