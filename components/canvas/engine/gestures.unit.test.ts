import { expect, test } from 'vitest'
import { screenPoint } from './camera.ts'
import {
  type GestureAction,
  type GestureInput,
  type GestureState,
  gesture,
  idleGesture,
  longPressMs,
  type PointerKind,
} from './gestures.ts'

const play = (inputs: readonly GestureInput[]) => {
  let state: GestureState = idleGesture
  const actions: GestureAction[] = []
  for (const input of inputs) {
    const step = gesture(state, input)
    state = step.state
    actions.push(...step.actions)
  }
  return { state, actions, did: actions.map((action) => action.do) }
}
const down = (x: number, y: number, timeMs = 0, id = 1, kind: PointerKind = 'touch'): GestureInput => ({
  type: 'down',
  id,
  kind,
  at: screenPoint(x, y),
  timeMs,
})
const move = (x: number, y: number, timeMs = 0, id = 1): GestureInput => ({ type: 'move', id, at: screenPoint(x, y), timeMs })
const up = (x: number, y: number, timeMs = 0, id = 1): GestureInput => ({ type: 'up', id, at: screenPoint(x, y), timeMs })

test('a touch that does not move is a tap where it began, and a mouse or a pen clicks', () => {
  expect(play([down(5, 5), move(8, 5, 20), up(9, 6, 90)]).actions).toEqual([{ do: 'hold' }, { do: 'tap', at: { x: 5, y: 5 } }])
  expect(play([down(5, 5, 0, 1, 'mouse'), up(6, 5, 90)]).did).toEqual(['hold', 'click'])
  expect(play([down(5, 5, 0, 1, 'pen'), up(6, 5, 90)]).did).toEqual(['hold', 'click'])
})

test('a slow click of a mouse is a click', () => {
  expect(play([down(5, 5, 0, 1, 'mouse'), { type: 'time', timeMs: 5_000 }, up(5, 5, 5_000)]).did).toEqual(['hold', 'click'])
})

test('a press that moves beyond the slop pans by the whole distance and causes nothing else', () => {
  const { actions, did } = play([down(0, 0), move(10, 0, 10), move(11, 0, 20), move(11, 30, 40), up(11, 30, 400)])
  expect(did).toEqual(['hold', 'pan', 'pan'])
  expect(actions.slice(1)).toEqual([
    { do: 'pan', dx: 11, dy: 0 },
    { do: 'pan', dx: 0, dy: 30 },
  ])
})

test('a drag that returns to its start is not a tap', () => {
  expect(play([down(0, 0), move(40, 0, 10), move(0, 0, 20), up(0, 0, 300)]).did).not.toContain('tap')
})

test('a pointer that is released while it moves flings, and one that rested does not', () => {
  const flung = play([down(0, 0), move(20, 0, 10), move(40, 0, 20), move(60, 0, 30), up(60, 0, 32)])
  expect(flung.actions.at(-1)).toEqual({ do: 'fling', vx: 2_000, vy: 0 })
  expect(play([down(0, 0), move(20, 0, 10), move(60, 0, 30), up(60, 0, 400)]).did).not.toContain('fling')
})

test('a long press is reported at its time and is not a tap afterwards', () => {
  const { actions, did } = play([
    down(5, 5),
    { type: 'time', timeMs: longPressMs - 1 },
    { type: 'time', timeMs: longPressMs },
    up(5, 5, longPressMs + 50),
  ])
  expect(did).toEqual(['hold', 'long_press'])
  expect(actions[1]).toEqual({ do: 'long_press', at: { x: 5, y: 5 } })
})

test('a press that was long enough is a long press even if its timer is late', () => {
  expect(play([down(5, 5), up(5, 5, longPressMs)]).did).toEqual(['hold', 'long_press'])
})

test('two fingers zoom about their middle and move with it', () => {
  const { actions } = play([down(0, 0), down(100, 0, 5, 2), move(200, 0, 10, 2)])
  expect(actions.at(-1)).toEqual({ do: 'pinch', from: { x: 50, y: 0 }, to: { x: 100, y: 0 }, factor: 2 })
})

test('a pinch never ends in a tap, in whatever order the fingers leave', () => {
  for (const [first, second] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const { did, state } = play([down(0, 0), down(100, 0, 5, 2), up(0, 0, 20, first), up(100, 0, 30, second)])
    expect(did.filter((act) => act !== 'hold')).toEqual([])
    expect(state).toEqual(idleGesture)
  }
})

test('the finger that stays after a pinch pans', () => {
  const { actions } = play([down(0, 0), down(100, 0, 5, 2), up(100, 0, 20, 2), move(3, 4, 30, 1), up(3, 4, 200, 1)])
  expect(actions.filter(({ do: act }) => act !== 'hold')).toEqual([{ do: 'pan', dx: 3, dy: 4 }])
})

test('a third finger changes nothing until one of the two leaves', () => {
  const { actions, state } = play([
    down(0, 0),
    down(100, 0, 1, 2),
    down(50, 90, 2, 3),
    move(50, 95, 3, 3),
    up(0, 0, 4, 1),
    move(50, 105, 5, 3),
    up(100, 0, 6, 2),
    up(50, 105, 7, 3),
  ])
  const pinches = actions.filter((action) => action.do === 'pinch')
  expect(pinches).toHaveLength(1)
  expect(pinches[0]?.from).toEqual({ x: 75, y: 47.5 })
  expect(state).toEqual(idleGesture)
})

test('a cancelled pointer causes nothing', () => {
  expect(play([down(0, 0), { type: 'cancel', id: 1 }, up(0, 0, 10)]).did).toEqual(['hold'])
})
