/** Draws one quad per visible tile with a program of a layer: the tile's texture is on unit 0, the palette on unit 1. */
import type { ProgramSource, WebglSurface } from '../layer.ts'
import type { Scene } from '../renderer.ts'

/** Positions are device pixels from the top left; WebGL counts from the bottom left. */
export const tileVertex = `#version 300 es
uniform vec2 uSize;
uniform vec4 uRect;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 at = mix(uRect.xy, uRect.zw, corner) / uSize * 2.0 - 1.0;
  gl_Position = vec4(at.x, -at.y, 0.0, 1.0);
}`

/** `paint` reads the color of a cell, `here` is the fragment's position in the tile. */
export const tileFragmentHead = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform vec2 uSize;
uniform vec2 uTileOrigin;
uniform float uScale;
uniform usampler2D uTile;
uniform sampler2D uPalette;
out vec4 color;

vec3 paint(ivec2 cell) {
  ivec2 last = textureSize(uTile, 0) - 1;
  uint index = texelFetch(uTile, clamp(cell, ivec2(0), last), 0).r;
  return texelFetch(uPalette, ivec2(int(index), 0), 0).rgb;
}

vec2 here() {
  return vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y) - uTileOrigin;
}
`

export const drawTileQuads = (
  { width, height, transform, tiles }: Scene,
  { gl, palette, program, texture }: WebglSurface,
  { source, uniforms = {} }: { source: ProgramSource; uniforms?: Readonly<Record<string, number>> },
) => {
  const { activate, at } = program(source)
  activate()
  gl.uniform2f(at('uSize'), width, height)
  gl.uniform1f(at('uScale'), transform.scale)
  gl.uniform1i(at('uTile'), 0)
  gl.uniform1i(at('uPalette'), 1)
  for (const [name, value] of Object.entries(uniforms)) gl.uniform1f(at(name), value)
  gl.activeTexture(gl.TEXTURE1)
  gl.bindTexture(gl.TEXTURE_2D, palette)
  gl.activeTexture(gl.TEXTURE0)
  for (const { tile, rect, originX, originY } of tiles) {
    const held = texture(tile)
    if (!held) continue
    gl.bindTexture(gl.TEXTURE_2D, held)
    gl.uniform2f(at('uTileOrigin'), originX, originY)
    gl.uniform4f(at('uRect'), rect.left, rect.top, rect.right, rect.bottom)
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
  }
}
