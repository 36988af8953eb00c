'use client'

/** What is left to paint of the chosen template, and how it is drawn. */
import { useStore } from 'zustand'
import type { PlacedTemplate } from '../../../lib/templates/template.ts'
import { useCanvasParts } from '../canvas-context.ts'
import { TemplateColors } from './TemplateColors.tsx'
import { AssistSwitch, TemplateLook } from './TemplateLook.tsx'
import { TemplateNumbers } from './TemplateNumbers.tsx'
import { selectedTemplate, type TemplateStore } from './template-store.ts'
import type { TemplateView } from './template-view.ts'
import { useLoadedTemplates, useTemplateState } from './use-templates.ts'

export const TemplateFollowing = () => {
  const view = useStore(useCanvasParts().templates.state, (state) => state.view)
  const { store } = useLoadedTemplates()
  const template = useTemplateState(selectedTemplate)
  return view && template ? <Following key={template.id} view={view} store={store} template={template} /> : null
}

interface FollowingProps {
  readonly view: TemplateView
  readonly store: TemplateStore
  readonly template: PlacedTemplate
}

const Following = ({ view, store, template }: FollowingProps) => (
  <div className="divide-y divide-line">
    <div className="px-4 py-3">
      <TemplateNumbers view={view} templateId={template.id} />
    </div>
    <div className="px-4 py-3">
      <TemplateColors view={view} templateId={template.id} />
    </div>
    <div className="space-y-3 px-4 py-3">
      <TemplateLook store={store} template={template} />
      <AssistSwitch view={view} />
    </div>
  </div>
)
