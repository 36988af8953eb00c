/** The record of acts in memory. */
import { type Act, actLimits, kindOf } from '../../../lib/act.ts'
import { type ActEnd, type ActQuery, keptSince } from '../acts-port.ts'

export class MemoryActs {
  /** Oldest first. */
  #acts: Act[] = []

  save(act: Act) {
    if (this.#acts.some(({ id }) => id === act.id)) return
    this.#acts = [...this.#acts, act]
      .filter(({ atMs }) => atMs >= keptSince(act))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(-actLimits.maxActs)
  }

  end({ id, outcome, code }: ActEnd) {
    this.#acts = this.#acts.map((act) => (act.id === id && act.outcome === null ? { ...act, outcome, code } : act))
  }

  read({ before, limit, kind = null, target = null }: ActQuery): Act[] {
    const isWanted = (act: Act) =>
      (before === null || act.id < before) && (kind === null || kindOf(act) === kind) && (target === null || act.target === target)
    return this.#acts.filter(isWanted).reverse().slice(0, limit)
  }
}
