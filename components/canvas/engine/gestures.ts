/**
 * A pure reducer from pointer events to pan, zoom, click, tap and long press. A press causes at most one click, tap or long press,
 * and a drag or a pinch causes none. It has no timer: `pointer-input.ts` sends `time` at `longPressAtMs`.
 */
import { type ScreenPoint, screenPoint } from './camera.ts'

export type PointerKind = 'mouse' | 'pen' | 'touch'

export type GestureInput =
  | { type: 'down'; id: number; kind: PointerKind; at: ScreenPoint; timeMs: number }
  | { type: 'move'; id: number; at: ScreenPoint; timeMs: number }
  | { type: 'up'; id: number; at: ScreenPoint; timeMs: number }
  | { type: 'cancel'; id: number }
  | { type: 'time'; timeMs: number }

export type GestureAction =
  /** A pointer holds the board, so gliding stops. */
  | { do: 'hold' }
  | { do: 'pan'; dx: number; dy: number }
  /** Two fingers: the point under their middle moves with them, and the board grows by the factor. */
  | { do: 'pinch'; from: ScreenPoint; to: ScreenPoint; factor: number }
  /** Released while moving, in CSS pixels per second. */
  | { do: 'fling'; vx: number; vy: number }
  | { do: 'click'; at: ScreenPoint }
  | { do: 'tap'; at: ScreenPoint }
  | { do: 'long_press'; at: ScreenPoint }

interface Track {
  readonly id: number
  readonly at: ScreenPoint
}

interface Sample {
  readonly at: ScreenPoint
  readonly timeMs: number
}

export type GestureState =
  | { phase: 'idle' }
  | { phase: 'pressed'; kind: PointerKind; pointer: Track; start: ScreenPoint; longPressAtMs: number | null }
  | { phase: 'panning'; pointer: Track; samples: readonly Sample[] }
  | { phase: 'pinching'; first: Track; second: Track; others: readonly Track[] }
  /** Pointers are still down, but this press has already caused its action. */
  | { phase: 'spent'; pointers: readonly Track[] }

export const idleGesture: GestureState = { phase: 'idle' }

/** How far a pointer may move during a press, in CSS pixels. */
const slop: Record<PointerKind, number> = { mouse: 4, pen: 6, touch: 10 }
export const longPressMs = 500
/** The speed of a fling comes from the movement in this last time. */
const flingWindowMs = 80
const maxSamples = 16

export interface GestureStep {
  readonly state: GestureState
  readonly actions: readonly GestureAction[]
}

const stay = (state: GestureState): GestureStep => ({ state, actions: [] })

const distance = (a: ScreenPoint, b: ScreenPoint) => Math.hypot(a.x - b.x, a.y - b.y)
const replaced = (tracks: readonly Track[], moved: Track) => tracks.map((track) => (track.id === moved.id ? moved : track))
const middle = (a: ScreenPoint, b: ScreenPoint) => screenPoint((a.x + b.x) / 2, (a.y + b.y) / 2)

export const gesture = (state: GestureState, input: GestureInput): GestureStep => {
  switch (input.type) {
    case 'down':
      return down(state, input)
    case 'move':
      return move(state, input)
    case 'up':
      return up(state, input)
    case 'cancel':
      return lift(state, input.id)
    case 'time':
      return state.phase === 'pressed' && state.longPressAtMs !== null && input.timeMs >= state.longPressAtMs
        ? { state: { phase: 'spent', pointers: [state.pointer] }, actions: [{ do: 'long_press', at: state.pointer.at }] }
        : stay(state)
  }
}

const down = (state: GestureState, input: Extract<GestureInput, { type: 'down' }>): GestureStep => {
  const pointer: Track = { id: input.id, at: input.at }
  const hold: GestureAction[] = [{ do: 'hold' }]
  switch (state.phase) {
    case 'idle':
      return {
        state: {
          phase: 'pressed',
          kind: input.kind,
          pointer,
          start: input.at,
          longPressAtMs: input.kind === 'mouse' ? null : input.timeMs + longPressMs,
        },
        actions: hold,
      }
    case 'pressed':
    case 'panning':
      if (state.pointer.id === pointer.id) return stay(state)
      return { state: { phase: 'pinching', first: state.pointer, second: pointer, others: [] }, actions: hold }
    case 'pinching':
      return stay({ ...state, others: [...state.others.filter((track) => track.id !== pointer.id), pointer] })
    case 'spent': {
      const [first] = state.pointers
      if (!first) return stay({ phase: 'spent', pointers: [pointer] })
      return { state: { phase: 'pinching', first, second: pointer, others: state.pointers.slice(1) }, actions: hold }
    }
  }
}

