import { expect, test } from 'vitest'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { randomsOf } from '../../../lib/randoms.ts'
import { screenPoint } from './camera.ts'
import { type GestureInput, type GestureState, gesture, idleGesture } from './gestures.ts'
import type { InputHow } from './types.ts'
import { ViewController } from './view-controller.ts'

const setUp = (options: { reducedMotion?: boolean; width?: number; height?: number } = {}) => {
  const painted: { cell: BoardPoint; how: InputHow }[] = []
  const cells: (BoardPoint | null)[] = []
  const inspected: BoardPoint[] = []
  const view = new ViewController(
    {
      onChange: () => undefined,
      onCell: (cell) => cells.push(cell),
      onPaint: (cell, how) => painted.push({ cell, how }),
      onInspect: (cell) => inspected.push(cell),
    },
    options.reducedMotion ?? false,
  )
  view.resize({ width: 400, height: 300, pixelRatio: 1 })
  view.setCanvas({ width: options.width ?? 100, height: options.height ?? 80 })
  view.centerOn({ x: 50, y: 40, zoom: 10 })
  return { view, painted, cells, inspected }
}

test('a click paints the cell under it, and one beside the board paints nothing', () => {
  const { view, painted } = setUp()
  view.gesture({ do: 'click', at: screenPoint(205, 155) })
  expect(painted).toEqual([{ cell: { gx: 50, gy: 40 }, how: 'pointer' }])
  view.centerOn({ x: 0, y: 0 })
  view.gesture({ do: 'click', at: screenPoint(10, 10) })
  expect(painted).toHaveLength(1)
})

test('a tap chooses, a second tap on the same cell paints, a tap elsewhere chooses anew', () => {
  const { view, painted } = setUp()
  const tap = (x: number, y: number) => view.gesture({ do: 'tap', at: screenPoint(x, y) })
  tap(205, 155)
  expect(painted).toEqual([])
  expect(view.cell).toEqual({ gx: 50, gy: 40 })
  tap(215, 155)
  expect(painted).toEqual([])
  tap(216, 156)
  expect(painted).toEqual([{ cell: { gx: 51, gy: 40 }, how: 'touch' }])
})

test('a tap on the cell where the mouse or the keyboard stood only chooses it', () => {
  const { view, painted } = setUp()
  view.hover(screenPoint(205, 155))
  view.gesture({ do: 'tap', at: screenPoint(205, 155) })
  view.setCell({ gx: 60, gy: 40 }, 'keyboard')
  view.gesture({ do: 'tap', at: screenPoint(305, 155) })
  expect(painted).toEqual([])
})

test('the board moves under a still mouse, so its cell changes; a chosen cell stays', () => {
  const { view, cells } = setUp()
  view.hover(screenPoint(205, 155))
  view.wheel({ do: 'pan', dx: -10, dy: 0 }, screenPoint(205, 155))
  expect(view.cell).toEqual({ gx: 51, gy: 40 })
  view.setCell({ gx: 3, gy: 3 }, 'touch')
  view.wheel({ do: 'pan', dx: -10, dy: 0 }, screenPoint(205, 155))
  expect(view.cell).toEqual({ gx: 3, gy: 3 })
  expect(cells).toEqual([
    { gx: 50, gy: 40 },
    { gx: 51, gy: 40 },
    { gx: 3, gy: 3 },
  ])
})

test('a mouse that drags the board keeps its cell, also on the line between two, until it lets go', () => {
  const { view, cells } = setUp()
  view.hover(screenPoint(200, 150))
  for (let step = 1; step <= 40; step++) view.gesture({ do: 'pan', dx: -0.7, dy: 0.3 })
  expect(cells).toEqual([{ gx: 50, gy: 40 }])
  view.hover(screenPoint(172.5, 162.5))
  expect(view.cell).toEqual({ gx: 50, gy: 40 })
  view.gesture({ do: 'pan', dx: -10_000, dy: 0 })
  view.hover(screenPoint(395, 155))
  expect(view.cell).toBeNull()
})

test('keys move the cell to the edges of a board that is not square and no further, and keep it in sight', () => {
  const { view } = setUp()
  view.moveCell(1, 0)
  expect(view.cell).toEqual({ gx: 50, gy: 40 })
  view.moveCell(1_000, 1_000)
  expect(view.cell).toEqual({ gx: 99, gy: 79 })
  expect(view.camera.center.x).toBeGreaterThan(80)
  view.moveCell(-1_000, -1_000)
  expect(view.cell).toEqual({ gx: 0, gy: 0 })
  expect(view.camera.center.x).toBeLessThan(20)
})

test('the keyboard and the button paint the chosen cell, and nothing when there is none', () => {
  const { view, painted } = setUp()
  expect(view.paintCell('keyboard')).toBe(false)
  view.moveCell(0, 0)
  expect(view.paintCell('keyboard')).toBe(true)
  expect(painted).toEqual([{ cell: { gx: 50, gy: 40 }, how: 'keyboard' }])
})

test('a step of the zoom glides to whole device pixels about its point, and at once with reduced motion', () => {
  const { view } = setUp()
  view.zoomBy(Math.SQRT2, screenPoint(205, 155))
  expect(view.camera.zoom).toBe(10)
  for (let frame = 0; frame < 120 && view.moving; frame++) view.step(16)
  expect(view.moving).toBe(false)
  expect(view.camera.zoom).toBe(14)
  view.hover(screenPoint(205, 155))
  expect(view.cell).toEqual({ gx: 50, gy: 40 })

  const still = setUp({ reducedMotion: true }).view
  still.zoomBy(Math.SQRT2)
  expect(still.camera.zoom).toBe(14)
  expect(still.moving).toBe(false)
})

