/**
 * The tiles, with the optimistic pixels that their bytes include. A WebGL tile is a texture of palette indices, which the hardware
 * cannot filter. Where several cells share a device pixel, the shader averages up to 3 × 3 of them in approximately linear light.
 */
import type { Canvas2dSurface, Layer, WebglSurface } from '../layer.ts'
import type { Scene, SceneTile } from '../renderer.ts'
import { drawTileQuads, tileFragmentHead, tileVertex } from './tile-quads.ts'

const program = {
  vertex: tileVertex,
  fragment: `${tileFragmentHead}
void main() {
  vec2 at = here();
  if (uScale >= 1.0) {
    color = vec4(paint(ivec2(floor(at / uScale))), 1.0);
    return;
  }
  int n = int(clamp(ceil(1.0 / uScale), 1.0, 3.0));
  vec3 sum = vec3(0.0);
  for (int y = 0; y < n; y++) {
    for (int x = 0; x < n; x++) {
      vec2 offset = (vec2(x, y) + 0.5) / float(n) - 0.5;
      vec3 rgb = paint(ivec2(floor((at + offset) / uScale)));
      sum += rgb * rgb;
    }
  }
  color = vec4(sqrt(sum / float(n * n)), 1.0);
}`,
}

const drawWebgl = (scene: Scene, surface: WebglSurface) => drawTileQuads(scene, surface, { source: program })

const draw2d = (scene: Scene, surface: Canvas2dSurface) => {
  surface.context.imageSmoothingEnabled = scene.transform.scale < 1
  surface.context.imageSmoothingQuality = 'medium'
  for (const tile of scene.tiles) drawTile(scene, surface, tile)
}

/** Draws only the cells in the window: a tile may be 100,000 device pixels wide. */
const drawTile = ({ width, height, transform: { scale } }: Scene, surface: Canvas2dSurface, tile: SceneTile) => {
  const { rect, originX, originY } = tile
  const image = surface.image(tile.tile)
  if (!image) return
  const first = (origin: number) => Math.max(0, Math.floor(-origin / scale))
  const last = (origin: number, room: number) => Math.min(image.width, Math.ceil((room - origin) / scale))
  const x0 = first(originX)
  const y0 = first(originY)
  const x1 = Math.min(last(originX, width), Math.round((rect.right - originX) / scale))
  const y1 = Math.min(last(originY, height), Math.round((rect.bottom - originY) / scale))
  if (x1 <= x0 || y1 <= y0) return
  const left = Math.ceil(originX + x0 * scale - 0.5)
  const top = Math.ceil(originY + y0 * scale - 0.5)
  const right = Math.ceil(originX + x1 * scale - 0.5)
  const bottom = Math.ceil(originY + y1 * scale - 0.5)
  surface.context.drawImage(image, x0, y0, x1 - x0, y1 - y0, left, top, right - left, bottom - top)
}

export const boardLayer: Layer = { name: 'board', programs: [program], drawWebgl, draw2d }
