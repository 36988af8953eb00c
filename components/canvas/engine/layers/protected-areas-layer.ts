/** Faint hatching over the areas in which only staff can paint. Each stripe has a dark and a light half, so it shows on every color. */
import { type Area, areaRect } from '../../../../lib/area.ts'
import type { Canvas2dSurface, Layer, WebglSurface } from '../layer.ts'
import type { Rect } from '../rect.ts'
import type { Scene } from '../renderer.ts'
import { clip, deviceRect } from '../scene.ts'
import { tileVertex } from './tile-quads.ts'

/** CSS pixels from one stripe to the next, the width of half a stripe, and the width of the edge. */
const spacing = 14
const halfStripe = 1.5
const edge = 1
const opacity = { stripe: 0.2, edge: 0.5 }

const program = {
  vertex: tileVertex,
  fragment: `#version 300 es
precision highp float;
uniform vec2 uSize;
uniform vec4 uArea;
uniform float uRatio;
out vec4 color;
void main() {
  vec2 at = vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y);
  vec2 inside = min(at - uArea.xy, uArea.zw - at);
  float line = max(1.0, floor(${edge.toFixed(1)} * uRatio + 0.5));
  float fromEdge = min(inside.x, inside.y);
  if (fromEdge < 2.0 * line) {
    color = vec4(vec3(fromEdge < line ? 0.0 : 1.0), ${opacity.edge.toFixed(2)});
    return;
  }
  vec2 own = at - uArea.xy;
  float along = mod(own.x + own.y, ${spacing.toFixed(1)} * uRatio);
  float stripe = ${halfStripe.toFixed(1)} * uRatio;
  if (along >= 2.0 * stripe) discard;
  color = vec4(vec3(along < stripe ? 0.0 : 1.0), ${opacity.stripe.toFixed(2)});
}`,
}

interface VisibleArea {
  /** All of the area, in device pixels. */
  readonly area: Rect
  /** The part in the window. */
  readonly shown: Rect
}

/** The areas in the window. An area may be partly outside the board, which is not drawn. */
export const visibleAreas = (scene: Pick<Scene, 'canvas' | 'transform' | 'width' | 'height'>): VisibleArea[] => {
  const { canvas, transform } = scene
  if (!canvas) return []
  return (canvas.protectedAreas ?? []).flatMap((area: Area) => {
    const { left, top, right, bottom } = areaRect(area)
    const onBoard = { left, top, right: Math.min(right, canvas.width), bottom: Math.min(bottom, canvas.height) }
    const rect = deviceRect(transform, onBoard)
    const shown = clip(rect, scene)
    return shown.right > shown.left && shown.bottom > shown.top ? [{ area: rect, shown }] : []
  })
}

const drawWebgl = (scene: Scene, { gl, program: use }: WebglSurface) => {
  const areas = visibleAreas(scene)
  if (areas.length === 0) return
  const { activate, at } = use(program)
  activate()
  gl.enable(gl.BLEND)
  gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA)
  gl.uniform2f(at('uSize'), scene.width, scene.height)
  gl.uniform1f(at('uRatio'), scene.pixelRatio)
  for (const { area, shown } of areas) {
    gl.uniform4f(at('uArea'), area.left, area.top, area.right, area.bottom)
    gl.uniform4f(at('uRect'), shown.left, shown.top, shown.right, shown.bottom)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }
  gl.disable(gl.BLEND)
}

const draw2d = (scene: Scene, { context }: Canvas2dSurface) => {
  for (const { area, shown } of visibleAreas(scene)) {
    context.save()
    context.beginPath()
    context.rect(shown.left, shown.top, shown.right - shown.left, shown.bottom - shown.top)
    context.clip()
    drawStripes(context, area, { shown, pixelRatio: scene.pixelRatio })
    drawEdge(context, area, Math.max(1, Math.round(edge * scene.pixelRatio)))
    context.restore()
  }
}

const drawStripes = (
  context: CanvasRenderingContext2D,
  { left, top }: Rect,
  { shown, pixelRatio }: { shown: Rect; pixelRatio: number },
) => {
  const gap = spacing * pixelRatio
  const half = halfStripe * pixelRatio
  // A stripe is where x + y, from the corner of the area, is a multiple of the gap. An area may be far larger than the window.
  const first = Math.floor((shown.left - left + shown.top - top) / gap) * gap
  const last = shown.right - left + shown.bottom - top
  for (const [color, from] of [
    ['0 0 0', 0],
    ['255 255 255', half],
  ] as const) {
    context.fillStyle = `rgb(${color} / ${opacity.stripe})`
    context.beginPath()
    for (let sum = first + from; sum < last; sum += gap) {
      const [x0, x1] = [left + sum - (shown.top - top), left + sum - (shown.bottom - top)]
      context.moveTo(x0, shown.top)
      context.lineTo(x0 + half, shown.top)
      context.lineTo(x1 + half, shown.bottom)
      context.lineTo(x1, shown.bottom)
    }
    context.fill()
  }
}

const drawEdge = (context: CanvasRenderingContext2D, { left, top, right, bottom }: Rect, line: number) => {
  context.lineWidth = line
  for (const [color, inset] of [
    ['0 0 0', line / 2],
    ['255 255 255', line * 1.5],
  ] as const) {
    context.strokeStyle = `rgb(${color} / ${opacity.edge})`
    context.strokeRect(left + inset, top + inset, right - left - 2 * inset, bottom - top - 2 * inset)
  }
}

export const protectedAreasLayer: Layer = { name: 'protected areas', programs: [program], drawWebgl, draw2d }
