/** Draws ages with WebGL2: one texture of times for each tile, which is compared with the present in the shader. */
import type { TileNumber } from '../../../lib/brand.ts'
import type { WebglSurface } from '../engine/layer.ts'
import { tileFragmentHead, tileVertex } from '../engine/layers/tile-quads.ts'
import type { Scene } from '../engine/renderer.ts'
import { firstTime } from './age-map.ts'
import { type HeatDrawing, untouchedStep } from './heat-drawing.ts'
import { greyBrightness, rampSteps } from './ramp.ts'

export const heatProgram = {
  vertex: tileVertex,
  fragment: `${tileFragmentHead}
uniform usampler2D uAges;
uniform float uNow;
uniform float uSpan;
uniform int uMode;
uniform vec3 uRamp[${rampSteps}];

float heatOf(ivec2 cell) {
  if (uMode == 0) return -1.0;
  uint time = texelFetch(uAges, clamp(cell, ivec2(0), textureSize(uTile, 0) - 1), 0).r;
  if (uMode == 2) return time == 0u ? ${untouchedStep}.0 : -1.0;
  float age = max(0.0, uNow - float(time));
  return time < ${firstTime}u || age >= uSpan ? -1.0 : min(floor(age / uSpan * ${rampSteps}.0), ${rampSteps - 1}.0);
}

float greyOf(ivec2 cell) {
  return dot(paint(cell), vec3(0.299, 0.587, 0.114)) * ${greyBrightness.toFixed(2)};
}

void main() {
  vec2 at = here();
  int n = uScale >= 1.0 ? 1 : int(clamp(ceil(1.0 / uScale), 1.0, 3.0));
  float grey = 0.0;
  float hottest = ${rampSteps}.0;
  for (int y = 0; y < n; y++) {
    for (int x = 0; x < n; x++) {
      vec2 offset = (vec2(x, y) + 0.5) / float(n) - 0.5;
      ivec2 cell = ivec2(floor((at + (n == 1 ? vec2(0.0) : offset)) / uScale));
      float heat = heatOf(cell);
      if (heat >= 0.0) hottest = min(hottest, heat);
      grey += greyOf(cell);
    }
  }
  color = vec4(hottest < ${rampSteps}.0 ? uRamp[int(hottest)] : vec3(grey / float(n * n)), 1.0);
}`,
}

interface Held {
  readonly texture: WebGLTexture
  revision: number
  times: Uint16Array
}

const modes = { heat: 1, untouched: 2 }

export const createHeatWebgl = (drawing: () => HeatDrawing) => {
  const held = new Map<TileNumber, Held>()
  /** A restored context has another palette texture, and none of the textures here. */
  let palette: WebGLTexture | null = null

  const textureOf = (gl: WebGL2RenderingContext, tile: TileNumber, tileSize: number): WebGLTexture | null => {
    const ages = drawing().agesOf(tile)
    if (!ages) return null
    const known = held.get(tile)
    if (known && known.times === ages.times && known.revision === ages.revision) return known.texture
    const texture = known?.texture ?? createTexture(gl, tileSize)
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2)
    for (const name of [gl.UNPACK_ROW_LENGTH, gl.UNPACK_SKIP_PIXELS, gl.UNPACK_SKIP_ROWS]) gl.pixelStorei(name, 0)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, tileSize, tileSize, gl.RED_INTEGER, gl.UNSIGNED_SHORT, ages.times)
    held.set(tile, { texture, revision: ages.revision, times: ages.times })
    return texture
  }

  const keepOnly = (gl: WebGL2RenderingContext, tiles: ReadonlySet<TileNumber>) => {
    for (const [tile, { texture }] of held) {
      if (tiles.has(tile)) continue
      gl.deleteTexture(texture)
      held.delete(tile)
    }
  }

  return (scene: Scene, surface: WebglSurface) => {
    const { gl, program } = surface
    const { mode, now, span, ramp } = drawing()
    if (palette !== surface.palette) held.clear()
    palette = surface.palette
    keepOnly(gl, new Set(scene.tiles.map(({ tile }) => tile)))
    const { activate, at } = program(heatProgram)
    activate()
    gl.uniform2f(at('uSize'), scene.width, scene.height)
    gl.uniform1f(at('uScale'), scene.transform.scale)
    gl.uniform1f(at('uNow'), now())
    gl.uniform1f(at('uSpan'), span)
    gl.uniform3fv(
      at('uRamp'),
      Float32Array.from(ramp.flat(), (part) => part / 255),
    )
    for (const [index, name] of ['uTile', 'uPalette', 'uAges'].entries()) gl.uniform1i(at(name), index)
    gl.activeTexture(gl.TEXTURE1)
    gl.bindTexture(gl.TEXTURE_2D, surface.palette)
    for (const { tile, rect, originX, originY } of scene.tiles) {
      const board = surface.texture(tile)
      if (!board) continue
      gl.activeTexture(gl.TEXTURE2)
      const ages = textureOf(gl, tile, scene.canvas?.tileSize ?? 1)
      // Without ages the shader does not read them, but a texture of the right kind must be bound.
      gl.bindTexture(gl.TEXTURE_2D, ages ?? board)
      gl.activeTexture(gl.TEXTURE0)
      gl.bindTexture(gl.TEXTURE_2D, board)
      gl.uniform1i(at('uMode'), ages ? modes[mode] : 0)
      gl.uniform2f(at('uTileOrigin'), originX, originY)
      gl.uniform4f(at('uRect'), rect.left, rect.top, rect.right, rect.bottom)
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
    }
  }
}

const createTexture = (gl: WebGL2RenderingContext, tileSize: number): WebGLTexture => {
  const texture = gl.createTexture()
  gl.bindTexture(gl.TEXTURE_2D, texture)
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R16UI, tileSize, tileSize)
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST)
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE)
  return texture
}
