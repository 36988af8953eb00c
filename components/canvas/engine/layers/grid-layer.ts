/**
 * Lines between the cells. WebGL draws them dark on light colors and light on dark ones; the 2D canvas draws them gray.
 */
import type { Canvas2dSurface, Layer, WebglSurface } from '../layer.ts'
import type { Scene } from '../renderer.ts'
import { drawTileQuads, tileFragmentHead, tileVertex } from './tile-quads.ts'

const program = {
  vertex: tileVertex,
  fragment: `${tileFragmentHead}
uniform float uStrength;
void main() {
  vec2 at = here();
  ivec2 cell = ivec2(floor(at / uScale));
  ivec2 before = ivec2(floor((at - 1.0) / uScale));
  if (before.x == cell.x && before.y == cell.y) discard;
  float light = dot(paint(cell), vec3(0.299, 0.587, 0.114));
  color = vec4(vec3(light > 0.5 ? 0.0 : 1.0), 0.16 * uStrength);
}`,
}

/** Lines fade in between 8 and 12 CSS pixels per cell. */
export const gridStrength = (zoom: number) => Math.min(1, Math.max(0, (zoom - 7) / 5)) * (zoom >= 8 ? 1 : 0)

const strengthOf = ({ grid, zoom }: Scene) => (grid ? gridStrength(zoom) : 0)

const drawWebgl = (scene: Scene, surface: WebglSurface) => {
  const { gl } = surface
  const strength = strengthOf(scene)
  if (strength === 0) return
  gl.enable(gl.BLEND)
  gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA)
  drawTileQuads(scene, surface, { source: program, uniforms: { uStrength: strength } })
  gl.disable(gl.BLEND)
}

const draw2d = (scene: Scene, { context }: Canvas2dSurface) => {
  const { width, height, board, transform } = scene
  const { originX, originY, scale } = transform
  const strength = strengthOf(scene)
  if (strength === 0) return
  context.fillStyle = `rgb(128 128 128 / ${(0.3 * strength).toFixed(3)})`
  const top = Math.max(0, board.top)
  const left = Math.max(0, board.left)
  const bottom = Math.min(height, board.bottom)
  const right = Math.min(width, board.right)
  for (let gx = Math.ceil((left - originX) / scale); gx * scale + originX < right; gx++) {
    context.fillRect(Math.ceil(originX + gx * scale - 0.5), top, 1, bottom - top)
  }
  for (let gy = Math.ceil((top - originY) / scale); gy * scale + originY < bottom; gy++) {
    context.fillRect(left, Math.ceil(originY + gy * scale - 0.5), right - left, 1)
  }
}

export const gridLayer: Layer = { name: 'grid', programs: [program], drawWebgl, draw2d }
