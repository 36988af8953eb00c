/**
 * The WebGL2 renderer: one R8UI texture per tile, one palette texture, and the programs of the layers. When the browser restores a
 * lost context, the renderer builds everything again and calls `onRestored`. Until then `draw` does nothing.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { Layer, Program, ProgramSource, WebglSurface } from './layer.ts'
import { linkProgram, ShaderError } from './link-program.ts'
import type { Renderer, Scene } from './renderer.ts'
import { unit } from './rgb.ts'

interface Built {
  readonly programs: Map<ProgramSource, Program>
  readonly palette: WebGLTexture
  readonly tiles: Map<TileNumber, WebGLTexture>
  readonly maxTextureSize: number
}

export interface ContextEvents {
  readonly onLost: () => void
  readonly onRestored: () => void
  /** Too little memory, too small textures, or shaders that do not link: this context cannot draw the board. */
  readonly onFailed: () => void
}

/** Null if the browser has no WebGL2. */
export const createWebglRenderer = (canvas: HTMLCanvasElement, layers: readonly Layer[], events: ContextEvents): Renderer | null => {
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false })
  return gl ? new WebglRenderer(gl, layers, events) : null
}

class WebglRenderer implements Renderer {
  readonly kind = 'webgl2'
  readonly #gl: WebGL2RenderingContext
  readonly #layers: readonly Layer[]
  readonly #events: ContextEvents
  readonly #stop = new AbortController()
  #built: Built | null

  constructor(gl: WebGL2RenderingContext, layers: readonly Layer[], events: ContextEvents) {
    this.#gl = gl
    this.#layers = layers
    this.#events = events
    this.#built = build(gl, layers)
    const { signal } = this.#stop
    gl.canvas.addEventListener('webglcontextlost', (event) => this.#lost(event), { signal })
    gl.canvas.addEventListener('webglcontextrestored', () => this.#restored(), { signal })
  }

  setPalette(colors: readonly Rgb[]) {
    if (!this.#built) return
    const gl = this.#gl
    const bytes = new Uint8Array(256 * 4)
    for (const [index, rgb] of colors.entries()) bytes.set([...rgb, 255], index * 4)
    gl.bindTexture(gl.TEXTURE_2D, this.#built.palette)
    resetUnpack(gl)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, bytes)
  }

  upload({ tile, tileSize, bytes, rects }: Parameters<Renderer['upload']>[0]) {
    if (!this.#built) return false
    const gl = this.#gl
    const texture = this.#built.tiles.get(tile) ?? this.#newTexture(tile, tileSize, this.#built)
    if (!texture) return false
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, tileSize)
    for (const { x, y, width, height } of rects) {
      gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, x)
      gl.pixelStorei(gl.UNPACK_SKIP_ROWS, y)
      gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, width, height, gl.RED_INTEGER, gl.UNSIGNED_BYTE, bytes)
    }
    return true
  }

  has(tile: TileNumber) {
    return this.#built?.tiles.has(tile) ?? false
  }

  drop(tile: TileNumber) {
    const texture = this.#built?.tiles.get(tile)
    if (!texture) return
    this.#gl.deleteTexture(texture)
    this.#built?.tiles.delete(tile)
  }

  draw(scene: Scene) {
    if (!this.#built) return
    const gl = this.#gl
    if (gl.drawingBufferWidth < scene.width || gl.drawingBufferHeight < scene.height) this.#fail()
    gl.viewport(0, 0, scene.width, scene.height)
    const surface = this.#surface(this.#built, scene)
    try {
      for (const layer of this.#layers) layer.drawWebgl(scene, surface)
    } catch (error) {
      if (!(error instanceof ShaderError)) throw error
      this.#fail()
    }
  }

  dispose() {
    this.#stop.abort()
    this.#built = null
    // Browsers allow few contexts and free them late. A page that mounts often must not exhaust them.
    if (!this.#gl.isContextLost()) this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  #newTexture(tile: TileNumber, tileSize: number, { tiles, maxTextureSize }: Built): WebGLTexture | null {
    const gl = this.#gl
    if (tileSize > maxTextureSize) return this.#fail()
    const texture = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8UI, tileSize, tileSize)
    nearest(gl)
    // `getError` waits for the graphics process, so it is called for new textures only.
    if (gl.getError() === gl.OUT_OF_MEMORY) return this.#fail()
    tiles.set(tile, texture)
    return texture
  }

  /** A lost context sends its own events. */
  #fail(): null {
    if (!this.#gl.isContextLost()) this.#events.onFailed()
    return null
  }

  #surface({ palette, tiles, programs }: Built, { height }: Scene): WebglSurface {
    const gl = this.#gl
    return {
      gl,
      palette,
      texture: (tile) => tiles.get(tile) ?? null,
      program(source) {
        const program = programs.get(source) ?? linkProgram(gl, source)
        programs.set(source, program)
        return program
      },
      fill({ left, top, right, bottom }, color) {
        if (right <= left || bottom <= top) return
        const [red, green, blue] = unit(color)
        gl.enable(gl.SCISSOR_TEST)
        gl.scissor(left, height - bottom, right - left, bottom - top)
        gl.clearColor(red, green, blue, 1)
        gl.clear(gl.COLOR_BUFFER_BIT)
        gl.disable(gl.SCISSOR_TEST)
      },
    }
  }

  #lost(event: Event) {
    // Otherwise the browser never restores the context.
    event.preventDefault()
    this.#built = null
    this.#events.onLost()
  }

  #restored() {
    try {
      this.#built = build(this.#gl, this.#layers)
    } catch {
      return this.#events.onFailed()
    }
    if (this.#built) this.#events.onRestored()
  }
}

const resetUnpack = (gl: WebGL2RenderingContext) => {
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0)
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0)
  gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0)
}

const nearest = (gl: WebGL2RenderingContext) => {
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
}

/** Null while the context is lost. */
const build = (gl: WebGL2RenderingContext, layers: readonly Layer[]): Built | null => {
  if (gl.isContextLost()) return null
  const palette = gl.createTexture()
  gl.bindTexture(gl.TEXTURE_2D, palette)
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 1)
  nearest(gl)
  return {
    programs: new Map(layers.flatMap(({ programs = [] }) => programs.map((source) => [source, linkProgram(gl, source)] as const))),
    palette,
    tiles: new Map(),
    maxTextureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
  }
}
