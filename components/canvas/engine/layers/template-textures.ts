/** The textures of templates: the cells of each as indices, and its blocks. */
import type { Rgb } from '../../../../lib/palette.ts'
import { symbolOf, symbolSide } from '../../../../lib/templates/symbols.ts'
import { noCell } from '../../../../lib/templates/template.ts'
import { type MarkOptions, markPixel } from './template-marks.ts'
import type { DrawnTemplate } from './template-scene.ts'

type MarkShape = Pick<MarkOptions, 'kind' | 'dotSize' | 'scale'>

/** Every WebGL2 has textures of this size. */
const maxSide = 2_048
/** The cells of a larger template are stored one after the other in rows of this length, which `template-program.ts` has, too. */
const wrappedLength = 1_024
/** Cells in a block. */
const blockCells = 256

export interface TemplateTextures {
  readonly cells: WebGLTexture
  readonly blocks: WebGLTexture
  /** The cells are stored one after the other, in rows that are not those of the template. */
  readonly isWrapped: boolean
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
  #marks: { readonly key: string; readonly texture: WebGLTexture } | null = null

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

  /** The marks of missing and wrong cells side by side, each `side` pixels wide. */
  marksOf(options: MarkShape): { readonly texture: WebGLTexture; readonly side: number } {
    const side = Math.ceil(options.scale)
    const key = Object.values(options).join()
    if (this.#marks?.key !== key) {
      if (this.#marks) this.#gl.deleteTexture(this.#marks.texture)
      this.#marks = { key, texture: this.#texture({ width: 2 * side, height: side, data: markBytes(options, side) }) }
    }
    return { texture: this.#marks.texture, side }
  }

  /** Deletes the textures of templates that are not drawn any more. */
  keepOnly(drawn: readonly DrawnTemplate[]) {
    const ids = new Set(drawn.map(({ template }) => template.id))
    for (const [id, held] of this.#held) if (!ids.has(id)) this.#drop(id, held)
  }

  #hold({ cells, template: { picture } }: DrawnTemplate): Held {
    const isWrapped = Math.max(picture.width, picture.height) > maxSide
    const width = isWrapped ? wrappedLength : picture.width
    const height = Math.ceil(cells.length / width)
    // One more than the index, so that 0 is nothing. The 256th color needs a second byte.
    const isWide = cells.includes(255)
    const data = isWide ? new Uint16Array(width * height) : new Uint8Array(width * height)
    for (let i = 0; i < cells.length; i++) data[i] = cells[i] === noCell ? 0 : (cells[i] as number) + 1
    const blocks = this.#texture({ width: 1, height: 1, data: new Uint8Array(1) })
    return {
      cells: this.#texture({ width, height, data }),
      blocks,
      isWrapped,
      source: cells,
      blocksOf: null,
      revision: -1,
    }
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

  #texture({ width, height, data }: { width: number; height: number; data: Uint8Array | Uint8ClampedArray | Uint16Array }): WebGLTexture {
    const gl = this.#gl
    const texture = gl.createTexture()
    gl.bindTexture(gl.TEXTURE_2D, texture)
    resetUnpack(gl)
    if (data instanceof Uint8ClampedArray) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, data)
    } else {
      const [format, type] = data instanceof Uint16Array ? [gl.R16UI, gl.UNSIGNED_SHORT] : [gl.R8UI, gl.UNSIGNED_BYTE]
      gl.texImage2D(gl.TEXTURE_2D, 0, format, width, height, 0, gl.RED_INTEGER, type, data)
    }
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

/** Stand for the color that is wanted and the one that is shown, so that the bytes of a mark say which pixel has which of them. */
const inside: Rgb = [1, 2, 3]
const shown: Rgb = [0, 0, 0]

/** See `template-program.ts` for the meaning of the four bytes of a pixel. */
const markBytes = (options: MarkShape, side: number): Uint8ClampedArray => {
  const bytes = new Uint8ClampedArray(2 * side * side * 4)
  for (const isWrong of [false, true]) {
    // Without the symbol itself, which depends on the color.
    const mark = { ...options, isWrong, wanted: -1, wantedRgb: inside, shownRgb: shown }
    for (let i = 0; i < side * side; i++) {
      const [x, y] = [i % side, Math.floor(i / side)]
      const pixel = markPixel(mark, x + 0.5 - options.scale / 2, y + 0.5 - options.scale / 2)
      if (!pixel) continue
      const isInside = pixel.rgb === inside
      bytes.set([isInside ? 0 : pixel.rgb[0], pixel.alpha * 255, isInside ? 255 : 0, 255], (y * 2 * side + x + (isWrong ? side : 0)) * 4)
    }
  }
  return bytes
}

const resetUnpack = (gl: WebGL2RenderingContext) => {
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0)
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0)
  gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0)
}
