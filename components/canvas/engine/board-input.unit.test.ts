import { expect, test } from 'vitest'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { randomsOf } from '../../../lib/randoms.ts'
import { BoardInput } from './board-input.ts'
import { screenPoint } from './camera.ts'
import { type GestureAction, type GestureInput, type GestureState, gesture, idleGesture } from './gestures.ts'
import type { CreateTool } from './tool.ts'
import { tools } from './tools.ts'
import type { InputHow } from './types.ts'

const setUp = (options: { reducedMotion?: boolean; width?: number; height?: number } = {}) => {
  const painted: { cell: BoardPoint; how: InputHow }[] = []
  const cells: (BoardPoint | null)[] = []
  const inspected: BoardPoint[] = []
  const picked: BoardPoint[] = []
  const input = new BoardInput({
    reducedMotion: options.reducedMotion ?? false,
    onChange: () => undefined,
    events: {
      onCell: (cell) => cells.push(cell),
      onPaint: (cell, how) => painted.push({ cell, how }),
      onInspect: (cell) => inspected.push(cell),
      onPick: (cell) => picked.push(cell),
      onStroke: () => undefined,
    },
  })
  const { view } = input
  view.resize({ width: 400, height: 300, pixelRatio: 1 })
  input.setCanvas({ width: options.width ?? 100, height: options.height ?? 80 })
  view.centerOn({ x: 50, y: 40, zoom: 10 })
  const tool = { ...input.tool, gesture: (action: GestureAction) => input.gesture(action) }
  return { input, view, tool, selection: input.cells, painted, cells, inspected, picked }
}

test('a click paints the cell under it, and one beside the board paints nothing', () => {
  const { view, tool, painted } = setUp()
  tool.gesture({ do: 'click', at: screenPoint(205, 155) })
  expect(painted).toEqual([{ cell: { gx: 50, gy: 40 }, how: 'pointer' }])
  view.centerOn({ x: 0, y: 0 })
  tool.gesture({ do: 'click', at: screenPoint(10, 10) })
  expect(painted).toHaveLength(1)
})

test('a tap selects a cell, a second tap on it paints, and a tap elsewhere selects another cell', () => {
  const { tool, selection, painted } = setUp()
  const tap = (x: number, y: number) => tool.gesture({ do: 'tap', at: screenPoint(x, y) })
  tap(205, 155)
  expect(painted).toEqual([])
  expect(selection.cell).toEqual({ gx: 50, gy: 40 })
  tap(215, 155)
  expect(painted).toEqual([])
  tap(216, 156)
  expect(painted).toEqual([{ cell: { gx: 51, gy: 40 }, how: 'touch' }])
})

test('E1 the eyedropper picks with a click, a tap or a key, and paints nothing; a drag still pans', () => {
  const { input, view, painted, picked } = setUp()
  input.setTool(tools.eyedropper)
  input.gesture({ do: 'hold' })
  input.gesture({ do: 'click', at: screenPoint(205, 155) })
  input.gesture({ do: 'tap', at: screenPoint(215, 155) })
  input.cells.set({ gx: 7, gy: 8 }, 'keyboard')
  expect(input.tool.act('keyboard')).toBe(true)
  expect(picked).toEqual([
    { gx: 50, gy: 40 },
    { gx: 51, gy: 40 },
    { gx: 7, gy: 8 },
  ])
  const before = view.camera.center.x
  input.gesture({ do: 'pan', dx: 30, dy: 0 })
  expect(view.camera.center.x).not.toBe(before)
  expect(painted).toEqual([])
})

test('E1 a pick with any tool changes neither the view nor the selected cell', () => {
  const { input, view, painted, picked, selection } = setUp()
  const before = view.camera.center
  input.pick(screenPoint(205, 155))
  expect([picked, painted, selection.cell]).toEqual([[{ gx: 50, gy: 40 }], [], null])
  expect(view.camera.center).toEqual(before)
  view.centerOn({ x: 0, y: 0 })
  input.pick(screenPoint(10, 10))
  expect(picked).toHaveLength(1)
})

test('a tap on the cell that the mouse or the keyboard had selected does not paint', () => {
  const { tool, selection, painted } = setUp()
  tool.hover(screenPoint(205, 155))
  tool.gesture({ do: 'tap', at: screenPoint(205, 155) })
  selection.set({ gx: 60, gy: 40 }, 'keyboard')
  tool.gesture({ do: 'tap', at: screenPoint(305, 155) })
  expect(painted).toEqual([])
})

