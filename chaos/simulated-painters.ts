/**
 * Simulated painters. Each paints a few pixels, one request after another. After a lost answer a painter repeats the request with
 * the same idempotency key, as a browser does after a broken connection; some stop after a lost answer.
 */
import { asPainterId, type PlacementId } from '../lib/brand.ts'
import type { Canvas } from '../lib/canvas.ts'
import type { Painter } from '../lib/painter.ts'
import type { PlaceRequest } from '../lib/plan-group.ts'
import type { Store } from '../server/store/port.ts'
import { paint, testPainter } from '../server/store/store.fixture.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import { SimulatedCrew } from './simulated-crew.ts'

/** A placement that a painter wanted to undo. */
export interface SimulatedUndo {
  readonly placement: PlacementId
  isAcknowledged: boolean
}

/** One intended transaction, with all its repetitions. */
export interface Intent {
  /** The groups that tried it: the ids of their commits begin with these. */
  readonly groups: string[]
  readonly pixels: number
  /** The placements that were acknowledged; null without an answer. */
  acknowledged: readonly string[] | null
}

export interface PaintersParts {
  /** The newest canvas. It never shrinks, so a placement that fits it is not refused. */
  readonly newest: () => Canvas
  readonly store: Store
  readonly scheduler: Scheduler
  readonly random: Random
  readonly now: () => number
  readonly expected: (error: unknown) => boolean
  /** All painters use these few pixels, so that most placements collide. The last ones are outside until the canvas grows. */
  readonly columns: readonly number[]
  /** False: a mistake, a repetition has no key. */
  readonly keepsKeys: boolean
}

const intentsEach = 6

export class SimulatedPainters extends SimulatedCrew {
  readonly intents: Intent[] = []
  readonly undos: SimulatedUndo[] = []
  /** Acknowledged placements with their painters, newest last. */
  readonly #placed: { readonly id: PlacementId; readonly painter: Painter }[] = []
  readonly #parts: PaintersParts
  #groups = 0

  constructor(parts: PaintersParts) {
    super({ scheduler: parts.scheduler, random: parts.random, actsEach: intentsEach, restMs: 5 })
    this.#parts = parts
  }

  protected override async act(key: string) {
    const { store, scheduler, random, now, expected } = this.#parts
    if (random.chance(0.3)) return this.#undo()
    const pixels = 1 + random.below(3)
    const intent: Intent = { groups: [], pixels, acknowledged: null }
    this.intents.push(intent)
    const requests = Array.from({ length: pixels }, (_, index) => this.#request(`${key}-${index}`))
    for (let tries = 0; tries < 10; tries++) {
      const id = `group${(this.#groups++).toString().padStart(8, '0')}`
      intent.groups.push(id)
      const keyed = this.#parts.keepsKeys ? requests : requests.map(({ idempotency: _, ...request }) => request)
      try {
        const outcomes = await store.place({ id, requests: keyed, nowMs: now() })
        const placed = outcomes.map((outcome) =>
          outcome.kind === 'done' ? outcome.results.flatMap((result) => (result.ok ? result.placement.id : [])) : [],
        )
        intent.acknowledged = placed.flat()
        for (const [index, ids] of placed.entries()) {
          const painter = requests[index]?.painter
          if (painter) this.#placed.push(...ids.map((id) => ({ id, painter })))
        }
        return
      } catch (error) {
        if (!expected(error)) throw error
        await scheduler.rest(20)
      }
    }
  }

  /** Undoes one of the latest placements, or two of one painter. After a lost answer the painter asks again, or gives up. */
  async #undo() {
    const { store, scheduler, random, now, expected } = this.#parts
    const latest = this.#placed.slice(-6)
    const chosen = random.pick(latest)
    if (!chosen) return
    const { painter } = chosen
    const more = latest.filter((each) => each.painter.id === painter.id && random.chance(0.5))
    const undo = [...new Set([chosen, ...more].map(({ id }) => id))]
    const undos = undo.map((placement): SimulatedUndo => ({ placement, isAcknowledged: false }))
    this.undos.push(...undos)
    for (let tries = 0; tries < 10; tries++) {
      const id = `undo${(this.#groups++).toString().padStart(9, '0')}`
      try {
        const [outcome] = await store.place({ id, requests: [{ painter, undo }], nowMs: now() })
        const results = outcome?.kind === 'undone' ? outcome.results : []
        for (const [index, result] of results.entries()) {
          const asked = undos[index]
          if (asked && result.ok) asked.isAcknowledged = true
        }
        return
      } catch (error) {
        if (!expected(error)) throw error
        await scheduler.rest(20)
      }
    }
  }

  #request(key: string): PlaceRequest & { readonly painter: Painter } {
    const { random, columns, newest } = this.#parts
    const { id, width, palette } = newest()
    const painter = { ...testPainter(), id: asPainterId(`p_${random.below(3)}`) }
    // The newest color more often, because a gateway may not have announced it yet.
    const color = random.chance(0.3) ? palette.length - 1 : random.below(palette.length)
    return { ...paint({ gx: random.pick(columns.filter((gx) => gx < width)) ?? 0, gy: 0, color }, { painter, canvas: id, key }), painter }
  }
}
