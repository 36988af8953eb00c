/**
 * Simulated staff who change the title of the canvas, with the revision that they have read. After an error they repeat the change with the same
 * revision, so that it takes effect at most once.
 */
import type { CanvasId } from '../lib/brand.ts'
import { type Store, StoreError } from '../server/store/port.ts'
import type { Random } from './random.ts'
import type { Actor, Scheduler } from './scheduler.ts'

export interface StaffParts {
  readonly canvas: CanvasId
  readonly store: Store
  readonly scheduler: Scheduler
  readonly random: Random
  readonly now: () => number
}

const changesEach = 4

export class SimulatedStaff {
  /** The titles that were acknowledged. */
  readonly acknowledged: string[] = []
  readonly #parts: StaffParts
  readonly #busy = new Set<Actor>()
  #groups = 0

  constructor(parts: StaffParts) {
    this.#parts = parts
  }

  get done() {
    return this.#busy.size === 0
  }

  spawn(name: string) {
    const { scheduler, random } = this.#parts
    const actor = scheduler.spawn(name, async () => {
      for (let i = 0; i < changesEach; i++) {
        await this.#change(`${name}-${i}`)
        await scheduler.rest(random.chance(0.2) ? 200 : 20)
      }
      this.#busy.delete(actor)
    })
    this.#busy.add(actor)
  }

  /** Ends without an acknowledgement when somebody else's change was first, or perhaps its own. */
  async #change(title: string) {
    const { store, canvas: id, now } = this.#parts
    const canvas = await this.#untilAnswered(() => store.getCanvas(id))
    const { kind } = await this.#untilAnswered(() =>
      store.updateCanvas({ id, change: { title }, rev: canvas?.rev ?? 0, groupId: `change${this.#groups++}`, nowMs: now() }),
    )
    if (kind === 'updated') this.acknowledged.push(title)
  }

  async #untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        await this.#parts.scheduler.rest(20)
      }
    }
  }
}