test('when the board moves, the cell under a still mouse changes and a tapped cell stays', () => {
  const { input, tool, selection, cells } = setUp()
  tool.hover(screenPoint(205, 155))
  input.view.wheel({ do: 'pan', dx: -10, dy: 0 }, screenPoint(205, 155))
  expect(selection.cell).toEqual({ gx: 51, gy: 40 })
  selection.set({ gx: 3, gy: 3 }, 'touch')
  input.view.wheel({ do: 'pan', dx: -10, dy: 0 }, screenPoint(205, 155))
  expect(selection.cell).toEqual({ gx: 3, gy: 3 })
  expect(cells).toEqual([
    { gx: 50, gy: 40 },
    { gx: 51, gy: 40 },
    { gx: 3, gy: 3 },
  ])
})

test('a mouse that drags the board keeps its cell until it is released, even on the line between two cells', () => {
  const { tool, selection, cells } = setUp()
  tool.hover(screenPoint(200, 150))
  for (let step = 1; step <= 40; step++) tool.gesture({ do: 'pan', dx: -0.7, dy: 0.3 })
  expect(cells).toEqual([{ gx: 50, gy: 40 }])
  tool.hover(screenPoint(172.5, 162.5))
  expect(selection.cell).toEqual({ gx: 50, gy: 40 })
  tool.gesture({ do: 'pan', dx: -10_000, dy: 0 })
  tool.hover(screenPoint(395, 155))
  expect(selection.cell).toBeNull()
})

test('arrow keys stop at the edges of the board and keep the cell in the window', () => {
  const { view, tool, selection } = setUp()
  tool.moveCell(1, 0)
  expect(selection.cell).toEqual({ gx: 50, gy: 40 })
  tool.moveCell(1_000, 1_000)
  expect(selection.cell).toEqual({ gx: 99, gy: 79 })
  expect(view.camera.center.x).toBeGreaterThan(80)
  tool.moveCell(-1_000, -1_000)
  expect(selection.cell).toEqual({ gx: 0, gy: 0 })
  expect(view.camera.center.x).toBeLessThan(20)
})

test('the keyboard and the button paint the selected cell, and nothing without one', () => {
  const { tool, painted } = setUp()
  expect(tool.act('keyboard')).toBe(false)
  tool.moveCell(0, 0)
  expect(tool.act('keyboard')).toBe(true)
  expect(painted).toEqual([{ cell: { gx: 50, gy: 40 }, how: 'keyboard' }])
})

test('a zoom step glides to whole device pixels around its point, and jumps there with reduced motion', () => {
  const { input, view, tool, selection } = setUp()
  input.zoomBy(Math.SQRT2, screenPoint(205, 155))
  expect(view.camera.zoom).toBe(10)
  for (let frame = 0; frame < 120 && view.moving; frame++) view.step(16)
  expect(view.moving).toBe(false)
  expect(view.camera.zoom).toBe(14)
  tool.hover(screenPoint(205, 155))
  expect(selection.cell).toEqual({ gx: 50, gy: 40 })

  const still = setUp({ reducedMotion: true }).input
  still.zoomBy(Math.SQRT2)
  expect(still.view.camera.zoom).toBe(14)
  expect(still.view.moving).toBe(false)
})

test('a zoom step without a given point keeps the pointer, else the selected cell in the window, else the middle', () => {
  const { input, view, tool, selection } = setUp({ reducedMotion: true })
  const placeOf = (x: number, y: number) => {
    const { center, zoom } = view.camera
    return [Math.round((x - center.x) * zoom + 200), Math.round((y - center.y) * zoom + 150)]
  }
  selection.set({ gx: 60, gy: 45 }, 'keyboard')
  input.zoomBy(2)
  expect(placeOf(60.5, 45.5)).toEqual([305, 205])
  tool.hover(screenPoint(100, 100))
  const under = selection.cell ?? { gx: -1, gy: -1 }
  input.zoomBy(2)
  tool.hover(screenPoint(100, 100))
  expect(selection.cell).toEqual(under)
  view.centerOn({ x: 50, y: 40, zoom: 10 })
  selection.set({ gx: 99, gy: 79 }, 'keyboard')
  input.zoomBy(2)
  expect(view.camera.center).toEqual({ x: 50, y: 40 })
})

test('small zoom steps add up although each one is rounded', () => {
  const { input, view } = setUp({ reducedMotion: false })
  view.centerOn({ x: 50, y: 40, zoom: 2 })
  for (let i = 0; i < 8; i++) input.zoomBy(1.1)
  for (let frame = 0; frame < 120 && view.moving; frame++) view.step(16)
  expect(view.camera.zoom).toBe(4)
})