const move = (state: GestureState, input: Extract<GestureInput, { type: 'move' }>): GestureStep => {
  const moved: Track = { id: input.id, at: input.at }
  switch (state.phase) {
    case 'idle':
      return stay(state)
    case 'pressed': {
      if (state.pointer.id !== input.id) return stay(state)
      if (distance(state.start, input.at) <= slop[state.kind]) return stay({ ...state, pointer: moved })
      // The whole distance since the press, so that the point that was grabbed stays under the pointer.
      return {
        state: { phase: 'panning', pointer: moved, samples: [{ at: input.at, timeMs: input.timeMs }] },
        actions: [{ do: 'pan', dx: input.at.x - state.start.x, dy: input.at.y - state.start.y }],
      }
    }
    case 'panning': {
      if (state.pointer.id !== input.id) return stay(state)
      const samples = [...state.samples, { at: input.at, timeMs: input.timeMs }].slice(-maxSamples)
      const before = state.pointer.at
      return {
        state: { ...state, pointer: moved, samples },
        actions: [{ do: 'pan', dx: input.at.x - before.x, dy: input.at.y - before.y }],
      }
    }
    case 'pinching': {
      const first = state.first.id === input.id ? moved : state.first
      const second = state.second.id === input.id ? moved : state.second
      if (first === state.first && second === state.second) return stay({ ...state, others: replaced(state.others, moved) })
      // The factor of fingers that are closer than this is mostly noise.
      const before = Math.max(8, distance(state.first.at, state.second.at))
      const now = Math.max(8, distance(first.at, second.at))
      return {
        state: { ...state, first, second },
        actions: [{ do: 'pinch', from: middle(state.first.at, state.second.at), to: middle(first.at, second.at), factor: now / before }],
      }
    }
    case 'spent':
      return stay({ ...state, pointers: replaced(state.pointers, moved) })
  }
}

const up = (state: GestureState, input: Extract<GestureInput, { type: 'up' }>): GestureStep => {
  if (state.phase === 'pressed' && state.pointer.id === input.id) {
    if (distance(state.start, input.at) > slop[state.kind]) return stay(idleGesture)
    // A press that was long enough counts as a long press even if its timer was late.
    if (state.longPressAtMs !== null && input.timeMs >= state.longPressAtMs) {
      return { state: idleGesture, actions: [{ do: 'long_press', at: state.start }] }
    }
    // A touch counts where it began, because a finger rolls while it lifts.
    return { state: idleGesture, actions: [{ do: state.kind === 'touch' ? 'tap' : 'click', at: state.start }] }
  }
  if (state.phase === 'panning' && state.pointer.id === input.id) {
    const fling = flingOf(state.samples, input.timeMs)
    return { state: idleGesture, actions: fling ? [fling] : [] }
  }
  return lift(state, input.id)
}

/** A pointer left without an action. After a pinch, the remaining finger pans. */
const lift = (state: GestureState, id: number): GestureStep => {
  switch (state.phase) {
    case 'idle':
      return stay(state)
    case 'pressed':
    case 'panning':
      return stay(state.pointer.id === id ? idleGesture : state)
    case 'pinching': {
      const left = [state.first, state.second, ...state.others].filter((track) => track.id !== id)
      const [first, second, ...others] = left
      if (first && second) return stay({ phase: 'pinching', first, second, others })
      return stay(first ? { phase: 'panning', pointer: first, samples: [] } : idleGesture)
    }
    case 'spent': {
      const pointers = state.pointers.filter((track) => track.id !== id)
      return stay(pointers.length > 0 ? { phase: 'spent', pointers } : idleGesture)
    }
  }
}

const flingOf = (samples: readonly Sample[], timeMs: number): GestureAction | null => {
  const recent = samples.filter((sample) => sample.timeMs >= timeMs - flingWindowMs)
  const first = recent[0]
  const last = recent.at(-1)
  if (!first || !last || last.timeMs <= first.timeMs) return null
  const perSecond = 1_000 / (last.timeMs - first.timeMs)
  return { do: 'fling', vx: (last.at.x - first.at.x) * perSecond, vy: (last.at.y - first.at.y) * perSecond }
}
