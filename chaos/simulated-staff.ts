/**
 * Simulated staff who change the title of the canvas, and often its size or palette, with the revision that they have read. After an error they repeat the change with the same
 * revision, so that it takes effect at most once.
 */
import type { CanvasId } from '../lib/brand.ts'
import type { Canvas, CanvasChange } from '../lib/canvas.ts'
import type { Store } from '../server/store/port.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import { SimulatedCrew } from './simulated-crew.ts'
import { untilAnswered } from './until-answered.ts'

export interface StaffParts {
  readonly canvas: CanvasId
  readonly store: Store
  readonly scheduler: Scheduler
  readonly random: Random
  readonly now: () => number
}

const changesEach = 4
const maxWidth = 24

const growthOf = ({ width, palette }: Canvas, random: Random): CanvasChange => {
  const color = `#0000${palette.length.toString(16).toUpperCase().padStart(2, '0')}`
  return random.pick<CanvasChange>([{}, { width: Math.min(maxWidth, width + 4) }, { palette: [...palette, color] }]) ?? {}
}

export class SimulatedStaff extends SimulatedCrew {
  /** The titles that were acknowledged. */
  readonly acknowledged: string[] = []
  /** The newest canvas that an update returned. */
  newest: Canvas | null = null
  readonly #parts: StaffParts
  #groups = 0

  constructor(parts: StaffParts) {
    super({ scheduler: parts.scheduler, random: parts.random, actsEach: changesEach, restMs: 20 })
    this.#parts = parts
  }

  /** Ends without an acknowledgement when somebody else's change was first, or perhaps its own. */
  protected override async act(title: string) {
    const { store, canvas: id, now, scheduler, random } = this.#parts
    const canvas = await untilAnswered(scheduler, () => store.getCanvas(id))
    const change = { title, ...(canvas ? growthOf(canvas, random) : {}) }
    const outcome = await untilAnswered(scheduler, () =>
      store.updateCanvas({ id, change, rev: canvas?.rev ?? 0, groupId: `change${this.#groups++}`, nowMs: now() }),
    )
    if (outcome.kind === 'updated') this.acknowledged.push(title)
    if (outcome.kind !== 'not_found' && outcome.canvas.rev > (this.newest?.rev ?? 0)) this.newest = outcome.canvas
  }
}
