/** The textures of templates: the cells of each as indices, and its blocks. */
import { symbolOf, symbolSide } from '../../../../lib/templates/symbols.ts'
import { noCell } from '../../../../lib/templates/template.ts'
import type { DrawnTemplate } from './template-scene.ts'

/** Cells are stored row after row in rows of this length, because a template may be wider than a texture can be. */
const maxRowLength = 1_024
/** Cells in a block. */
const blockCells = 256

export interface TemplateTextures {
  readonly cells: WebGLTexture
  readonly blocks: WebGLTexture
  readonly rowLength: number
}

interface Held extends TemplateTextures {
  readonly source: Uint16Array
  blocksOf: unknown
  revision: number
}

export class TextureShelf {
  readonly #gl: WebGL2RenderingContext
  readonly #held = new Map<string, Held>()
  readonly symbols: WebGLTexture

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
    const rows = new Uint8Array(8 * 256)
    for (let color = 0; color < 256; color++) rows.set(symbolOf(color).slice(0, symbolSide), color * 8)
    this.symbols = this.#texture({ width: 8, height: 256, data: rows })
  }

  /** Uploads what has changed. */
  texturesOf(drawn: DrawnTemplate): TemplateTextures {
    const { id } = drawn.template
    let held = this.#held.get(id)
    if (held && held.source !== drawn.cells) {
      this.#drop(id, held)
      held = undefined
    }
    held ??= this.#hold(drawn)
    this.#held.set(id, held)
    if (held.blocksOf !== drawn.progress || held.revision !== drawn.progress?.revision) this.#uploadBlocks(held, drawn)
    return held
  }

  /** Deletes the textures of templates that are not drawn any more. */
  keepOnly(drawn: readonly DrawnTemplate[]) {
    const ids = new Set(drawn.map(({ template }) => template.id))
    for (const [id, held] of this.#held) if (!ids.has(id)) this.#drop(id, held)
  }

  #hold({ cells }: DrawnTemplate): Held {
    const width = Math.min(maxRowLength, cells.length)
    const height = Math.ceil(cells.length / width)
    // One more than the index, so that 0 is nothing. The 256th color needs a second byte.
    const isWide = cells.includes(255)
    const data = isWide ? new Uint16Array(width * height) : new Uint8Array(width * height)
    for (let i = 0; i < cells.length; i++) data[i] = cells[i] === noCell ? 0 : (cells[i] as number) + 1
    const blocks = this.#texture({ width: 1, height: 1, data: new Uint8Array(1) })
    return { cells: this.#texture({ width, height, data }), blocks, rowLength: width, source: cells, blocksOf: null, revision: -1 }
  }

  #uploadBlocks(held: Held, { progress }: DrawnTemplate) {
    const gl = this.#gl
    held.blocksOf = progress
    held.revision = progress?.revision ?? -1
    const { across, left } = progress?.blocks ?? { across: 1, left: new Uint16Array(1) }
    const shares = Uint8Array.from(left, (count) => Math.ceil((255 * count) / blockCells))
    gl.bindTexture(gl.TEXTURE_2D, held.blocks)
    resetUnpack(gl)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, across, left.length / across, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, shares)
  }

  #texture({ width, height, data }: { width: number; height: number; data: Uint8Array | Uint16Array }): WebGLTexture {
    const gl = this.#gl
    const texture = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D, texture)
    resetUnpack(gl)
    const [format, type] = data instanceof Uint16Array ? [gl.R16UI, gl.UNSIGNED_SHORT] : [gl.R8UI, gl.UNSIGNED_BYTE]
    gl.texImage2D(gl.TEXTURE_2D, 0, format, width, height, 0, gl.RED_INTEGER, type, data)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    return texture
  }

  #drop(id: string, { cells, blocks }: Held) {
    this.#gl.deleteTexture(cells)
    this.#gl.deleteTexture(blocks)
    this.#held.delete(id)
  }
}

const resetUnpack = (gl: WebGL2RenderingContext) => {
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0)
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0)
  gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0)
}
