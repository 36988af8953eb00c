/**
 * Keeps the counts of templates: each tile that a template covers has a count at a seq. A new template, revision, size or epoch is counted from the
 * board of the tile, and after that each commit changes the count. Used by the projection and by `rebuild`.
 */
import type { Board } from '../../lib/board.ts'
import { asSeq, noSeq, type Seq, type TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { coveredTiles, type LinkedTemplate } from '../../lib/linked-template.ts'
import { countCommits, countTile, type TileTemplate, tileTemplate } from '../../lib/template-progress.ts'
import { readPastBoard } from '../projecting/past-board.ts'
import type { Store } from '../store/port.ts'
import { type CountMove, isOfBoard, type TileCount } from '../store/templates-port.ts'
import { createCellReader } from './template-cells.ts'

export type CountingStore = Pick<Store, 'getCanvas' | 'readCommits' | 'readBoard' | 'projections' | 'templates'>

/** What a count depends on beside the pixels. A restore, a growth or a new revision changes it. */
export const basisOf = (template: Pick<LinkedTemplate, 'rev'>, { epoch, width, height }: Pick<Canvas, 'epoch' | 'width' | 'height'>) =>
  `${epoch}/${template.rev}/${width}x${height}`

const pageSize = 500

interface TileAt {
  readonly canvas: Canvas
  readonly tile: TileNumber
  /** The tile's published head, which the counts reach. */
  readonly head: Seq
}

export class TemplateCounter {
  readonly #store: CountingStore
  readonly #cellsOf: ReturnType<typeof createCellReader>

  constructor(store: CountingStore) {
    this.#store = store
    this.#cellsOf = createCellReader(store.templates)
  }

  async templatesOf(canvas: Canvas): Promise<LinkedTemplate[]> {
    const templates = await this.#store.templates.listTemplates({ canvas: canvas.id })
    return templates.filter((template) => isOfBoard(template, canvas))
  }

  /** Moves the counts of one tile to its head. `known` are commits that need not be read again. Returns how many counts it moved. */
  async countTo(at: TileAt, templates: readonly LinkedTemplate[], known: readonly SequencedCommit[] = []): Promise<number> {
    const { canvas, tile } = at
    const covering = templates.filter((template) => coveredTiles(template, canvas).includes(tile))
    if (covering.length === 0) return 0
    const rows = await this.#store.templates.readTileCounts({ canvas: canvas.id, tile })
    const present = new Map(rows.map(({ template, count }) => [template, count]))
    const board = onceOf(() => this.#boardAt(at))
    const moves: CountMove[] = []
    for (const template of covering) {
      const from = present.get(template.id) ?? null
      const basis = basisOf(template, canvas)
      const isKnown = from?.basis === basis
      if (isKnown && from.seq >= at.head) continue
      const cells = await this.#cellsOf(template)
      if (!cells) continue
      const wanted = tileTemplate({ template, cells }, canvas, tile)
      const to = (isKnown ? await this.#add(at, from, wanted, known) : null) ?? (await this.#countBoard(board, basis, wanted))
      if (to) moves.push({ template: template.id, tile, from: from && { basis: from.basis, seq: from.seq }, to })
    }
    await this.#store.templates.moveTemplateCounts(moves)
    return moves.length
  }

  /** The count at the head. Null if a commit in between is trimmed. */
  async #add({ canvas, tile, head }: TileAt, from: TileCount, wanted: TileTemplate, known: readonly SequencedCommit[]) {
    let { seq, counts } = from
    while (seq < head) {
      const next = known.filter((commit) => commit.epoch === canvas.epoch && commit.seq > seq && commit.seq <= head)
      const commits = next[0]?.seq === seq + 1 ? contiguous(next) : await this.#read({ canvas, tile, head }, seq)
      const last = commits?.at(-1)
      if (!commits || !last) return null
      counts = countCommits(wanted, counts, commits)
      seq = last.seq
    }
    return { basis: from.basis, seq, counts }
  }

  async #read({ canvas, tile, head }: TileAt, after: Seq): Promise<SequencedCommit[] | null> {
    const page = await this.#store.readCommits({ canvas: canvas.id, tile, after, limit: pageSize })
    if (page?.kind !== 'page' || page.epoch !== canvas.epoch) return null
    return page.commits.filter(({ seq }) => seq <= head)
  }

  async #countBoard(board: () => Promise<Board | null>, basis: string, wanted: TileTemplate) {
    const found = await board()
    return found && { basis, seq: found.seq, counts: countTile(wanted, found.colors) }
  }

  /** Up to the published head: a commit above it may still become a dead letter. */
  async #boardAt({ canvas, tile, head }: TileAt) {
    const ref = { canvas: canvas.id, tile }
    const found = await readPastBoard(this.#store, { ...ref, maxSeq: head })
    const board = found?.kind === 'board' ? found.board : await this.#store.readBoard(ref)
    return board?.epoch === canvas.epoch ? board : null
  }
}

const contiguous = (commits: readonly SequencedCommit[]) => {
  const first = commits[0]?.seq ?? noSeq
  return commits.filter(({ seq }, index) => seq === asSeq(first + index))
}

/** All templates of a tile share one read of its board. */
const onceOf = <Value>(read: () => Promise<Value>): (() => Promise<Value>) => {
  let value: Promise<Value> | null = null
  return () => {
    value ??= read()
    return value
  }
}
