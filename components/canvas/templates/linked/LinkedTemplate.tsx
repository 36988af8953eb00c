'use client'

/** The part of a template's card about its link: sharing it, following it, and changing it for all followers. */
import { Copy, Link2, QrCode as QrIcon, Trash2, Upload } from 'lucide-react'
import { type ComponentType, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { PlacedTemplate } from '../../../../lib/templates/template.ts'
import type { PageWords } from '../../../../lib/words/page-words.ts'
import { useWords } from '../../../language.tsx'
import { IconButton } from '../../../ui/IconButton.tsx'
import { useCanvasParts, useSession } from '../../canvas-context.ts'
import { LinkField, useCopyLink } from '../../sharing/use-copy-link.tsx'
import { announce } from '../../ui-store.ts'
import { newKey } from '../template-shelf.ts'
import { useLoadedTemplates, usePalette } from '../use-templates.ts'
import { type LinkErrorCode, useLinkErrors } from './link-errors.ts'
import { cellsOfPng } from './read-linked.ts'
import { changeTemplate, removeTemplate, uploadTemplate } from './share-template.ts'

const button =
  'flex min-h-9 items-center gap-2 rounded-button border border-line px-3 font-medium hover:bg-ink/6 disabled:opacity-50 pointer-coarse:min-h-[44px]'

export const LinkedTemplate = ({ template }: { template: PlacedTemplate }) =>
  template.source.kind === 'link' ? (
    <Followed key={template.id} template={template} id={template.source.id} />
  ) : (
    <Share key={template.id} template={template} />
  )

const useIsStaff = () => useSession(({ painter }) => painter?.role === 'admin' || painter?.role === 'moderator')

const Share = ({ template }: { template: PlacedTemplate }) => {
  const { t } = useWords()
  const { session, ui } = useCanvasParts()
  const { store, linked } = useLoadedTemplates()
  const palette = usePalette()
  const canvas = useSession((state) => state.canvas)
  const isStaff = useIsStaff()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<LinkErrorCode | null>(null)
  const isAllowed = canvas?.templates === 'everyone' || (canvas?.templates === 'staff' && isStaff)
  if (!canvas || !isAllowed) return null
  const share = async () => {
    setBusy(true)
    setError(null)
    const shared = await uploadTemplate(session, { canvas: canvas.id, template, palette })
    setBusy(false)
    if (!shared.ok) return setError(shared.code)
    const { id, rev, name } = shared.info
    store.update(template.id, { name, source: { kind: 'link', id, rev } })
    linked.sent(shared.info)
    announce(ui, t('templates.byLink'))
  }
  return (
    <div className="space-y-1.5" data-testid="share-template">
      <button type="button" className={button} disabled={isBusy} onClick={() => void share()}>
        <Link2 size={17} strokeWidth={1.8} aria-hidden />
        <span>{t(isBusy ? 'linkedTemplates.sharing' : 'linkedTemplates.share')}</span>
      </button>
      <p className="text-[12.5px] text-muted">{t('linkedTemplates.shareHint')}</p>
      <Problem error={error} />
    </div>
  )
}

const Problem = ({ error }: { error: LinkErrorCode | null }) => {
  const text = useLinkErrors()
  if (error === null) return null
  return (
    <p role="alert" className="text-[13px] text-sinopia" data-testid="link-problem">
      {text(error)}
    </p>
  )
}

const Followed = ({ template, id }: { template: PlacedTemplate; id: string }) => {
  const { t } = useWords()
  const { linked, store } = useLoadedTemplates()
  const info = useStore(linked.state, ({ infos }) => infos.get(id))
  const painter = useSession((state) => state.painter)
  const isStaff = useIsStaff()
  const address = `${location.origin}${location.pathname}?t=${id}`
  const link = useCopyLink(() => address)
  const [Qr, setQr] = useState<ComponentType<{ text: string; label: string }> | null>(null)
  const showQr = async () => {
    if (Qr) return setQr(null)
    const { QrCode } = await import('../../sharing/QrCode.tsx')
    setQr(() => QrCode)
  }
  const keep = () =>
    store.add({
      ...template,
      id: newKey(),
      name: t('linkedTemplates.copyName', { name: template.name }).slice(0, 80),
      source: { kind: 'device' },
    })
  return (
    <div
      className="space-y-2"
      data-testid="linked-template"
      data-state={info ? 'known' : 'loading'}
      data-rev={template.source.kind === 'link' ? template.source.rev : 0}
    >
      <ServerProgress id={id} />
      <div className="flex flex-wrap items-center gap-1">
        <button type="button" className={button} onClick={() => void link.copy()}>
          <Link2 size={17} strokeWidth={1.8} aria-hidden />
          <span>{t(link.isCopied ? 'linkedTemplates.copied' : 'linkedTemplates.copy')}</span>
        </button>
        <IconButton
          icon={QrIcon}
          label={t('linkedTemplates.qr')}
          chosen={Qr !== null}
          onClick={() => void showQr()}
          className="pointer-coarse:h-[44px]"
        />
        <IconButton icon={Copy} label={t('linkedTemplates.keep')} onClick={keep} className="pointer-coarse:h-[44px]" />
      </div>
      {link.byHand !== null && <LinkField link={link.byHand} onHide={link.hide} />}
      {Qr && <Qr text={address} label={t('linkedTemplates.qr')} />}
      {info && (isStaff || painter?.id === info.by) && <Owned template={template} id={id} />}
    </div>
  )
}

const durationText = ({ t }: PageWords, ms: number) => {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 90) return t('duration.minutes', { count: minutes })
  const hours = Math.round(minutes / 60)
  return hours < 48 ? t('duration.hours', { count: hours }) : t('duration.days', { days: Math.floor(hours / 24), hours: hours % 24 })
}

