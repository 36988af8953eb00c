'use client'

/** The engine, the session and the UI store for the cards of the canvas page. */
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { BoardChanges } from './board-changes.ts'
import { isLetterKey, keysOf, keyText } from './commands.ts'
import type { CanvasEngine } from './engine/types.ts'
import type { Session, SessionState } from './session/types.ts'
import type { TemplateLoader } from './templates/template-loader.ts'
import { colorInUse, type UiState, type UiStore } from './ui-store.ts'

export interface CanvasParts {
  readonly engine: CanvasEngine
  readonly session: Session
  readonly ui: UiStore
  readonly changes: Pick<BoardChanges, 'subscribe'>
  readonly templates: TemplateLoader
}

export const CanvasContext = createContext<CanvasParts | null>(null)

export const useCanvasParts = (): CanvasParts => {
  const parts = useContext(CanvasContext)
  if (!parts) throw new Error('This component is used outside the canvas page.')
  return parts
}

export const useUi = <Value>(select: (state: UiState) => Value): Value => useStore(useCanvasParts().ui, select)
export const useSession = <Value>(select: (state: SessionState) => Value): Value => useStore(useCanvasParts().session.store, select)

export const useColorInUse = (): number => {
  const canvas = useSession((state) => state.canvas)
  const color = useUi((state) => state.color)
  return colorInUse(canvas, { color })
}

/** The key of a command as it is shown on its button. Empty without one. */
export const useShortcut = (command: string): string => {
  const chosen = useUi((state) => state.keys)
  const letters = useUi((state) => state.letters)
  const [key] = keysOf(chosen, command)
  return key === undefined || (isLetterKey(key) && !letters) ? '' : keyText(key)
}
