/**
 * The painter's steps of undo, the newest last (U1, U6, U8). A step that was not sent is dropped here; a step in flight is undone after
 * its answer; the server takes back the others. Steps that are too old leave the stack. The stack is bounded (A6).
 */
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { Api } from './api.ts'
import type { ProblemInfo, UndoAnswer, Undone } from './messages.ts'
import type { PendingStore } from './pending-storage.ts'
import type { PlacementOutcome } from './placement-queue.ts'
import { Timer } from './timer.ts'
import type { CanvasInfo, Notice, Runtime, SessionState } from './types.ts'
import { UndoRequests } from './undo-requests.ts'
import { loadSteps, type Step, type StepPixel, storeSteps, type Undoing } from './undo-step.ts'

/** The board as undo changes it. */
export interface UndoBoard {
  /** Takes back the pixels that were never sent, and returns their keys. */
  withdraw(keys: ReadonlySet<string>): ReadonlySet<string>
  /** True while the pixel has no answer. */
  isPending(key: string): boolean
  /** Shows what is below a pixel. */
  cover(pixel: StepPixel): void
  /** The pixel was taken back, and `color` stands there. */
  undone(pixel: StepPixel, color: number): void
  /** The pixel was not taken back. */
  uncover(pixel: StepPixel): void
}

export interface UndoStepsOptions {
  readonly runtime: Runtime
  readonly store: PendingStore
  readonly api: Pick<Api, 'undo'>
  readonly board: UndoBoard
  readonly onCharges: (undone: Undone, isAgain: boolean) => void
  readonly publish: (change: Partial<Pick<SessionState, 'undo' | 'undone'>>) => void
  readonly notify: (notice: Omit<Notice, 'id'>) => void
}

/** The oldest are forgotten. */
export const maxSteps = 64

export class UndoSteps {
  readonly #options: UndoStepsOptions
  readonly #requests: UndoRequests
  readonly #timer: Timer
  #canvas: CanvasInfo | null = null
  #steps: Step[] = []
  #undoing: Undoing[] = []
  #undoneCount = 0

  constructor(options: UndoStepsOptions) {
    this.#options = options
    this.#requests = new UndoRequests(options.runtime, options.api)
    this.#timer = new Timer(options.runtime.timers)
  }

  /** Called after the pixels without an answer are on the board again. */
  setCanvas(canvas: CanvasInfo) {
    const before = this.#canvas
    this.#canvas = canvas
    if (before === null) this.#restore(canvas)
    else if (before.epoch !== canvas.epoch) this.#clear()
    this.#changed()
  }

  /** A click or a stroke entered the queue. */
  began(step: Step) {
    if (!this.#canvas || this.#canvas.undoMs === 0 || step.length === 0) return
    this.#steps = [...this.#steps, step].slice(-maxSteps)
    this.#changed()
  }

  answered({ saved, refused }: Pick<PlacementOutcome, 'saved' | 'refused'>) {
    const placements = new Map(saved.map(({ pixel, answer }) => [pixel.key, { id: answer.id, atMs: answer.atMs }]))
    this.#update(placements, new Set(refused.map(({ pixel }) => pixel.key)))
  }

  /** There was no answer. */
  expired(keys: readonly string[]) {
    this.#update(new Map(), new Set(keys))
  }

  /** Takes back the newest step. */
  undo() {
    const step = this.#steps.at(-1)
    if (!step) return this.#options.notify({ kind: 'refused', code: this.#canvas?.undoMs === 0 ? 'undo_off' : 'nothing_to_undo' })
    this.#steps = this.#steps.slice(0, -1)
    this.#begin(step)
  }

  /** Takes back one pixel of a step. Returns false if there is no such pixel. */
  undoPlacement(id: string): boolean {
    const found = this.#steps.flat().find(({ placement }) => placement?.id === id)
    if (!found) return false
    this.#steps = this.#steps.map((step) => step.filter((pixel) => pixel !== found)).filter((step) => step.length > 0)
    this.#begin([found])
    return true
  }

  /** The newest own placement at a cell that can be taken back. */
  placementAt({ gx, gy }: BoardPoint): StepPixel['placement'] {
    const own = this.#steps.flat().findLast(({ cell, placement }) => placement && cell.gx === gx && cell.gy === gy)
    return own?.placement ?? null
  }

  wake() {
    this.#requests.wake()
  }

  dispose() {
    this.#requests.dispose()
    this.#timer.clear()
  }

  /** The board is gone. */
  forget() {
    this.#clear()
    this.#save()
  }

  #begin(step: Step) {
    const { board, runtime } = this.#options
    const withdrawn = board.withdraw(new Set(step.filter(({ placement }) => !placement).map(({ key }) => key)))
    const pixels = step.filter(({ key }) => !withdrawn.has(key))
    this.#count(withdrawn.size)
    for (const pixel of pixels) board.cover(pixel)
    const undoing: Undoing = { pixels, of: step.length, done: withdrawn.size, startedAtMs: runtime.now() }
    if (pixels.length > 0) this.#undoing = [...this.#undoing, undoing]
    this.#changed()
    this.#send(undoing)
  }

