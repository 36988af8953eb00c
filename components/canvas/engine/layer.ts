/**
 * A layer draws one thing, such as the tiles or the grid, with WebGL2 and on a 2D canvas. It draws from the scene alone, so it does
 * not depend on other layers. `layers.ts` lists all layers.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { Rect } from './rect.ts'
import type { Scene } from './renderer.ts'

export interface Layer {
  readonly name: string
  /**
   * Compiled with each new context, so that a browser that refuses a shader falls back to the 2D renderer at once. Those of a layer
   * that is added later are compiled when it is first drawn.
   */
  readonly programs?: readonly ProgramSource[]
  /** True while the layer changes with time: the engine then draws another frame. */
  readonly isMoving?: () => boolean
  drawWebgl(scene: Scene, surface: WebglSurface): void
  draw2d(scene: Scene, surface: Canvas2dSurface): void
}

/** The two shaders of a WebGL program. */
export interface ProgramSource {
  readonly vertex: string
  readonly fragment: string
}

export interface Program {
  readonly activate: () => void
  readonly at: (uniform: string) => WebGLUniformLocation | null
}

interface Surface {
  /** Fills a rectangle with one color. */
  fill(rect: Rect, color: Rgb): void
}

export interface WebglSurface extends Surface {
  readonly gl: WebGL2RenderingContext
  /** 256 colors in one row. */
  readonly palette: WebGLTexture
  /** @throws `ShaderError`, upon which the 2D renderer takes over. */
  program(source: ProgramSource): Program
  /** The palette indices of a tile. */
  texture(tile: TileNumber): WebGLTexture | null
}

export interface Canvas2dSurface extends Surface {
  readonly context: CanvasRenderingContext2D
  /** A tile in its colors, one pixel per cell. */
  image(tile: TileNumber): HTMLCanvasElement | null
}

export interface Mark {
  readonly rect: Rect
  readonly color: Rgb
}

/** A layer of plain rectangles, which both renderers draw alike. */
export const markLayer = (options: Pick<Layer, 'name' | 'isMoving'> & { marks: (scene: Scene) => readonly Mark[] }): Layer => {
  const { marks, ...layer } = options
  const draw = (scene: Scene, surface: Surface) => {
    for (const { rect, color } of marks(scene)) surface.fill(rect, color)
  }
  return { ...layer, drawWebgl: draw, draw2d: draw }
}