test('a step without a place goes about the chosen cell while it is in sight, about the pointer where there is one, else about the middle', () => {
  const { view } = setUp({ reducedMotion: true })
  const placeOf = (x: number, y: number) => {
    const { center, zoom } = view.camera
    return [Math.round((x - center.x) * zoom + 200), Math.round((y - center.y) * zoom + 150)]
  }
  view.setCell({ gx: 60, gy: 45 }, 'keyboard')
  view.zoomBy(2)
  expect(placeOf(60.5, 45.5)).toEqual([305, 205])
  view.hover(screenPoint(100, 100))
  const under = view.cell ?? { gx: -1, gy: -1 }
  view.zoomBy(2)
  view.hover(screenPoint(100, 100))
  expect(view.cell).toEqual(under)
  view.centerOn({ x: 50, y: 40, zoom: 10 })
  view.setCell({ gx: 99, gy: 79 }, 'keyboard')
  view.zoomBy(2)
  expect(view.camera.center).toEqual({ x: 50, y: 40 })
})

test('small steps add up although each is rounded', () => {
  const { view } = setUp({ reducedMotion: false })
  view.zoomTo(2)
  for (let i = 0; i < 8; i++) view.zoomBy(1.1)
  for (let frame = 0; frame < 120 && view.moving; frame++) view.step(16)
  expect(view.camera.zoom).toBe(4)
})

test('a fling glides on and comes to rest, and not at all with reduced motion', () => {
  const { view } = setUp()
  const before = view.camera.center.x
  view.gesture({ do: 'fling', vx: -800, vy: 0 })
  let frames = 0
  for (; frames < 600 && view.moving; frames++) view.step(16)
  expect(view.camera.center.x).toBeGreaterThan(before + 5)
  expect(frames).toBeLessThan(600)
  const still = setUp({ reducedMotion: true }).view
  still.gesture({ do: 'fling', vx: -800, vy: 0 })
  expect(still.moving).toBe(false)
})

test('a place asked for before the canvas is known is shown when it is', () => {
  const view = new ViewController({ onChange() {}, onCell() {}, onPaint() {}, onInspect() {} }, false)
  view.centerOn({ x: 512, y: 233, zoom: 12 })
  view.resize({ width: 800, height: 600, pixelRatio: 1 })
  view.setCanvas({ width: 1_000, height: 1_000 })
  expect(view.camera).toEqual({ center: { x: 512, y: 233 }, zoom: 12 })
})

test('a board that nobody has moved is fitted again when the window changes', () => {
  const view = new ViewController({ onChange() {}, onCell() {}, onPaint() {}, onInspect() {} }, false)
  view.setCanvas({ width: 1_000, height: 1_000 })
  view.resize({ width: 564, height: 1_000, pixelRatio: 1 })
  expect(view.camera.zoom).toBe(0.5)
  view.gesture({ do: 'pan', dx: 10, dy: 0 })
  view.resize({ width: 1_064, height: 1_064, pixelRatio: 1 })
  expect(view.camera.zoom).toBe(0.5)
})

test('200 random drags and pinches place nothing and choose nothing', () => {
  const { view, painted, inspected } = setUp({ width: 1_000, height: 1_000 })
  view.setCell(null, 'touch')
  const random = randomsOf(20_260_101)
  let state: GestureState = idleGesture
  let moves = 0
  const feed = (input: GestureInput) => {
    const step = gesture(state, input)
    state = step.state
    for (const action of step.actions) {
      if (action.do === 'pan' || action.do === 'pinch') moves++
      view.gesture(action)
    }
  }
  const place = () => screenPoint(random() * 400, random() * 300)
  let timeMs = 0
  const later = (ms: number) => {
    timeMs += ms
    return timeMs
  }
  for (let round = 0; round < 200; round++) {
    const fingers = random() < 0.5 ? 1 : 2 + Math.floor(random() * 2)
    const down: number[] = []
    const from = place()
    for (let id = 0; id < fingers; id++) {
      feed({ type: 'down', id, kind: 'touch', at: id === 0 ? from : place(), timeMs: later(random() * 30) })
      down.push(id)
    }
    // A single finger leaves its place; several may rest where they are.
    if (fingers === 1) feed({ type: 'move', id: 0, at: screenPoint(from.x + 11 + random() * 50, from.y), timeMs: later(8) })
    for (let i = Math.floor(random() * 12); i > 0; i--) {
      feed({ type: 'move', id: down[Math.floor(random() * down.length)] ?? 0, at: place(), timeMs: later(random() * 40) })
    }
    while (down.length > 0) {
      const [id = 0] = down.splice(Math.floor(random() * down.length), 1)
      if (random() < 0.1) feed({ type: 'cancel', id })
      else feed({ type: 'up', id, at: place(), timeMs: later(random() * 200) })
      feed({ type: 'time', timeMs: later(random() * 700) })
    }
    expect(state, `round ${round}`).toEqual(idleGesture)
    view.step(16)
  }
  expect(painted).toEqual([])
  expect(inspected).toEqual([])
  expect(view.cell).toBeNull()
  expect(moves).toBeGreaterThan(200)
})
