'use client'

import { ArrowDown, ArrowUp, Crosshair, Download, Link2, Lock, Move, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { encodePicture, pictureLink } from '../../../lib/templates/encode-picture.ts'
import type { PlacedTemplate } from '../../../lib/templates/template.ts'
import { useWords } from '../../language.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useCanvasParts } from '../canvas-context.ts'
import { LinkField, useCopyLink } from '../sharing/use-copy-link.tsx'
import { announce } from '../ui-store.ts'
import { LinkedTemplate } from './linked/LinkedTemplate.tsx'
import { selectedTemplate } from './template-store.ts'
import { useLoadedTemplates, usePalette, useTemplateState } from './use-templates.ts'

/** What can be done with the chosen template. */
export const SelectedTemplate = () => {
  const template = useTemplateState(selectedTemplate)
  const removed = useTemplateState((state) => state.removed)
  if (!template && !removed) return null
  return (
    <div data-testid="template-details" className="space-y-2 px-4 py-3">
      <Removed />
      {template && <Place template={template} />}
      {template && <Acts key={template.id} template={template} />}
      {template && <LinkedTemplate template={template} />}
    </div>
  )
}

const Removed = () => {
  const { t } = useWords()
  const { store } = useLoadedTemplates()
  const removed = useTemplateState((state) => state.removed)
  if (!removed) return null
  return (
    <div role="status" className="flex items-center justify-between gap-3 rounded-button bg-plaster px-3 py-1.5">
      <span className="min-w-0 truncate text-[13px]">{t('templates.deleted', { name: removed.template.name })}</span>
      <button
        type="button"
        onClick={() => store.restore()}
        className="flex min-h-8 shrink-0 items-center gap-1.5 rounded-button px-2 font-medium text-ultramarine hover:bg-ink/6 pointer-coarse:min-h-[44px]"
      >
        <Undo2 size={16} strokeWidth={1.8} aria-hidden />
        <span>{t('templates.restore')}</span>
      </button>
    </div>
  )
}

const Place = ({ template }: { template: PlacedTemplate }) => {
  const { t } = useWords()
  const { engine } = useCanvasParts()
  const { imports } = useLoadedTemplates()
  const { x, y, picture } = template
  const goTo = () => {
    const zoom = Math.min(32, Math.max(1, Math.floor((Math.min(innerWidth, innerHeight) * 0.6) / Math.max(picture.width, picture.height))))
    engine.centerOn({ x: x + picture.width / 2, y: y + picture.height / 2, zoom })
  }
  return (
    <div className="flex items-center gap-2">
      <Lock size={16} strokeWidth={1.8} aria-hidden className="text-muted" />
      <span className="numbers flex-1 text-[12.5px] text-muted" data-testid="template-position">
        {t('templates.position', { x, y })}
      </span>
      <IconButton icon={Crosshair} label={t('templates.goTo')} onClick={goTo} className="pointer-coarse:h-[44px]" />
      <button
        type="button"
        onClick={() => imports.move(template)}
        className="flex h-9 items-center gap-2 rounded-button border border-line px-3 font-medium hover:bg-ink/6 pointer-coarse:h-[44px]"
      >
        <Move size={17} strokeWidth={1.8} aria-hidden />
        <span>{t('templates.move')}</span>
      </button>
    </div>
  )
}

const Acts = ({ template }: { template: PlacedTemplate }) => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const { store } = useLoadedTemplates()
  const palette = usePalette()
  const order = useTemplateState((state) => state.templates.findIndex(({ id }) => id === template.id))
  const count = useTemplateState((state) => state.templates.length)
  const [isTooLong, setTooLong] = useState(false)
  const page = () => location.origin + location.pathname
  const link = useCopyLink(() => pictureLink(page(), template, palette) ?? '')
  const copy = () => {
    const isLong = pictureLink(page(), template, palette) === null
    setTooLong(isLong)
    if (!isLong) void link.copy()
  }
  const moveTo = (index: number) => {
    store.move(template.id, index)
    announce(ui, t('templates.nowAt', { name: template.name, place: index + 1, count }))
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-1">
        <IconButton
          icon={ArrowUp}
          label={t('templates.earlier')}
          disabled={order <= 0}
          onClick={() => moveTo(order - 1)}
          className="disabled:opacity-40 pointer-coarse:h-[44px]"
        />
        <IconButton
          icon={ArrowDown}
          label={t('templates.later')}
          disabled={order >= count - 1}
          onClick={() => moveTo(order + 1)}
          className="disabled:opacity-40 pointer-coarse:h-[44px]"
        />
        <IconButton
          icon={Download}
          label={t('templates.savePng')}
          onClick={() => savePng(template, palette)}
          className="pointer-coarse:h-[44px]"
        />
        <IconButton
          icon={Link2}
          label={link.isCopied ? t('templates.linkCopied') : t('templates.copyLink')}
          onClick={copy}
          className="pointer-coarse:h-[44px]"
        />
        <span className="flex-1" />
        <IconButton
          icon={Trash2}
          label={t('templates.delete', { name: template.name })}
          onClick={() => store.remove(template.id)}
          className="pointer-coarse:h-[44px]"
        />
      </div>
      {link.byHand !== null && <LinkField link={link.byHand} onHide={link.hide} />}
      {isTooLong && <p className="text-[13px] text-muted">{t('templates.linkTooLong')}</p>}
    </>
  )
}

const savePng = (template: PlacedTemplate, palette: readonly string[]) => {
  const address = URL.createObjectURL(new Blob([encodePicture(template.picture, palette) as BlobPart], { type: 'image/png' }))
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = `${template.name.replaceAll(/[\\/:*?"<>|]/g, '_')}.png`
  anchor.click()
  // Some browsers read the address after this.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
