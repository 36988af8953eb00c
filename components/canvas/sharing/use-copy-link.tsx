'use client'

/** Copies a link. A page on plain HTTP may not write to the clipboard, and shows a field with the link instead. */
import { useEffect, useState } from 'react'
import { useWords } from '../../language.tsx'
import { useCanvasParts } from '../canvas-context.ts'
import { announce } from '../ui-store.ts'

const shownMs = 1_600

export interface LinkCopier {
  readonly copy: () => Promise<void>
  /** For a moment after the link was copied. */
  readonly isCopied: boolean
  /** The link to select and copy by hand. */
  readonly byHand: string | null
  readonly hide: () => void
}

export const useCopyLink = (link: () => string): LinkCopier => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const [isCopied, setCopied] = useState(false)
  const [byHand, setByHand] = useState<string | null>(null)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async () => {
    const text = link()
    try {
      await navigator.clipboard.writeText(text)
      setByHand(null)
      setCopied(true)
      announce(ui, t('inspector.copied'))
    } catch {
      setByHand(text)
    }
  }
  return { copy, isCopied, byHand, hide: () => setByHand(null) }
}

/** Focused and selected, so that the keys of the system copy it. Esc hides it. */
export const LinkField = ({ link, onHide }: { link: string; onHide?: () => void }) => {
  const { t } = useWords()
  return (
    <input
      readOnly
      dir="ltr"
      value={link}
      aria-label={t('inspector.copyByHand')}
      data-testid="link-field"
      ref={(field) => {
        field?.focus({ preventScroll: true })
        field?.select()
      }}
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !onHide) return
        event.stopPropagation()
        onHide()
      }}
      className="numbers h-9 w-full min-w-0 rounded-button border border-line bg-surface px-2 text-[12.5px] select-text pointer-coarse:h-[44px]"
    />
  )
}
