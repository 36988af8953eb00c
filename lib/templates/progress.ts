/**
 * How much of one template is on the board. A change of the board updates only the cells that changed, because the state of each cell is
 * kept in two bits. The numbers are those of a full recount at any time.
 */
import type { TileNumber } from '../brand.ts'
import { type BoardPoint, tileOf, tileOrigin } from '../geometry.ts'

/** Where a template is, and what it wants. The colors are indices of the board's palette; one that the board lacks is not wanted. */
export interface PlacedPicture {
  readonly x: number
  readonly y: number
  readonly picture: { readonly width: number; readonly height: number; readonly cells: Uint16Array }
}

/** The board as it is shown, with the pixels that are not saved yet. */
export interface ShownBoard {
  readonly width: number
  readonly height: number
  readonly tileSize: number
  /** How many colors its palette has. */
  readonly colors: number
  readonly background: number
  /** The shown colors of a tile; null while the tile is not loaded. */
  readonly shown: (tile: TileNumber) => Uint8Array | null
}

/** `missing`: the background shows, and another color is wanted. `unloaded`: this part of the board is not known. */
export type CellState = 'unloaded' | 'right' | 'missing' | 'wrong'

export interface Counts {
  readonly right: number
  readonly missing: number
  readonly wrong: number
  /** Cells in parts of the board that are not loaded. They are in no other number. */
  readonly unloaded: number
}

export interface ColorCounts extends Counts {
  readonly color: number
}

/** A square of the board with cells that are not right. */
export interface Block {
  readonly gx: number
  readonly gy: number
  readonly left: number
}

/** Progress is also kept by squares of 16 × 16 cells, which are aligned to the board. */
export const blockSize = 16

const [unloaded, right, missing, wrong] = [0, 1, 2, 3]
const states: readonly CellState[] = ['unloaded', 'right', 'missing', 'wrong']
const maxColors = 256

export const leftOf = (counts: Counts) => counts.missing + counts.wrong

/** Rounded down, so that 100 means that nothing is left. Null if nothing is counted. */
export const percentOf = (counts: Counts): number | null => {
  const counted = counts.right + leftOf(counts)
  return counted === 0 ? null : Math.floor((100 * counts.right) / counted)
}

export class TemplateProgress {
  readonly #template: PlacedPicture
  readonly #states: Uint8Array
  /** By state and color. */
  readonly #counts = new Uint32Array(states.length * maxColors)
  readonly #firstBlock: { readonly x: number; readonly y: number }
  readonly #across: number
  readonly #blocks: Uint16Array
  #board: ShownBoard
  #filter: number | null
  #revision = 0

  constructor(template: PlacedPicture, board: ShownBoard, filter: number | null = null) {
    const { x, y, picture } = template
    this.#template = template
    this.#board = board
    this.#filter = filter
    this.#states = new Uint8Array(Math.ceil((picture.width * picture.height) / 4))
    this.#firstBlock = { x: Math.floor(x / blockSize), y: Math.floor(y / blockSize) }
    this.#across = Math.floor((x + picture.width - 1) / blockSize) - this.#firstBlock.x + 1
    const down = Math.floor((y + picture.height - 1) / blockSize) - this.#firstBlock.y + 1
    this.#blocks = new Uint16Array(this.#across * down)
    this.recount()
  }

  get template() {
    return this.#template
  }

  /** The memory that it needs beside the picture. */
  get bytes() {
    return this.#states.byteLength + this.#counts.byteLength + this.#blocks.byteLength
  }

  /** Increases with each change of a number. */
  get revision() {
    return this.#revision
  }

  get counts(): Counts {
    const sum = (state: number) => {
      let total = 0
      for (let color = 0; color < maxColors; color++) total += this.#counts[state * maxColors + color] as number
      return total
    }
    return { right: sum(right), missing: sum(missing), wrong: sum(wrong), unloaded: sum(unloaded) }
  }

  /** The colors that the template wants, by their index. */
  get colors(): ColorCounts[] {
    const found: ColorCounts[] = []
    for (let color = 0; color < this.#board.colors; color++) {
      const of = (state: number) => this.#counts[state * maxColors + color] as number
      const counts = { color, right: of(right), missing: of(missing), wrong: of(wrong), unloaded: of(unloaded) }
      if (counts.right + leftOf(counts) + counts.unloaded > 0) found.push(counts)
    }
    return found
  }

