/** The ground around the board with its dots, the edge of the board, and an empty board where tiles are missing. */
import type { Canvas2dSurface, Layer, WebglSurface } from '../layer.ts'
import type { Scene } from '../renderer.ts'
import { css, unit } from '../rgb.ts'
import { around, clip } from '../scene.ts'

/** CSS pixels between two dots. */
const dotSpacing = 22

const program = {
  vertex: `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`,
  fragment: `#version 300 es
precision highp float;
uniform vec2 uSize;
uniform vec2 uOrigin;
uniform vec4 uBoard;
uniform float uRatio;
uniform vec3 uPlaster;
uniform vec3 uDots;
uniform vec3 uEdge;
out vec4 color;
void main() {
  vec2 at = vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y);
  vec2 outside = max(max(uBoard.xy - at, at - uBoard.zw), 0.0);
  if (max(outside.x, outside.y) <= max(1.0, floor(uRatio + 0.5))) {
    color = vec4(uEdge, 1.0);
    return;
  }
  float spacing = ${dotSpacing.toFixed(1)} * uRatio;
  vec2 cell = mod(at - uOrigin + spacing * 0.5, spacing) - spacing * 0.5;
  float dot = clamp(1.0 * uRatio + 0.5 - length(cell), 0.0, 1.0);
  color = vec4(mix(uPlaster, uDots, dot), 1.0);
}`,
}

/** Only the rectangles around the board are drawn, so a board that fills the window costs nothing here. */
const drawWebgl = (scene: Scene, surface: WebglSurface) => {
  const { width, height, transform, board, pixelRatio, theme, missing } = scene
  const { gl } = surface
  const rects = around(board, scene)
  if (rects.length > 0) {
    const { activate, at } = surface.program(program)
    const spacing = dotSpacing * pixelRatio
    activate()
    gl.uniform2f(at('uSize'), width, height)
    gl.uniform2f(at('uOrigin'), transform.originX % spacing, transform.originY % spacing)
    gl.uniform4f(at('uBoard'), board.left, board.top, board.right, board.bottom)
    gl.uniform1f(at('uRatio'), pixelRatio)
    gl.uniform3fv(at('uPlaster'), unit(theme.plaster))
    gl.uniform3fv(at('uDots'), unit(theme.dots))
    gl.uniform3fv(at('uEdge'), unit(theme.edge))
    gl.enable(gl.SCISSOR_TEST)
    for (const { left, top, right, bottom } of rects) {
      gl.scissor(left, height - bottom, right - left, bottom - top)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
    }
    gl.disable(gl.SCISSOR_TEST)
  }
  if (missing) surface.fill(clip(board, scene), theme.empty)
}

const draw2d = ({ width, height, board, pixelRatio, transform, theme }: Scene, { context, fill }: Canvas2dSurface) => {
  fill({ left: 0, top: 0, right: width, bottom: height }, theme.plaster)
  const spacing = dotSpacing * pixelRatio
  const dot = Math.max(1, Math.round(1.5 * pixelRatio))
  context.fillStyle = css(theme.dots)
  for (let y = ((transform.originY % spacing) + spacing) % spacing; y < height; y += spacing) {
    for (let x = ((transform.originX % spacing) + spacing) % spacing; x < width; x += spacing) {
      context.fillRect(Math.round(x - dot / 2), Math.round(y - dot / 2), dot, dot)
    }
  }
  const line = Math.max(1, Math.round(pixelRatio))
  const { left, top, right, bottom } = board
  fill({ left: left - line, top: top - line, right: right + line, bottom: bottom + line }, theme.edge)
  fill(board, theme.empty)
}

export const groundLayer: Layer = { name: 'ground', programs: [program], drawWebgl, draw2d }
