/** What the panel shows of the ages: how much is loaded, and the busiest areas. A page has one board. */
import { createStore } from 'zustand/vanilla'
import type { BusyArea } from './busiest-areas.ts'

export interface ActivityState {
  /** Tiles in view: how many there are, and of how many the ages are loaded. */
  readonly tiles: number
  readonly loaded: number
  readonly hasFailed: boolean
  readonly busiest: readonly BusyArea[]
}

export const noActivity: ActivityState = { tiles: 0, loaded: 0, hasFailed: false, busiest: [] }

export const activityStore = createStore<ActivityState>(() => noActivity)
