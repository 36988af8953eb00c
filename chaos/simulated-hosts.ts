/**
 * Simulated hosts, each of whom adds steps to the schedule of the canvas, with the revision that they have read. A step announces its own name, so that
 * the control log shows how often it ran.
 */
import { settingsOf } from '../lib/canvas.ts'
import type { ScheduledStep } from '../lib/schedule.ts'
import { SimulatedCrew } from './simulated-crew.ts'
import type { StaffParts } from './simulated-staff.ts'
import { untilAnswered } from './until-answered.ts'

const stepsEach = 3
/** Simulated milliseconds from now to the time of a step. */
const soonMs = 300

export class SimulatedHosts extends SimulatedCrew {
  /** The steps that were acknowledged. */
  readonly acknowledged: string[] = []
  readonly #parts: StaffParts
  #groups = 0

  constructor(parts: StaffParts) {
    super({ scheduler: parts.scheduler, random: parts.random, actsEach: stepsEach, restMs: 30 })
    this.#parts = parts
  }

  protected override async act(id: string) {
    const { store, canvas: canvasId, now, random, scheduler } = this.#parts
    const canvas = await untilAnswered(scheduler, () => store.getCanvas(canvasId))
    if (!canvas) return
    const atMs = now() + random.below(soonMs)
    const step: ScheduledStep = { id, atMs, action: { type: 'announce', text: id, level: 'info', lastsMs: null } }
    const schedule = [...settingsOf(canvas).schedule, step].sort((a, b) => a.atMs - b.atMs)
    const update = { id: canvasId, change: { schedule }, rev: canvas.rev, groupId: `host${this.#groups++}`, nowMs: now() }
    const { kind } = await untilAnswered(scheduler, () => store.updateCanvas(update))
    if (kind === 'updated') this.acknowledged.push(id)
  }
}
