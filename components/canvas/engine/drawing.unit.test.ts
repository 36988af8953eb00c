/** D1 and D2: from pointers to the cells of a stroke. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { BoardInput } from './board-input.ts'
import { screenPoint } from './camera.ts'
import { type PointerState, type PointerStepInput, pinchWithinMs, pinchWithinPx, pointerStep } from './drawing.ts'
import { idleGesture, type PointerKind } from './gestures.ts'
import { PalmFilter } from './palm-filter.ts'
import { lineAfter } from './stroke-path.ts'
import { minDrawZoom } from './stroke-tracker.ts'
import { type ToolName, tools } from './tools.ts'
import type { StrokeStep } from './types.ts'

const setUp = (tool: ToolName = 'brush', zoom = 10) => {
  const steps: StrokeStep[] = []
  const painted: BoardPoint[] = []
  const input = new BoardInput({
    reducedMotion: true,
    onChange: () => undefined,
    events: {
      onCell: () => undefined,
      onPaint: (cell) => painted.push(cell),
      onInspect: () => undefined,
      onPick: () => undefined,
      onStroke: (step) => steps.push(step),
    },
  })
  input.view.resize({ width: 400, height: 300, pixelRatio: 1 })
  input.setCanvas({ width: 100, height: 80 })
  input.view.centerOn({ x: 20, y: 15, zoom })
  if (tool !== 'pan-and-paint') input.setTool(tools[tool])
  let state: PointerState = idleGesture
  const feed = (event: PointerStepInput) => {
    const step = pointerStep(state, event, input.tool.draws === true)
    state = step.state
    for (const action of step.actions) input.gesture(action)
  }
  let kind: PointerKind = 'touch'
  return {
    input,
    painted,
    steps,
    as: (other: PointerKind) => {
      kind = other
    },
    down: (id: number, x: number, y: number, timeMs = 0) => feed({ type: 'down', id, kind, at: screenPoint(x, y), timeMs }),
    move: (id: number, x: number, y: number, timeMs = 0, before: [number, number][] = []) =>
      feed({ type: 'move', id, at: screenPoint(x, y), timeMs, before: before.map(([bx, by]) => screenPoint(bx, by)) }),
    up: (id: number, x: number, y: number, timeMs = 0) => feed({ type: 'up', id, at: screenPoint(x, y), timeMs }),
    feed,
    cells: () => steps.flatMap((step) => (step.do === 'draw' ? step.cells.map(({ gx, gy }) => `${gx},${gy}`) : [])),
    does: () => steps.map((step) => step.do),
    phase: () => state.phase,
  }
}

test('D2: a line has no gap, ends at its end, and is as short as the longer side', () => {
  const point = fc.record({ gx: fc.integer({ min: -60, max: 60 }), gy: fc.integer({ min: -60, max: 60 }) })
  fc.assert(
    fc.property(point, point, (from, to) => {
      const line = lineAfter(from, to)
      expect(line).toHaveLength(Math.max(Math.abs(to.gx - from.gx), Math.abs(to.gy - from.gy)))
      const all = [from, ...line]
      for (const [index, cell] of line.entries()) {
        const before = all[index] ?? from
        expect(Math.max(Math.abs(cell.gx - before.gx), Math.abs(cell.gy - before.gy))).toBe(1)
      }
      expect(all.at(-1)).toEqual(to)
    }),
  )
})

test('D1: with the brush one finger draws from its first cell on, and a tap draws one cell', () => {
  const { down, move, up, cells, does, input } = setUp()
  const before = input.view.camera.center
  down(1, 205, 155)
  move(1, 235, 155, 200)
  up(1, 235, 165, 220)
  expect(cells()).toEqual(['20,15', '21,15', '22,15', '23,15', '23,16'])
  expect(does().at(-1)).toBe('end')
  down(1, 305, 155, 900)
  up(1, 305, 155, 950)
  expect(cells().slice(5)).toEqual(['30,15'])
  expect(input.view.camera.center).toEqual(before)
})

test('D1: the pen and the mouse draw with the brush, too', () => {
  for (const kind of ['pen', 'mouse'] as const) {
    const { as, down, move, up, cells } = setUp()
    as(kind)
    down(1, 205, 155)
    move(1, 215, 155, 10)
    up(1, 215, 155, 20)
    expect(cells()).toEqual(['20,15', '21,15'])
  }
})

test.each([
  ['at once', pinchWithinMs, 60, 'drop'],
  ['near the first', 900, pinchWithinPx, 'drop'],
  ['late and far away', pinchWithinMs + 1, pinchWithinPx + 1, 'end'],
] as const)('D1: a second finger %s turns the stroke into a pinch, and the stroke is kept only if it was meant', (_, timeMs, px, end) => {
  const { down, move, up, does, cells, input, phase } = setUp()
  down(1, 205, 155)
  move(1, 205 + px, 155, timeMs)
  down(2, 305, 155, timeMs)
  expect(does().at(-1)).toBe(end)
  const { zoom } = input.view.camera
  const drawn = cells().length
  move(2, 345, 155, timeMs + 20)
  expect(input.view.camera.zoom).toBeGreaterThan(zoom)
  up(2, 345, 155, timeMs + 30)
  move(1, 255, 155, timeMs + 40)
  up(1, 255, 155, timeMs + 50)
  expect([cells().length, phase()]).toEqual([drawn, 'idle'])
})

test('D1: a plain drag pans and paints nothing', () => {
  const { as, down, move, up, steps, painted, input } = setUp('pan-and-paint')
  const before = input.view.camera.center.x
  as('mouse')
  down(1, 205, 155)
  move(1, 105, 155, 50)
  up(1, 105, 155, 200)
  expect([steps, painted, input.view.camera.center.x]).toEqual([[], [], before + 10])
})

test('D1: while Space is held the mouse draws, whether its button is pressed or not, and its drag does not pan', () => {
  const { as, down, move, up, cells, does, input, painted } = setUp('pan-and-paint')
  const before = input.view.camera.center
  as('mouse')
  input.tool.hover(screenPoint(205, 155))
  expect(input.hold()).toBe(true)
  input.tool.hover(screenPoint(225, 155))
  down(1, 225, 155)
  move(1, 245, 155, 20)
  input.tool.hover(screenPoint(245, 155))
  up(1, 245, 155, 40)
  input.stroke.end()
  input.tool.hover(screenPoint(285, 155))
  expect(cells()).toEqual(['20,15', '21,15', '22,15', '23,15', '24,15'])
  expect([does().at(-1), painted, input.view.camera.center]).toEqual(['end', [], before])
})

test('D1: Space pressed and released on one cell draws that cell, at any zoom', () => {
  const { input, cells, does } = setUp('pan-and-paint', 1)
  input.tool.hover(screenPoint(200, 150))
  input.hold()
  input.stroke.end()
  expect([cells(), does()]).toEqual([['20,15'], ['begin', 'draw', 'end']])
})

test('D1: with Space held the arrow keys draw, and ten cells at a time without a gap', () => {
  const { input, cells } = setUp('pan-and-paint')
  input.cells.set({ gx: 5, gy: 5 }, 'keyboard')
  input.hold()
  input.tool.moveCell(1, 0)
  input.tool.moveCell(0, 10)
  expect(cells()).toHaveLength(12)
  expect(cells().slice(0, 3)).toEqual(['5,5', '6,5', '6,6'])
})

test('D1: with the eyedropper Space picks and draws nothing', () => {
  const { input, steps } = setUp('eyedropper')
  input.cells.set({ gx: 5, gy: 5 }, 'keyboard')
  expect(input.hold()).toBe(true)
  input.tool.moveCell(1, 0)
  expect(steps).toEqual([])
})

test('D2: every position that the browser reports together is drawn', () => {
  const { down, move, cells } = setUp()
  down(1, 205, 155)
  move(1, 205, 175, 20, [
    [225, 155],
    [225, 175],
  ])
  expect(cells()).toEqual(['20,15', '21,15', '22,15', '22,16', '22,17', '21,17', '20,17'])
})

test('D2: on cells under 3 px nothing is drawn, with one notice', () => {
  const brush = setUp('brush', minDrawZoom - 0.1)
  brush.down(1, 205, 155)
  brush.move(1, 265, 155, 200)
  brush.up(1, 265, 155, 220)
  expect(brush.does()).toEqual(['too_small'])
  const space = setUp('pan-and-paint', minDrawZoom - 0.1)
  space.input.tool.hover(screenPoint(200, 150))
  space.input.hold()
  for (const x of [220, 240, 260]) space.input.tool.hover(screenPoint(x, 150))
  expect(space.does()).toEqual(['begin', 'draw', 'too_small'])
  const enough = setUp('brush', minDrawZoom)
  enough.down(1, 205, 155)
  expect(enough.does()).toEqual(['begin', 'draw'])
})

test('D2: a stroke is clipped at the edge of the board, and goes on where it comes back', () => {
  const { input, down, move, up, cells } = setUp()
  input.view.centerOn({ x: 0, y: 15, zoom: 10 })
  down(1, 215, 155)
  move(1, 165, 155, 200)
  move(1, 165, 175, 220)
  move(1, 215, 175, 240)
  up(1, 215, 175, 250)
  expect(cells()).toEqual(['1,15', '0,15', '0,17', '1,17'])
})

test('D2: a stroke that begins beside the board draws from the edge on', () => {
  const { input, down, move, cells } = setUp()
  input.view.centerOn({ x: 0, y: 15, zoom: 10 })
  down(1, 185, 155)
  move(1, 215, 155, 200)
  expect(cells()).toEqual(['0,15', '1,15'])
})

test('D2: another tool, and the loss of a pointer, end the stroke', () => {
  const { input, down, move, does, feed } = setUp()
  down(1, 205, 155)
  move(1, 235, 155, 200)
  input.setTool(tools['pan-and-paint'])
  move(1, 265, 155, 220)
  expect(does()).toEqual(['begin', 'draw', 'draw', 'end'])
  const other = setUp()
  other.down(1, 205, 155)
  other.move(1, 235, 155, 200)
  other.feed({ type: 'cancel', id: 1 })
  expect(other.does().at(-1)).toBe('end')
  const early = setUp()
  early.down(1, 205, 155)
  early.feed({ type: 'cancel', id: 1 })
  expect(early.does().at(-1)).toBe('drop')
  feed({ type: 'cancel', id: 1 })
})

test('D2: a palm beside the pen is ignored, and the mark of a palm that came first is dropped', () => {
  const filter = new PalmFilter()
  expect(filter.down(1, 'touch')).toEqual({ counts: true, palms: [] })
  expect(filter.down(2, 'pen')).toEqual({ counts: true, palms: [1] })
  expect(filter.down(3, 'touch').counts).toBe(false)
  expect([filter.isPalm(1), filter.isPalm(2), filter.isPalm(3)]).toEqual([true, false, true])
  filter.gone(2)
  filter.gone(3)
  expect(filter.down(3, 'touch').counts).toBe(true)
  const { down, move, feed, does, as, cells } = setUp()
  down(1, 105, 155)
  move(1, 145, 155, 400)
  feed({ type: 'palm', id: 1, timeMs: 410 })
  as('pen')
  down(2, 205, 155, 410)
  expect([does(), cells().at(-1)]).toEqual([['begin', 'draw', 'draw', 'drop', 'begin', 'draw'], '20,15'])
})
