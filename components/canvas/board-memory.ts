/** What this browser remembers of a board, so that a painter is told each thing once. */
import { loadPreference, savePreference } from './preferences.ts'
import type { UiStore } from './ui-store.ts'

export interface BoardMemory {
  /** The id of the newest announcement that was read to the painter. */
  readonly announced?: string | undefined
  /** The id of the announcement that the painter dismissed. */
  readonly dismissed?: string | undefined
  /** The hash of the rules that the painter has opened. */
  readonly rules?: number | undefined
}

/** The boards that were changed last (A6). */
const maxBoards = 64

export const recallBoard = (canvasId: string): BoardMemory => loadPreference('boards')?.[canvasId] ?? {}

export const remember = (ui: UiStore, canvasId: string, change: BoardMemory) => {
  const { [canvasId]: before, ...others } = loadPreference('boards') ?? {}
  const memory = { ...before, ...change }
  ui.setState({ memory })
  savePreference('boards', Object.fromEntries([...Object.entries(others).slice(1 - maxBoards), [canvasId, memory]]))
}