test('a fling glides and comes to rest, and does nothing with reduced motion', () => {
  const { view, tool } = setUp()
  const before = view.camera.center.x
  tool.gesture({ do: 'fling', vx: -800, vy: 0 })
  let frames = 0
  for (; frames < 600 && view.moving; frames++) view.step(16)
  expect(view.camera.center.x).toBeGreaterThan(before + 5)
  expect(frames).toBeLessThan(600)
  const still = setUp({ reducedMotion: true })
  still.tool.gesture({ do: 'fling', vx: -800, vy: 0 })
  expect(still.view.moving).toBe(false)
})

test('200 random drags and pinches place no pixel and select no cell', () => {
  const { view, tool, selection, painted, inspected } = setUp({ width: 1_000, height: 1_000 })
  selection.set(null, 'touch')
  const random = randomsOf(20_260_101)
  let state: GestureState = idleGesture
  let moves = 0
  const feed = (input: GestureInput) => {
    const step = gesture(state, input)
    state = step.state
    for (const action of step.actions) {
      if (action.do === 'pan' || action.do === 'pinch') moves++
      tool.gesture(action)
    }
  }
  const point = () => screenPoint(random() * 400, random() * 300)
  let timeMs = 0
  const later = (ms: number) => {
    timeMs += ms
    return timeMs
  }
  for (let round = 0; round < 200; round++) {
    const fingers = random() < 0.5 ? 1 : 2 + Math.floor(random() * 2)
    const down: number[] = []
    const from = point()
    for (let id = 0; id < fingers; id++) {
      feed({ type: 'down', id, kind: 'touch', at: id === 0 ? from : point(), timeMs: later(random() * 30) })
      down.push(id)
    }
    // A single finger moves beyond the slop. Two fingers may stay where they are.
    if (fingers === 1) feed({ type: 'move', id: 0, at: screenPoint(from.x + 11 + random() * 50, from.y), timeMs: later(8) })
    for (let i = Math.floor(random() * 12); i > 0; i--) {
      feed({ type: 'move', id: down[Math.floor(random() * down.length)] ?? 0, at: point(), timeMs: later(random() * 40) })
    }
    while (down.length > 0) {
      const [id = 0] = down.splice(Math.floor(random() * down.length), 1)
      if (random() < 0.1) feed({ type: 'cancel', id })
      else feed({ type: 'up', id, at: point(), timeMs: later(random() * 200) })
      feed({ type: 'time', timeMs: later(random() * 700) })
    }
    expect(state, `round ${round}`).toEqual(idleGesture)
    view.step(16)
  }
  expect(painted).toEqual([])
  expect(inspected).toEqual([])
  expect(selection.cell).toBeNull()
  expect(moves).toBeGreaterThan(200)
})

/** A second tool that only records its input. */
const recordingTool =
  (log: string[]): CreateTool =>
  () => ({
    gesture: (action) => log.push(action.do),
    hover: (at) => log.push(at ? 'hover' : 'leave'),
    secondary: () => log.push('secondary'),
    moveCell: (dx, dy) => log.push(`move ${dx} ${dy}`),
    act: (how) => log.push(how) > 0,
  })

test('pointer and keys go to the active tool, and the wheel moves the view', () => {
  const { input, view, painted, cells, inspected } = setUp()
  const log: string[] = []
  input.setTool(recordingTool(log))
  const at = screenPoint(205, 155)
  for (const action of [{ do: 'hold' }, { do: 'pan', dx: 9, dy: 9 }, { do: 'click', at }, { do: 'long_press', at }] as const) {
    input.gesture(action)
  }
  input.tool.hover(at)
  input.tool.secondary(at)
  input.tool.moveCell(1, 0)
  expect(input.tool.act('keyboard')).toBe(true)
  expect(log).toEqual(['hold', 'pan', 'click', 'long_press', 'hover', 'secondary', 'move 1 0', 'keyboard'])
  expect([painted, cells, inspected]).toEqual([[], [], []])
  const before = view.camera
  input.view.wheel({ do: 'pan', dx: 10, dy: 0 }, at)
  expect(view.camera).not.toEqual(before)
})

test('a gesture ends when the tool changes, and the new tool gets the next one', () => {
  const { input, view, painted } = setUp()
  const at = screenPoint(205, 155)
  const log: string[] = []
  input.gesture({ do: 'hold' })
  input.gesture({ do: 'pan', dx: 5, dy: 0 })
  const { camera } = view
  input.setTool(recordingTool(log))
  input.gesture({ do: 'pan', dx: 5, dy: 0 })
  input.gesture({ do: 'click', at })
  expect(log).toEqual([])
  expect(view.camera).toEqual(camera)
  input.gesture({ do: 'hold' })
  input.setTool(tools['pan-and-paint'])
  input.gesture({ do: 'click', at })
  expect(painted).toEqual([])
  input.gesture({ do: 'hold' })
  input.gesture({ do: 'click', at })
  expect([log, painted.length]).toEqual([['hold'], 1])
})
