'use client'

/** What the cards of the canvas page share: the two stores, and what they may ask the engine and the session to do. */
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { CanvasEngine } from './engine/types.ts'
import type { Session, SessionState } from './session/types.ts'
import type { UiState, UiStore } from './ui-store.ts'

export interface CanvasParts {
  readonly engine: CanvasEngine
  readonly session: Session
  readonly ui: UiStore
}

export const CanvasContext = createContext<CanvasParts | null>(null)

export const useCanvasParts = (): CanvasParts => {
  const parts = useContext(CanvasContext)
  if (!parts) throw new Error('This belongs inside the canvas page.')
  return parts
}

export const useUi = <Value>(select: (state: UiState) => Value): Value => useStore(useCanvasParts().ui, select)
export const useSession = <Value>(select: (state: SessionState) => Value): Value => useStore(useCanvasParts().session.store, select)
