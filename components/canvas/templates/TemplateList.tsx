'use client'

import { Eye, EyeOff } from 'lucide-react'
import type { PlacedTemplate } from '../../../lib/templates/template.ts'
import { useWords } from '../../language.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { PicturePreview } from './PicturePreview.tsx'
import { selectedTemplate } from './template-store.ts'
import { useLoadedTemplates, usePalette, useTemplateState } from './use-templates.ts'

/** All templates of the board. The first one has priority where several overlap. */
export const TemplateList = () => {
  const { t } = useWords()
  const templates = useTemplateState((state) => state.templates)
  const selectedId = useTemplateState((state) => selectedTemplate(state)?.id)
  return (
    <ul aria-label={t('templates.title')} data-testid="template-list" className="max-h-56 overflow-y-auto p-1.5">
      {templates.map((template) => (
        <Row key={template.id} template={template} isSelected={template.id === selectedId} />
      ))}
    </ul>
  )
}

const Row = ({ template, isSelected }: { template: PlacedTemplate; isSelected: boolean }) => {
  const { t } = useWords()
  const { store } = useLoadedTemplates()
  const palette = usePalette()
  const { id, name, isVisible, source } = template
  return (
    <li className={`flex items-center rounded-button pe-1 ${isSelected ? 'bg-ultramarine/12' : ''}`} data-testid="template-row">
      <button
        type="button"
        aria-pressed={isSelected}
        onClick={() => store.select(id)}
        className="flex min-h-[46px] min-w-0 flex-1 items-center gap-3 rounded-button px-2 text-start hover:bg-ink/6"
      >
        <PicturePreview picture={template.picture} palette={palette} className="size-8" />
        <span className={`min-w-0 ${isVisible ? '' : 'text-muted'}`}>
          <span dir="auto" className={`block truncate font-medium ${isSelected ? 'text-ultramarine' : ''}`}>
            {name}
          </span>
          <span className="block text-[12.5px] text-muted">{t(source.kind === 'device' ? 'templates.onDevice' : 'templates.byLink')}</span>
        </span>
      </button>
      <IconButton
        icon={isVisible ? Eye : EyeOff}
        label={t(isVisible ? 'templates.hide' : 'templates.show', { name })}
        onClick={() => store.update(id, { isVisible: !isVisible })}
        className="pointer-coarse:h-[44px]"
      />
    </li>
  )
}
