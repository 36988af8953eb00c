/** Leads the painter to the cells that are not right, and says what they want. */
import { isProtected } from '../../../lib/area.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import { nextCell } from '../../../lib/templates/next-cell.ts'
import { blockSize, leftOf, type TemplateProgress } from '../../../lib/templates/progress.ts'
import { colorText, type PageWords } from '../../../lib/words/page-words.ts'
import type { CanvasEngine } from '../engine/types.ts'
import type { Session } from '../session/types.ts'
import { announce, colorName, type UiStore } from '../ui-store.ts'
import { freeArea } from './free-area.ts'
import { NextTrail } from './next-trail.ts'

export interface NextToPaintOptions {
  readonly engine: CanvasEngine
  readonly session: Session
  readonly ui: UiStore
  readonly words: PageWords
  /** The progress of the shown templates, the topmost first. */
  readonly shown: () => readonly TemplateProgress[]
}

/** A translated name begins with a capital letter, which German keeps inside of a sentence. The names that a host gives stay as they are. */
const nameInSentence = (words: PageWords, name: string) => {
  const text = colorText(words, name)
  return text === name || words.language === 'de' ? text : text.toLocaleLowerCase(words.language)
}

/** Marks are easy to see at this zoom, in CSS pixels per cell. */
const goodZoom = 16
/** Below this zoom, the step zooms in. */
const minZoom = 8
/** CSS pixels between the cell and the edges of the free part of the board. */
const margin = 48

export class NextToPaint {
  readonly #options: NextToPaintOptions
  readonly #trail = new NextTrail()

  constructor(options: NextToPaintOptions) {
    this.#options = options
  }

  step(by: 1 | -1) {
    const { ui, engine } = this.#options
    const { cell } = ui.getState()
    this.#trail.from(cell)
    const view = engine.view()
    const from = cell ?? { gx: Math.floor(view.centerX), gy: Math.floor(view.centerY) }
    const found = by === 1 ? this.#next(from) : this.#trail.back((at) => this.#isLeft(at))
    if (found) this.goTo(found)
    else if (by === 1) this.#sayDone()
  }

  /** Selects a cell, brings it into view, and says what it wants. */
  goTo(cell: BoardPoint) {
    const { engine, ui, session, words, shown } = this.#options
    this.#bringIntoView(cell)
    engine.setCell(cell, ui.getState().touch ? 'touch' : 'keyboard')
    const { canvas } = session.store.getState()
    const color = engine.pixelAt(cell)
    const wanted =
      shown()
        .find((each) => each.wantedAt(cell) !== null)
        ?.wantedAt(cell) ?? null
    if (!canvas || color === null || wanted === null || wanted === color) return
    const nameOf = (index: number) => nameInSentence(words, colorName(canvas, index))
    announce(ui, words.t('templateView.wants', { x: cell.gx, y: cell.gy, wanted: nameOf(wanted), shown: nameOf(color) }))
  }

  /** Goes to the cell in the middle of what is left in a block. */
  goToArea({ gx, gy }: BoardPoint) {
    const middle = { gx: gx + blockSize / 2, gy: gy + blockSize / 2 }
    const distance = (cell: BoardPoint) => (cell.gx - middle.gx) ** 2 + (cell.gy - middle.gy) ** 2
    const left = this.#options.shown().flatMap((progress) => progress.leftIn({ gx, gy }))
    this.goTo(left.sort((a, b) => distance(a) - distance(b))[0] ?? middle)
  }

  #next(from: BoardPoint): BoardPoint | null {
    const { shown } = this.#options
    const search = () => nextCell({ templates: shown(), from, isSkipped: (cell) => this.#cannotBePainted(cell) || this.#trail.has(cell) })
    let found = search()
    if (!found && !this.#trail.isEmpty) {
      // All of them were visited, so the way begins again. It stays at the cell only if no other one is left.
      this.#trail.clear()
      this.#trail.add(from)
      found = search()
      this.#trail.clear()
      found ??= search()
    }
    if (found) this.#trail.add(found)
    return found
  }

  #isLeft(cell: BoardPoint) {
    const state = this.#options
      .shown()
      .find((each) => each.wantedAt(cell) !== null)
      ?.stateAt(cell)
    return (state === 'missing' || state === 'wrong') && !this.#cannotBePainted(cell)
  }

  #cannotBePainted(cell: BoardPoint) {
    const { engine, session } = this.#options
    const { canvas } = session.store.getState()
    return engine.isOptimistic(cell) || (canvas !== null && isProtected(canvas, cell))
  }

  #sayDone() {
    const { session, shown } = this.#options
    const isLeft = shown().some(({ counts }) => leftOf(counts) + counts.unloaded > 0)
    session.notify({ kind: 'info', code: isLeft ? 'template_nothing_here' : 'template_done' })
  }

  #bringIntoView({ gx, gy }: BoardPoint) {
    const { engine } = this.#options
    const { centerX, centerY, zoom } = engine.view()
    const { left, top, right, bottom } = freeArea()
    const toX = innerWidth / 2 + (gx + 0.5 - centerX) * zoom
    const toY = innerHeight / 2 + (gy + 0.5 - centerY) * zoom
    const isVisible = toX > left + margin && toX < right - margin && toY > top + margin && toY < bottom - margin
    if (isVisible && zoom >= minZoom) return
    const newZoom = zoom < minZoom ? goodZoom : zoom
    engine.centerOn({
      x: gx + 0.5 + (innerWidth / 2 - (left + right) / 2) / newZoom,
      y: gy + 0.5 + (innerHeight / 2 - (top + bottom) / 2) / newZoom,
      zoom: newZoom,
    })
  }
}
