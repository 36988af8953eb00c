'use client'

import { useEffect } from 'react'
import { useWords } from '../../language.tsx'
import { useCanvasParts } from '../canvas-context.ts'
import { announce } from '../ui-store.ts'
import { useLoadedTemplates } from './use-templates.ts'

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** What the buttons and the keys do while a template is placed. */
export const usePlacingActs = () => {
  const { t } = useWords()
  const { ui } = useCanvasParts()
  const { store, imports } = useLoadedTemplates()
  const announcePlace = () => {
    const { draft } = store.state.getState()
    if (draft) announce(ui, t('templates.at', { x: draft.x, y: draft.y }))
  }
  return {
    announcePlace,
    moveBy(dx: number, dy: number) {
      const { draft } = store.state.getState()
      if (!draft) return
      imports.moveTo({ x: draft.x + dx, y: draft.y + dy })
      announcePlace()
    },
    place() {
      const placed = imports.place(t('templates.unnamed'))
      if (placed) announce(ui, t('templates.placed', { name: placed.name, x: placed.x, y: placed.y }))
    },
    cancel() {
      imports.cancel()
      announce(ui, t('templates.canceled'))
    },
  }
}

/** Keys that would otherwise move the cell, paint, or close the panel. */
export const usePlacingKeys = () => {
  const { ui } = useCanvasParts()
  const acts = usePlacingActs()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      const target = event.target instanceof HTMLElement ? event.target : null
      if (event.key === 'Escape' ? ui.getState().inspected !== null : target?.closest('input, textarea, select, [role="dialog"]')) return
      const step = steps[event.key]
      const isButton = target?.closest('button, a') != null
      if (step) acts.moveBy(step[0] * (event.shiftKey ? 10 : 1), step[1] * (event.shiftKey ? 10 : 1))
      else if (event.key === 'Escape') acts.cancel()
      else if (event.key === 'Enter' && !isButton) acts.place()
      else if (event.key !== ' ' || isButton) return
      event.preventDefault()
      event.stopPropagation()
    }
    addEventListener('keydown', onKeyDown, { capture: true })
    return () => removeEventListener('keydown', onKeyDown, { capture: true })
  })
}
