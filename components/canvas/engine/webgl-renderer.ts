/**
 * The WebGL2 renderer: one R8UI texture per tile, one palette texture, a quad per visible tile.
 *
 * A lost context takes all textures with it. When the browser brings it back, everything is built again and `onRestored` asks for
 * palette and tiles. In between drawing does nothing. What the context cannot do is told by `onFailed`.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { DeviceRect, Renderer, Rgb, Scene } from './renderer.ts'
import { around, clip } from './scene.ts'
import { groundFragment, groundVertex, tileFragment, tileVertex } from './shaders.ts'

interface Program {
  readonly activate: () => void
  readonly at: (uniform: string) => WebGLUniformLocation | null
}

interface Built {
  readonly ground: Program
  readonly tile: Program
  readonly palette: WebGLTexture
  readonly tiles: Map<TileNumber, WebGLTexture>
  readonly maxTextureSize: number
}

export interface ContextEvents {
  readonly onLost: () => void
  readonly onRestored: () => void
  /** Too little memory, too small textures, or shaders that do not link: this context draws no true picture. */
  readonly onFailed: () => void
}

/** Null when the browser has no WebGL2. */
export const createWebglRenderer = (canvas: HTMLCanvasElement, events: ContextEvents): Renderer | null => {
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false })
  return gl ? new WebglRenderer(canvas, gl, events) : null
}

class WebglRenderer implements Renderer {
  readonly kind = 'webgl2'
  readonly #canvas: HTMLCanvasElement
  readonly #gl: WebGL2RenderingContext
  readonly #events: ContextEvents
  #built: Built | null

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, events: ContextEvents) {
    this.#canvas = canvas
    this.#gl = gl
    this.#events = events
    this.#built = build(gl)
    canvas.addEventListener('webglcontextlost', this.#lost)
    canvas.addEventListener('webglcontextrestored', this.#restored)
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
    gl.enable(gl.SCISSOR_TEST)
    this.#drawGround(scene, this.#built.ground)
    if (scene.missing) this.#fill(scene, clip(scene.board, scene), scene.theme.empty)
    gl.disable(gl.SCISSOR_TEST)
    this.#drawTiles(scene, this.#built)
    gl.enable(gl.SCISSOR_TEST)
    for (const { rect, color } of scene.marks) this.#fill(scene, rect, color)
    gl.disable(gl.SCISSOR_TEST)
  }

  dispose() {
    this.#canvas.removeEventListener('webglcontextlost', this.#lost)
    this.#canvas.removeEventListener('webglcontextrestored', this.#restored)
    this.#built = null
    // Browsers hold few contexts at a time and free them late; a page that mounts often must not run out.
    if (!this.#gl.isContextLost()) this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  #newTexture(tile: TileNumber, tileSize: number, { tiles, maxTextureSize }: Built): WebGLTexture | null {
    const gl = this.#gl
    if (tileSize > maxTextureSize) return this.#fail()
    const texture = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8UI, tileSize, tileSize)
    nearest(gl)
    // Asking waits for the graphics process, so it is done for new textures only.
    if (gl.getError() === gl.OUT_OF_MEMORY) return this.#fail()
    tiles.set(tile, texture)
    return texture
  }

  /** A context that was lost meanwhile has events of its own. */
  #fail(): null {
    if (!this.#gl.isContextLost()) this.#events.onFailed()
    return null
  }

  /** Only around the board: a window full of board is shaded once. */
  #drawGround(scene: Scene, { activate, at }: Program) {
    const { width, height, transform, board, pixelRatio, theme } = scene
    const rects = around(board, scene)
    if (rects.length === 0) return
    const gl = this.#gl
    activate()
    gl.uniform2f(at('uSize'), width, height)
    gl.uniform2f(at('uOrigin'), transform.originX % (22 * pixelRatio), transform.originY % (22 * pixelRatio))
    gl.uniform4f(at('uBoard'), board.left, board.top, board.right, board.bottom)
    gl.uniform1f(at('uRatio'), pixelRatio)
    gl.uniform3fv(at('uPlaster'), unit(theme.plaster))
    gl.uniform3fv(at('uDots'), unit(theme.dots))
    gl.uniform3fv(at('uEdge'), unit(theme.edge))
    for (const { left, top, right, bottom } of rects) {
      gl.scissor(left, height - bottom, right - left, bottom - top)
      gl.drawArrays(gl.TRIANGLES, 0, 3)
    }
  }

  #drawTiles({ width, height, transform, grid, tiles }: Scene, { tile: { activate, at }, palette, tiles: textures }: Built) {
    const gl = this.#gl
    activate()
    gl.uniform2f(at('uSize'), width, height)
    gl.uniform1f(at('uScale'), transform.scale)
    gl.uniform1f(at('uGrid'), grid)
    gl.uniform1i(at('uTile'), 0)
    gl.uniform1i(at('uPalette'), 1)
    gl.activeTexture(gl.TEXTURE1)
    gl.bindTexture(gl.TEXTURE_2D, palette)
    gl.activeTexture(gl.TEXTURE0)
    for (const { tile, rect, originX, originY } of tiles) {
      const texture = textures.get(tile)
      if (!texture) continue
      gl.bindTexture(gl.TEXTURE_2D, texture)
      gl.uniform2f(at('uTileOrigin'), originX, originY)
      gl.uniform4f(at('uRect'), rect.left, rect.top, rect.right, rect.bottom)
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
    }
  }

  #fill(scene: Scene, { left, top, right, bottom }: DeviceRect, color: Rgb) {
    if (right <= left || bottom <= top) return
    const gl = this.#gl
    const [red, green, blue] = unit(color)
    gl.scissor(left, scene.height - bottom, right - left, bottom - top)
    gl.clearColor(red, green, blue, 1)
    gl.clear(gl.COLOR_BUFFER_BIT)
  }

  readonly #lost = (event: Event) => {
    // Without this the browser never brings the context back.
    event.preventDefault()
    this.#built = null
    this.#events.onLost()
  }

  readonly #restored = () => {
    try {
      this.#built = build(this.#gl)
    } catch {
      return this.#events.onFailed()
    }
    if (this.#built) this.#events.onRestored()
  }
}

const unit = ([red, green, blue]: Rgb) => [red / 255, green / 255, blue / 255] as const

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

/** Null while the context is lost: everything made then would be void. */
const build = (gl: WebGL2RenderingContext): Built | null => {
  if (gl.isContextLost()) return null
  const palette = gl.createTexture()
  gl.bindTexture(gl.TEXTURE_2D, palette)
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 1)
  nearest(gl)
  return {
    ground: link(gl, groundVertex, groundFragment),
    tile: link(gl, tileVertex, tileFragment),
    palette,
    tiles: new Map(),
    maxTextureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
  }
}

const link = (gl: WebGL2RenderingContext, vertex: string, fragment: string): Program => {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type)
    if (!shader) throw new Error('the graphics context gave no shader')
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`a shader does not link: ${gl.getProgramInfoLog(program)}`)
  }
  const locations = new Map<string, WebGLUniformLocation | null>()
  const at = (uniform: string) => {
    let location = locations.get(uniform)
    if (location === undefined) {
      location = gl.getUniformLocation(program, uniform)
      locations.set(uniform, location)
    }
    return location
  }
  return { activate: () => gl.useProgram(program), at }
}
