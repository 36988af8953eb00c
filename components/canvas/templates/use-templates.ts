'use client'

/** The loaded templates, for the parts of the page that exist only with them. */
import { useStore } from 'zustand'
import { useCanvasParts, useSession } from '../canvas-context.ts'
import type { LinkedTemplates } from './linked/linked-templates.ts'
import type { ImportState, TemplateImports } from './template-imports.ts'
import type { TemplateState, TemplateStore } from './template-store.ts'

export interface LoadedParts {
  readonly store: TemplateStore
  readonly imports: TemplateImports
  readonly linked: LinkedTemplates
}

export const useLoadedTemplates = (): LoadedParts => {
  const { store, imports, linked } = useStore(useCanvasParts().templates.state)
  if (!store || !imports || !linked) throw new Error('The templates are not loaded.')
  return { store, imports, linked }
}

export const useTemplateState = <Value>(select: (state: TemplateState) => Value): Value =>
  useStore(useLoadedTemplates().store.state, select)
export const useImportState = (): ImportState => useStore(useLoadedTemplates().imports.state)

const noColors: readonly string[] = []
export const usePalette = (): readonly string[] => useSession((state) => state.canvas?.palette) ?? noColors
