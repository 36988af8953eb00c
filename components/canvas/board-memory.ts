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
  /** This browser has templates for the board, so their code is loaded with the page. */
  readonly hasTemplates?: boolean | undefined
}

/** The boards that were changed last (A6). */
export const maxBoards = 64

export const recallBoard = (canvasId: string): BoardMemory => {
  const boards = loadPreference('boards') ?? {}
  // A board may be called "constructor".
  return Object.hasOwn(boards, canvasId) ? (boards[canvasId] ?? {}) : {}
}

export const remember = (ui: Pick<UiStore, 'setState'>, canvasId: string, change: BoardMemory) => {
  const memory = { ...recallBoard(canvasId), ...change }
  ui.setState({ memory })
  const { [canvasId]: _, ...others } = loadPreference('boards') ?? {}
  savePreference('boards', Object.fromEntries([...Object.entries(others).slice(1 - maxBoards), [canvasId, memory]]))
}
