'use client'

/** Small enough for the first script of the page: whether a template is being placed, and what the page shows then. */
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { useCanvasParts } from '../canvas-context.ts'
import type { TemplateState } from './template-store.ts'

const none = createStore<Pick<TemplateState, 'draft'>>(() => ({ draft: null }))

export const usePlacing = () => {
  const { store, placing } = useStore(useCanvasParts().templates.state)
  const isPlacing = useStore(store?.state ?? none, ({ draft }) => draft !== null)
  return isPlacing ? placing : null
}
