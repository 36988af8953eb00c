/** The state of the interface: the painter's choices and the selected cell. It has no pixels. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BoardPoint } from '../../lib/geometry.ts'
import { type BoardMemory, recallBoard } from './board-memory.ts'
import type { ToolName } from './engine/tools.ts'
import type { PictureState } from './engine/types.ts'
import type { PanelId } from './panels/panels.ts'
import { loadPreference, type Preferences, preferencePrefix, savePreference } from './preferences.ts'
import type { CanvasInfo } from './session/types.ts'

export const activityModes = ['off', 'live', 'heat', 'untouched'] as const
export type ActivityMode = (typeof activityModes)[number]
export const activitySpans = ['10m', '1h', '24h'] as const
export type ActivitySpan = (typeof activitySpans)[number]

export interface UiState {
  readonly color: number
  readonly zoom: number
  readonly cell: BoardPoint | null
  /** The last input came from a finger. */
  readonly touch: boolean
  readonly picture: PictureState
  readonly tool: ToolName
  /** The stroke that is being drawn. */
  readonly stroke: { readonly count: number } | null
  readonly grid: boolean
  readonly letters: boolean
  /** The keys that the painter has chosen. */
  readonly keys: Preferences['keys']
  readonly folded: boolean
  /** What of the board's activity is drawn. */
  readonly activity: ActivityMode
  readonly activitySpan: ActivitySpan
  /** The minimap is open. */
  readonly minimap: boolean
  /** The chosen color follows the template under the pointer. */
  readonly assist: boolean
  /** The palette shows the symbols of its colors, because a template does. */
  readonly symbols: boolean
  readonly theme: Preferences['theme']
  readonly motion: Preferences['motion']
  /** The charges that sounds and notifications tell about. */
  readonly ready: Preferences['ready']
  readonly title: boolean
  readonly sound: boolean
  readonly notify: boolean
  /** The open panel. */
  readonly panel: PanelId | null
  /** The painter of the panel `painter`. */
  readonly profile: string | null
  /** On a phone, the open panel is a strip above the dock. */
  readonly panelIsLow: boolean
  /** The cell that the inspector shows. It may be outside the board. */
  readonly inspected: BoardPoint | null
  /** On a phone, the inspector is a strip above the dock. */
  readonly inspectorIsLow: boolean
  /** A pixel was placed in this browser before. */
  readonly painted: boolean
  /** The text for screen readers. */
  readonly announcement: string
  readonly memory: BoardMemory
}

/** A small phone in landscape, where an open sheet would cover the board. */
const lowAndNarrow = '(max-height: 480px) and (max-width: 639px)'

/** A window with room for the minimap beside or above the dock. */
const wide = '(min-width: 1024px) and (min-height: 600px)'

export type UiStore = StoreApi<UiState>

export const createUiStore = (canvasId: string): UiStore =>
  createStore<UiState>(() => ({
    color: loadPreference('color') ?? 0,
    zoom: 1,
    cell: null,
    touch: matchMedia('(pointer: coarse)').matches,
    picture: 'shown',
    tool: 'pan-and-paint',
    stroke: null,
    grid: loadPreference('grid') ?? false,
    letters: loadPreference('letters') ?? true,
    keys: loadPreference('keys') ?? {},
    folded: loadPreference('folded') ?? matchMedia(lowAndNarrow).matches,
    activity: 'off',
    activitySpan: '1h',
    minimap: loadPreference('minimap') ?? matchMedia(wide).matches,
    assist: loadPreference('assist') ?? false,
    symbols: false,
    theme: loadPreference('theme') ?? 'system',
    motion: loadPreference('motion') ?? 'system',
    ready: loadPreference('ready') ?? 'full',
    title: loadPreference('title') ?? true,
    sound: loadPreference('sound') ?? false,
    notify: loadPreference('notify') ?? false,
    panel: null,
    profile: null,
    panelIsLow: false,
    inspected: null,
    inspectorIsLow: false,
    painted: loadPreference('painted') ?? false,
    announcement: '',
    memory: recallBoard(canvasId),
  }))

export const togglePanel = (store: UiStore, id: PanelId) =>
  store.setState(({ panel }) => ({ panel: panel === id ? null : id, panelIsLow: false }))

/** Opens the profile of a painter. */
export const showPainter = (store: UiStore, id: string) => store.setState({ panel: 'painter', profile: id, panelIsLow: false })

export const inspect = (store: UiStore, cell: BoardPoint | null) => store.setState({ inspected: cell, inspectorIsLow: false })

/** Switches a tool on, or back to `pan-and-paint`. */
export const toggleTool = (store: UiStore, name: ToolName) =>
  store.setState(({ tool }) => ({ tool: tool === name ? 'pan-and-paint' : name }))

/** Makes screen readers read a text. They would skip a text that did not change, so a repeated one gets a space. */
export const announce = (store: UiStore, words: string) =>
  store.setState(({ announcement }) => ({ announcement: announcement === words ? `${words}\u00a0` : words }))

/** The name of a palette color, or else its hex code. */
export const colorName = ({ palette, colorNames }: Pick<CanvasInfo, 'palette' | 'colorNames'>, color: number): string =>
  colorNames[color] ?? palette[color] ?? ''

/** The color that a click paints: in a finale the only one that is allowed, and otherwise the painter's choice. */
export const colorInUse = (canvas: Pick<CanvasInfo, 'onlyColor'> | null, { color }: Pick<UiState, 'color'>): number =>
  canvas?.onlyColor ?? color

/** Sets choices that the browser stores. */
export const choose = (store: UiStore, choices: Partial<Omit<Preferences, 'boards'>>) => {
  store.setState(choices)
  for (const [name, value] of Object.entries(choices)) savePreference(name as keyof Preferences, value as never)
}

/** Settings that hold for the device. Others, such as the color, belong to a tab. */
const shared = ['theme', 'motion', 'letters', 'keys', 'ready', 'title', 'sound', 'notify'] as const

/** Follows the settings that another tab of the browser changes. Returns the function that ends it. */
export const followOtherTabs = (store: UiStore): (() => void) => {
  const onStorage = ({ key }: StorageEvent) => {
    const name = shared.find((each) => key === preferencePrefix + each)
    const value = name && loadPreference(name)
    if (name && value !== null) store.setState({ [name]: value })
  }
  addEventListener('storage', onStorage)
  return () => removeEventListener('storage', onStorage)
}
