/** What the interface itself holds: choices and what is under the pointer. Pixels are never in here. */
import { createStore } from 'zustand/vanilla'
import type { BoardPoint } from '../../lib/geometry.ts'
import type { PictureState } from './engine/types.ts'
import type { PanelId } from './panels/panels.ts'
import { loadPreference, type Preferences, savePreference } from './preferences.ts'
import type { CanvasInfo } from './session/types.ts'

export interface UiState {
  readonly color: number
  readonly zoom: number
  readonly cell: BoardPoint | null
  readonly touch: boolean
  /** Whether the board can be seen. */
  readonly picture: PictureState
  readonly grid: boolean
  readonly letters: boolean
  readonly folded: boolean
  readonly theme: Preferences['theme']
  /** The open panel. */
  readonly panel: PanelId | null
  /** This painter has placed a pixel before, in this browser. */
  readonly painted: boolean
  /** Said to screen readers. */
  readonly announcement: string
}

/** A small phone that lies down: an open sheet would leave nothing of the board. */
const lowAndNarrow = '(max-height: 480px) and (max-width: 639px)'

export const createUiStore = () =>
  createStore<UiState>(() => ({
    color: loadPreference('color') ?? 0,
    zoom: 1,
    cell: null,
    touch: false,
    picture: 'shown',
    grid: loadPreference('grid') ?? false,
    letters: loadPreference('letters') ?? true,
    folded: loadPreference('folded') ?? matchMedia(lowAndNarrow).matches,
    theme: loadPreference('theme') ?? 'system',
    panel: null,
    painted: loadPreference('painted') ?? false,
    announcement: '',
  }))

export type UiStore = ReturnType<typeof createUiStore>

export const togglePanel = (store: UiStore, id: PanelId) => store.setState(({ panel }) => ({ panel: panel === id ? null : id }))

/**
 * Esc ends one thing at a time, in the order inspector, mode, panel; today there is only the panel. Returns false if there was
 * nothing to end.
 */
export const endTopmost = (store: UiStore): boolean => {
  if (store.getState().panel === null) return false
  store.setState({ panel: null })
  return true
}

/** Has screen readers say something; also once more the same, which they would pass over. */
export const announce = (store: UiStore, words: string) =>
  store.setState(({ announcement }) => ({ announcement: announcement === words ? `${words}\u00a0` : words }))

/** A palette's colour in words; without a name its code. */
export const colorName = ({ palette, colorNames }: Pick<CanvasInfo, 'palette' | 'colorNames'>, color: number): string =>
  colorNames[color] ?? palette[color] ?? ''

/** Sets choices that the browser remembers. */
export const choose = (store: UiStore, choices: Partial<Preferences>) => {
  store.setState(choices)
  for (const [name, value] of Object.entries(choices)) savePreference(name as keyof Preferences, value as never)
}