  /** Sends a step whose pixels all have an answer. */
  #send(undoing: Undoing) {
    const ids = undoing.pixels.flatMap(({ placement }) => (placement ? [placement.id] : []))
    if (ids.length === 0 || ids.length < undoing.pixels.length) return
    let left = ids.length
    let done = undoing.done
    let refused: ProblemInfo | null = null
    this.#requests.add(ids, undoing.startedAtMs, (part, answers, isAgain) => {
      // The newest is undone first, so the oldest one has the newest charges.
      const oldest = answers.find(({ ok }) => ok)
      if (oldest?.ok) this.#options.onCharges(oldest.undone, isAgain)
      part.forEach((id, index) => {
        const pixel = undoing.pixels.find(({ placement }) => placement?.id === id)
        const problem = pixel ? this.#settle(pixel, answers[index]) : null
        if (problem) refused ??= problem
        else done++
      })
      left -= part.length
      if (left === 0) this.#finish(undoing, done, refused)
    })
  }

  /** Returns why the pixel was not taken back. */
  #settle(pixel: StepPixel, answer: UndoAnswer | undefined): ProblemInfo | null {
    const { board } = this.#options
    if (!answer?.ok) {
      board.uncover(pixel)
      return answer?.problem ?? { code: 'invalid_request', retryAfterMs: null }
    }
    const color = this.#canvas?.palette.findIndex((hex) => hex.toUpperCase() === answer.undone.color.toUpperCase()) ?? -1
    board.undone(pixel, color === -1 ? pixel.before : color)
    return null
  }

  #finish(undoing: Undoing, done: number, refused: ProblemInfo | null) {
    this.#undoing = this.#undoing.filter((each) => each.pixels !== undoing.pixels)
    this.#count(done - undoing.done)
    this.#changed()
    if (refused) this.#explain(refused, { count: done, of: undoing.of })
  }

  #explain({ code: reason, retryAfterMs }: ProblemInfo, params: { count: number; of: number }) {
    const wait = retryAfterMs === null ? {} : { retryAfterMs }
    this.#options.notify({ kind: 'refused', code: 'undo_refused', params: { ...params, reason, ...wait } })
  }

  #count(undone: number) {
    if (undone === 0) return
    this.#undoneCount += undone
    this.#options.publish({ undone: this.#undoneCount })
  }

  #update(placements: ReadonlyMap<string, StepPixel['placement']>, gone: ReadonlySet<string>) {
    const update = (step: Step): Step =>
      step.filter(({ key }) => !gone.has(key)).map((pixel) => ({ ...pixel, placement: placements.get(pixel.key) ?? pixel.placement }))
    this.#steps = this.#steps.map(update).filter((step) => step.length > 0)
    const touched = new Set([...placements.keys(), ...gone])
    const before = this.#undoing
    this.#undoing = []
    for (const undoing of before) {
      if (!undoing.pixels.some(({ key }) => touched.has(key))) {
        this.#undoing.push(undoing)
        continue
      }
      for (const pixel of undoing.pixels) if (gone.has(pixel.key)) this.#options.board.uncover(pixel)
      const pixels = update(undoing.pixels)
      const changed = { ...undoing, pixels, of: undoing.of - (undoing.pixels.length - pixels.length) }
      if (pixels.length === 0) continue
      this.#undoing.push(changed)
      this.#send(changed)
    }
    this.#changed()
  }

  #restore(canvas: CanvasInfo) {
    const { store, board } = this.#options
    const { steps, undoing } = loadSteps(store.storage, store.canvasId, canvas.epoch)
    const known = (step: Step) => step.filter(({ key, placement }) => placement !== null || board.isPending(key))
    this.#steps = steps.map(known).filter((step) => step.length > 0)
    this.#undoing = undoing
      .map((one) => ({ ...one, pixels: known(one.pixels), startedAtMs: this.#options.runtime.now() }))
      .filter(({ pixels }) => pixels.length > 0)
    for (const one of this.#undoing) {
      for (const pixel of one.pixels) board.cover(pixel)
      this.#send(one)
    }
  }

  #clear() {
    for (const pixel of this.#undoing.flatMap(({ pixels }) => pixels)) this.#options.board.uncover(pixel)
    this.#steps = []
    this.#undoing = []
    this.#requests.clear()
  }

  /** Removes what is too old, and says what can be undone now. */
  #changed() {
    const { store, publish } = this.#options
    const windowMs = this.#canvas?.undoMs ?? 0
    const nowMs = store.serverNow()
    this.#steps = this.#steps.filter((step) => untilMs(step, windowMs) > nowMs)
    const step = this.#steps.at(-1)
    const until = step ? untilMs(step, windowMs) : null
    publish({ undo: step ? { count: step.length, untilMs: until === Number.POSITIVE_INFINITY ? null : until } : null })
    const next = Math.min(...this.#steps.map((each) => untilMs(each, windowMs)))
    if (Number.isFinite(next)) this.#timer.set(() => this.#changed(), Math.max(1, next - nowMs))
    else this.#timer.clear()
    this.#save()
  }

  #save() {
    const { store } = this.#options
    storeSteps(store.storage, store.canvasId, { epoch: this.#canvas?.epoch ?? '', steps: this.#steps, undoing: this.#undoing })
  }
}

/** Until when all of a step can be taken back; without an end while a pixel has no answer. */
const untilMs = (step: Step, windowMs: number) =>
  Math.min(...step.map(({ placement }) => (placement ? placement.atMs + windowMs : Number.POSITIVE_INFINITY)))
