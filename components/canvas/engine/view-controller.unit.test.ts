import { expect, test } from 'vitest'
import { ViewController } from './view-controller.ts'

test('a target that is requested before the canvas is known is shown once it is known', () => {
  const view = new ViewController({ onChange() {}, onLook() {} }, false)
  view.centerOn({ x: 512, y: 233, zoom: 12 })
  view.resize({ width: 800, height: 600, pixelRatio: 1 })
  view.setCanvas({ width: 1_000, height: 1_000 })
  expect(view.camera).toEqual({ center: { x: 512, y: 233 }, zoom: 12 })
})

test('a larger board is fitted again until the painter moves the view, and no other change of the canvas moves it', () => {
  let covered = { top: 0, bottom: 0 }
  const view = new ViewController({ onChange() {}, onLook() {}, covered: () => covered }, false)
  view.resize({ width: 564, height: 564, pixelRatio: 1 })
  view.setCanvas({ width: 500, height: 500 })
  const { camera } = view
  covered = { top: 0, bottom: 200 }
  view.setCanvas({ width: 500, height: 500 })
  expect(view.camera).toEqual(camera)
  view.setCanvas({ width: 1_000, height: 500 })
  expect(view.camera.zoom).toBe(0.5)
  view.pan({ dx: 10, dy: 0 })
  const moved = view.camera
  view.setCanvas({ width: 1_000, height: 2_000 })
  expect(view.camera).toEqual(moved)
})

test('a new window size fits the board again until the painter moves the view', () => {
  const view = new ViewController({ onChange() {}, onLook() {} }, false)
  view.setCanvas({ width: 1_000, height: 1_000 })
  view.resize({ width: 564, height: 1_000, pixelRatio: 1 })
  expect(view.camera.zoom).toBe(0.5)
  view.pan({ dx: 10, dy: 0 })
  view.resize({ width: 1_064, height: 1_064, pixelRatio: 1 })
  expect(view.camera.zoom).toBe(0.5)
})
