/**
 * A pure reducer above `gestures.ts`: while a tool draws, the first pointer draws, and a second one turns the gesture into a pinch. A
 * pinch always begins with one finger, so a second finger that comes at once drops the stroke.
 */
import type { ScreenPoint } from './camera.ts'
import { type GestureAction, type GestureInput, type GestureState, gesture, idleGesture, type PointerKind } from './gestures.ts'

export type DrawAction =
  | { do: 'draw_start'; at: ScreenPoint }
  | { do: 'draw'; points: readonly ScreenPoint[] }
  | { do: 'draw_end' }
  /** Nothing of the stroke is kept. */
  | { do: 'draw_drop' }

export type PointerAction = GestureAction | DrawAction

export type PointerStepInput =
  | Exclude<GestureInput, { type: 'move' }>
  /** `before`: earlier positions that the browser has reported together with this one. */
  | (Extract<GestureInput, { type: 'move' }> & { before?: readonly ScreenPoint[] })
  /** The pointer was a palm. */
  | { type: 'palm'; id: number; timeMs: number }

interface Drawing {
  readonly phase: 'drawing'
  readonly kind: PointerKind
  readonly id: number
  readonly start: ScreenPoint
  readonly at: ScreenPoint
  readonly startMs: number
  readonly lastMs: number
  /** The largest distance from the start, in CSS pixels. */
  readonly farthest: number
}

export type PointerState = GestureState | Drawing

export interface PointerStep {
  readonly state: PointerState
  readonly actions: readonly PointerAction[]
}

/** A second finger within this time or distance is the beginning of a pinch. */
export const pinchWithinMs = 150
export const pinchWithinPx = 8

export const pointerStep = (state: PointerState, input: PointerStepInput, draws: boolean): PointerStep => {
  if (state.phase === 'drawing') return drawingStep(state, input)
  if (draws && state.phase === 'idle' && input.type === 'down') {
    const { kind, id, at, timeMs } = input
    const drawing: Drawing = { phase: 'drawing', kind, id, start: at, at, startMs: timeMs, lastMs: timeMs, farthest: 0 }
    return { state: drawing, actions: [{ do: 'hold' }, { do: 'draw_start', at }] }
  }
  return gesture(state, input.type === 'palm' ? { type: 'cancel', id: input.id } : input)
}

const drawingStep = (state: Drawing, input: PointerStepInput): PointerStep => {
  switch (input.type) {
    case 'down':
      return input.id === state.id ? { state, actions: [] } : pinch(state, input)
    case 'move': {
      if (input.id !== state.id) return { state, actions: [] }
      const points = [...(input.before ?? []), input.at]
      return { state: moved(state, points, input.timeMs), actions: [{ do: 'draw', points }] }
    }
    case 'up':
      if (input.id !== state.id) return { state, actions: [] }
      return { state: idleGesture, actions: [{ do: 'draw', points: [input.at] }, { do: 'draw_end' }] }
    case 'cancel':
      return input.id === state.id ? { state: idleGesture, actions: [finish(state, state.lastMs)] } : { state, actions: [] }
    case 'palm':
      return input.id === state.id ? { state: idleGesture, actions: [{ do: 'draw_drop' }] } : { state, actions: [] }
    case 'time':
      return { state, actions: [] }
  }
}

const moved = (state: Drawing, points: readonly ScreenPoint[], timeMs: number): Drawing => {
  const distances = points.map(({ x, y }) => Math.hypot(x - state.start.x, y - state.start.y))
  return { ...state, at: points.at(-1) ?? state.at, lastMs: timeMs, farthest: Math.max(state.farthest, ...distances) }
}

const finish = (state: Drawing, timeMs: number): DrawAction =>
  timeMs - state.startMs <= pinchWithinMs || state.farthest <= pinchWithinPx ? { do: 'draw_drop' } : { do: 'draw_end' }

const pinch = (state: Drawing, input: Extract<GestureInput, { type: 'down' }>): PointerStep => {
  const { id, kind, at, startMs } = state
  const pressed = gesture(idleGesture, { type: 'down', id, kind, at, timeMs: startMs })
  const { state: pinching, actions } = gesture(pressed.state, input)
  return { state: pinching, actions: [finish(state, input.timeMs), ...actions] }
}