const ServerProgress = ({ id }: { id: string }) => {
  const words = useWords()
  const { linked } = useLoadedTemplates()
  const progress = useStore(linked.state, (state) => state.progress.get(id))
  if (!progress) return null
  const { figures, etaMs } = progress
  const { t } = words
  if (!figures) return <p className="text-[12.5px] text-muted">{t('linkedTemplates.counting')}</p>
  const { right, wrong, missing, total } = figures
  const percent = Math.floor((right * 100) / Math.max(1, total))
  return (
    <p className="numbers text-[13px]" data-testid="linked-progress" data-right={right} data-wrong={wrong} data-missing={missing}>
      <span>{t('templateView.percent', { percent })}</span>
      <span className="text-muted">{` · ${t('templateView.left', { count: wrong + missing })}`}</span>
      {etaMs !== null && (
        <span className="block text-[12.5px] text-muted">{t('linkedTemplates.eta', { time: durationText(words, etaMs) })}</span>
      )}
    </p>
  )
}

/** For the painter who uploaded it, and for staff. */
const Owned = ({ template, id }: { template: PlacedTemplate; id: string }) => {
  const { t } = useWords()
  const { session } = useCanvasParts()
  const { store, linked } = useLoadedTemplates()
  const palette = usePalette()
  const file = useRef<HTMLInputElement>(null)
  const [name, setName] = useState(template.name)
  const [state, setState] = useState<'idle' | 'busy' | 'updated' | 'asking'>('idle')
  const [error, setError] = useState<LinkErrorCode | null>(null)
  const send = async (changed: PlacedTemplate) => {
    setState('busy')
    setError(null)
    const shared = await changeTemplate(session, { id, template: changed, palette })
    setState(shared.ok ? 'updated' : 'idle')
    if (!shared.ok) return setError(shared.code)
    const { rev, x, y } = shared.info
    store.update(template.id, { name: shared.info.name, x, y, picture: changed.picture, source: { kind: 'link', id, rev } })
    linked.sent(shared.info)
  }
  const replace = async (chosen: File | undefined) => {
    if (!chosen) return
    try {
      const picture = cellsOfPng(new Uint8Array(await chosen.arrayBuffer()), palette)
      if (picture) await send({ ...template, name, picture })
      else setError('color_not_in_palette')
    } catch {
      setError('other')
    }
  }
  const remove = async () => {
    setState('busy')
    const code = await removeTemplate(session, id)
    setState('idle')
    if (code === null) linked.forget(id)
    else setError(code)
  }
  const isBusy = state === 'busy'
  return (
    <div className="space-y-2 border-line border-t pt-2" data-testid="owned-template" data-state={state}>
      <label className="flex items-center gap-2">
        <span className="text-[12.5px] text-muted">{t('linkedTemplates.name')}</span>
        <input
          value={name}
          maxLength={80}
          dir="auto"
          onChange={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => event.stopPropagation()}
          className="h-9 min-w-0 flex-1 rounded-button border border-line bg-surface px-2 pointer-coarse:h-[44px]"
        />
      </label>
      <div className="flex flex-wrap gap-1">
        <button
          type="button"
          className={button}
          disabled={isBusy || name.trim() === ''}
          onClick={() => void send({ ...template, name: name.trim() })}
        >
          <Upload size={17} strokeWidth={1.8} aria-hidden />
          <span>{t('linkedTemplates.update')}</span>
        </button>
        <button type="button" className={button} disabled={isBusy} onClick={() => file.current?.click()}>
          {t('linkedTemplates.replace')}
        </button>
        <input
          ref={file}
          type="file"
          accept="image/png"
          hidden
          data-testid="replace-picture"
          onChange={(event) => {
            void replace(event.currentTarget.files?.[0])
            event.currentTarget.value = ''
          }}
        />
        {state === 'asking' ? null : (
          <button type="button" className={`${button} text-sinopia`} disabled={isBusy} onClick={() => setState('asking')}>
            <Trash2 size={17} strokeWidth={1.8} aria-hidden />
            <span>{t('linkedTemplates.remove')}</span>
          </button>
        )}
      </div>
      {state === 'updated' && (
        <p role="status" className="text-[12.5px] text-muted">
          {t('linkedTemplates.updated')}
        </p>
      )}
      {state === 'asking' && <AskRemove onCancel={() => setState('idle')} onRemove={() => void remove()} />}
      <Problem error={error} />
    </div>
  )
}

const AskRemove = ({ onCancel, onRemove }: { onCancel: () => void; onRemove: () => void }) => {
  const { t } = useWords()
  return (
    <div role="alertdialog" aria-label={t('linkedTemplates.removeAsk')} className="space-y-2 rounded-button bg-plaster p-3">
      <p className="text-[13px]">{t('linkedTemplates.removeAsk')}</p>
      <div className="flex flex-wrap gap-2">
        <button type="button" className={button} onClick={onCancel}>
          {t('linkedTemplates.cancel')}
        </button>
        <button
          type="button"
          ref={(element) => element?.focus()}
          className={`${button} border-transparent bg-sinopia text-surface hover:bg-sinopia/90`}
          onClick={onRemove}
        >
          {t('linkedTemplates.remove')}
        </button>
      </div>
    </div>
  )
}
