import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { Animations } from './animations.ts'
import { type Canvas2dSurface, type Mark, markLayer, type WebglSurface } from './layer.ts'
import { createLayers, insertLayer } from './layers.ts'
import type { Scene } from './renderer.ts'

const mark: Mark = { rect: { left: 1, top: 2, right: 3, bottom: 4 }, color: [5, 6, 7] }

test('the layers are drawn from the ground up to the selected cell', () => {
  const names = createLayers({ animations: new Animations() }).map(({ name }) => name)
  expect(names).toEqual(['ground', 'board', 'grid', 'protected areas', 'optimistic pixels', 'selected cell'])
})

test('a layer of rectangles draws the same rectangles in both renderers', () => {
  const layer = markLayer({ name: 'test', marks: () => [mark] })
  const drawn: Mark[] = []
  const surface = { fill: (rect: Mark['rect'], color: Mark['color']) => drawn.push({ rect, color }) }
  layer.drawWebgl({} as Scene, surface as unknown as WebglSurface)
  layer.draw2d({} as Scene, surface as unknown as Canvas2dSurface)
  expect(drawn).toEqual([mark, mark])
})

test('only a running animation asks for another frame', () => {
  const animations = new Animations()
  const layers = createLayers({ animations })
  const isMoving = () => layers.some((layer) => layer.isMoving?.())
  expect(isMoving()).toBe(false)
  animations.start(asTile(0), 0 as never, 1)
  expect(isMoving()).toBe(true)
})

test('a layer can be added above another one, and taken out again', () => {
  const layers = createLayers({ animations: new Animations() })
  const layer = markLayer({ name: 'test', marks: () => [] })
  const remove = insertLayer(layers, layer, 'optimistic pixels')
  expect(layers.map(({ name }) => name).slice(-3)).toEqual(['optimistic pixels', 'test', 'selected cell'])
  remove()
  remove()
  expect(layers).not.toContain(layer)
  expect(layers).toHaveLength(6)
})