  /** The rows and columns of blocks, and how many cells of the filter's color are left in each. For reading only. */
  get blocks() {
    return { first: this.#firstBlock, across: this.#across, left: this.#blocks as Readonly<Uint16Array> }
  }

  /** Counts everything again, for another board. */
  setBoard(board: ShownBoard) {
    this.#board = board
    this.recount()
  }

  /** Only cells that want this color are left in the blocks. Null for all colors. */
  setFilter(color: number | null) {
    if (color === this.#filter) return
    this.#filter = color
    this.#revision++
    this.#blocks.fill(0)
    const { cells, width, height } = this.#template.picture
    for (let i = 0; i < width * height; i++) {
      if (this.#stateOf(i) >= missing && (color === null || cells[i] === color)) this.#addToBlock(i, 1)
    }
  }

  recount() {
    this.#states.fill(0)
    this.#counts.fill(0)
    this.#blocks.fill(0)
    this.#revision++
    const { cells, width } = this.#template.picture
    const { x, y } = this.#template
    const on = this.#onBoard()
    for (let gy = on.top; gy < on.bottom; gy++) {
      const row = (gy - y) * width - x
      for (let i = row + on.left; i < row + on.right; i++) {
        const wanted = cells[i] as number
        if (wanted < this.#board.colors) this.#counts[wanted] = (this.#counts[wanted] as number) + 1
      }
    }
    for (const tile of this.tiles()) this.tileChanged(tile)
  }

  /** The tiles that the template lies on, row by row. */
  tiles(): TileNumber[] {
    const { left, top, right: end, bottom } = this.#onBoard()
    if (end <= left) return []
    const { tileSize } = this.#board
    const first = (at: number) => Math.floor(at / tileSize) * tileSize
    const tiles: TileNumber[] = []
    for (let gy = first(top); gy < bottom; gy += tileSize) {
      for (let gx = first(left); gx < end; gx += tileSize) tiles.push(tileOf(tileSize, { gx, gy }))
    }
    return tiles
  }

  /** All of a tile may have changed: it was loaded, dropped, or replaced. */
  tileChanged(tile: TileNumber) {
    const { tileSize } = this.#board
    const { x, y, picture } = this.#template
    const { gx, gy } = tileOrigin(tileSize, tile)
    const on = this.#onBoard()
    const [left, end] = [Math.max(on.left, gx), Math.min(on.right, gx + tileSize)]
    const bytes = this.#board.shown(tile)
    for (let row = Math.max(on.top, gy); row < Math.min(on.bottom, gy + tileSize); row++) {
      const cell = (row - y) * picture.width - x
      const position = (row - gy) * tileSize - gx
      for (let column = left; column < end; column++) this.#classify(cell + column, bytes ? (bytes[position + column] as number) : -1)
    }
  }

  cellsChanged(tile: TileNumber, positions: ArrayLike<number>) {
    const bytes = this.#board.shown(tile)
    const { gx, gy } = tileOrigin(this.#board.tileSize, tile)
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i] as number
      const index = this.#indexOf({ gx: gx + (position % this.#board.tileSize), gy: gy + Math.floor(position / this.#board.tileSize) })
      if (index !== null) this.#classify(index, bytes ? (bytes[position] as number) : -1)
    }
  }

  /** What the template wants at a cell of the board, or null. */
  wantedAt(cell: BoardPoint): number | null {
    const index = this.#indexOf(cell)
    const wanted = index === null ? undefined : this.#template.picture.cells[index]
    return wanted === undefined || wanted >= this.#board.colors ? null : wanted
  }

  /** Null where the template wants nothing. */
  stateAt(cell: BoardPoint): CellState | null {
    const index = this.#indexOf(cell)
    return index === null || this.wantedAt(cell) === null ? null : (states[this.#stateOf(index)] ?? null)
  }

  /** The cells of a block that are not right, as the filter has it. */
  leftIn(block: Pick<Block, 'gx' | 'gy'>): BoardPoint[] {
    const found: BoardPoint[] = []
    for (let gy = block.gy; gy < block.gy + blockSize; gy++) {
      for (let gx = block.gx; gx < block.gx + blockSize; gx++) {
        const index = this.#indexOf({ gx, gy })
        if (index === null || this.#stateOf(index) < missing) continue
        if (this.#filter === null || this.#template.picture.cells[index] === this.#filter) found.push({ gx, gy })
      }
    }
    return found
  }

  /** The blocks that are not done, row by row. */
  blocksLeft(): Block[] {
    const found: Block[] = []
    for (const [i, left] of this.#blocks.entries()) {
      if (left === 0) continue
      const gx = (this.#firstBlock.x + (i % this.#across)) * blockSize
      const gy = (this.#firstBlock.y + Math.floor(i / this.#across)) * blockSize
      found.push({ gx, gy, left })
    }
    return found
  }

  /** The part of the template that lies on the board. */
  #onBoard() {
    const { x, y, picture } = this.#template
    return {
      left: Math.max(0, x),
      top: Math.max(0, y),
      right: Math.min(this.#board.width, x + picture.width),
      bottom: Math.min(this.#board.height, y + picture.height),
    }
  }

  #indexOf({ gx, gy }: BoardPoint): number | null {
    const on = this.#onBoard()
    if (gx < on.left || gy < on.top || gx >= on.right || gy >= on.bottom) return null
    return (gy - this.#template.y) * this.#template.picture.width + gx - this.#template.x
  }

  #stateOf(index: number): number {
    return ((this.#states[index >> 2] as number) >> ((index & 3) << 1)) & 3
  }

  /** `shown` is -1 where the board is not loaded. */
  #classify(index: number, shown: number) {
    const wanted = this.#template.picture.cells[index] as number
    if (wanted >= this.#board.colors) return
    const state = shown < 0 ? unloaded : shown === wanted ? right : shown === this.#board.background ? missing : wrong
    const shift = (index & 3) << 1
    const packed = this.#states[index >> 2] as number
    const before = (packed >> shift) & 3
    if (before === state) return
    this.#states[index >> 2] = (packed & ~(3 << shift)) | (state << shift)
    this.#counts[before * maxColors + wanted] = (this.#counts[before * maxColors + wanted] as number) - 1
    this.#counts[state * maxColors + wanted] = (this.#counts[state * maxColors + wanted] as number) + 1
    this.#revision++
    if (before >= missing === state >= missing || (this.#filter !== null && this.#filter !== wanted)) return
    this.#addToBlock(index, state >= missing ? 1 : -1)
  }

  #addToBlock(index: number, by: 1 | -1) {
    const { x, y, picture } = this.#template
    const row = (index / picture.width) | 0
    const blockX = ((x + index - row * picture.width) >> 4) - this.#firstBlock.x
    const block = (((y + row) >> 4) - this.#firstBlock.y) * this.#across + blockX
    this.#blocks[block] = (this.#blocks[block] as number) + by
  }
}
