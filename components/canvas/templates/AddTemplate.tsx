'use client'

import { ImagePlus, Plus, SquareDashed } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { templateLimits } from '../../../lib/templates/template.ts'
import { useWords } from '../../language.tsx'
import { AreaForm } from './AreaForm.tsx'
import { useLoadedTemplates, useTemplateState } from './use-templates.ts'

const accepted = 'image/png,image/webp,image/jpeg,image/gif,.json,.wplace,.txt'

/** A button that opens the file chooser. */
export const ChooseFile = ({ className, children, disabled = false }: { className: string; children: ReactNode; disabled?: boolean }) => {
  const { t } = useWords()
  const { imports } = useLoadedTemplates()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={accepted}
        aria-label={t('templates.choose')}
        data-testid="template-file"
        onChange={({ target }) => {
          const file = target.files?.[0]
          // The same file may be chosen again.
          if (file) void imports.readFile(file).finally(() => Object.assign(target, { value: '' }))
        }}
      />
      <button type="button" disabled={disabled} onClick={() => input.current?.click()} className={className}>
        {children}
      </button>
    </>
  )
}

/** While there is no template. */
export const DropArea = () => {
  const { t } = useWords()
  return (
    <div className="p-3.5">
      <div className="flex flex-col items-center rounded-card border border-line border-dashed px-4 py-6 text-center">
        <ImagePlus size={24} strokeWidth={1.6} aria-hidden className="text-muted" />
        <p className="mt-2.5 font-medium pointer-coarse:hidden">{t('templates.empty.title')}</p>
        <p className="mt-1 max-w-56 text-[13px] text-pretty text-muted">{t('templates.empty.body')}</p>
        <ChooseFile className="mt-3.5 h-9 rounded-button bg-ultramarine px-4 font-medium text-on-accent pointer-coarse:h-[48px]">
          <span>{t('templates.choose')}</span>
        </ChooseFile>
      </div>
    </div>
  )
}

const rowClass =
  'flex min-h-10 w-full items-center gap-2.5 rounded-button px-2 text-start hover:bg-ink/6 disabled:text-muted disabled:hover:bg-transparent pointer-coarse:min-h-[44px]'

/** More ways to a template. */
export const AddTemplate = () => {
  const { t } = useWords()
  const [isAreaOpen, setAreaOpen] = useState(false)
  const count = useTemplateState((state) => state.templates.length)
  const isFull = count >= templateLimits.maxTemplates
  if (isAreaOpen && !isFull) return <AreaForm onClose={() => setAreaOpen(false)} />
  return (
    <div className="p-2">
      {count > 0 && (
        <ChooseFile disabled={isFull} className={rowClass}>
          <Plus size={18} strokeWidth={1.8} aria-hidden />
          <span>{t('templates.add')}</span>
        </ChooseFile>
      )}
      <button type="button" disabled={isFull} onClick={() => setAreaOpen(true)} className={rowClass}>
        <SquareDashed size={18} strokeWidth={1.8} aria-hidden />
        <span>{t('templates.area.open')}</span>
      </button>
      {isFull && (
        <p className="px-2 py-1 text-[12.5px] text-muted">{t('templates.problem.list_full', { max: templateLimits.maxTemplates })}</p>
      )}
      <LinkField />
    </div>
  )
}

/** For a link of Pxls. A page without a secure context cannot read the clipboard, but a field always takes a paste. */
const LinkField = () => {
  const { t } = useWords()
  const { imports } = useLoadedTemplates()
  return (
    <input
      type="text"
      dir="ltr"
      autoComplete="off"
      spellCheck={false}
      aria-label={t('templates.pasteLink')}
      placeholder={t('templates.pasteLink')}
      data-testid="template-link"
      onPaste={(event) => {
        const text = event.clipboardData.getData('text')
        if (text === '') return
        event.preventDefault()
        event.stopPropagation()
        void imports.readText(text)
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter' && currentTarget.value.trim() !== '') void imports.readText(currentTarget.value)
      }}
      className="mt-1 h-9 w-full rounded-button border border-line bg-surface px-2.5 text-[13px] pointer-coarse:h-[44px]"
    />
  )
}
