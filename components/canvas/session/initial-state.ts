import type { SessionState } from './types.ts'

/** The state of a session before the first answer. */
export const initialState = (wallMs: number): SessionState => ({
  loading: 'loading',
  failure: null,
  canvas: null,
  connection: { state: 'connecting', sinceMs: wallMs, behindPixels: 0, partlyLive: null, loadedPercent: null },
  untouched: false,
  online: null,
  painter: null,
  charges: null,
  pending: 0,
  saved: 0,
  undo: null,
  undone: 0,
  notice: null,
  changedTemplate: null,
})
