/** Plays attacks at a steady rate, many at a time, and keeps their results. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Attack, Target } from './attack.ts'
import { checkOutcome, type Fault } from './check-outcome.ts'
import { attackOf, describeAttack } from './choose-attack.ts'
import { type Outcome, play } from './play.ts'

export interface AssaultOptions {
  readonly seed: number
  /** Number of the first attack. */
  readonly from: number
  readonly target: Target
  readonly hosts: readonly [string, ...string[]]
  readonly rate: number
  /** Plays only attacks whose kind and name contain this. */
  readonly only: string
  /** Ends it early. */
  readonly signal: AbortSignal
}

/** The most concurrent attacks. With more, a slow machine is attacked more slowly. */
const mostAtOnce = 32
/** A process that is exiting still answers for a moment. */
const recentAttacks = 120
const maxExamples = 3

export interface FoundFault {
  readonly rule: string
  readonly times: number
  readonly examples: readonly string[]
}

export class Assault {
  readonly #options: AssaultOptions
  readonly kinds = new Map<string, number>()
  readonly statuses = new Map<string, number>()
  readonly #faults = new Map<string, { times: number; examples: string[] }>()
  readonly #under = new Map<number, Attack>()
  readonly #recent: Attack[] = []
  #number: number
  #played = 0

  constructor(options: AssaultOptions) {
    this.#options = options
    this.#number = options.from
  }

  get played() {
    return this.#played
  }

  get faults(): FoundFault[] {
    return [...this.#faults].map(([rule, found]) => ({ rule, ...found }))
  }

  /** The running attacks, for a report. */
  get underWay(): string {
    return [...this.#under.values()].map(({ number, name }) => `${name} (${number})`).join(', ') || 'nothing'
  }

  /** The attacks that were answered last and those that were running, in order. */
  get suspects(): Attack[] {
    const all = new Map([...this.#recent, ...this.#under.values()].map((attack) => [attack.number, attack]))
    return [...all.values()].toSorted((a, b) => a.number - b.number)
  }

  /** Runs for this long, or until the signal. Resolves when the last attack has ended. */
  async run(forMs: number) {
    const { signal, rate } = this.#options
    const stopping = new AbortController()
    const began = performance.now()
    const all = new Set<Promise<void>>()
    for (let begun = 0; !signal.aborted && performance.now() - began < forMs; ) {
      const due = ((performance.now() - began) * rate) / 1_000
      if (begun > due || this.#under.size >= mostAtOnce) {
        if (this.#under.size >= mostAtOnce) begun = due
        await wait(5)
        continue
      }
      begun++
      const one = this.#playNext(AbortSignal.any([signal, stopping.signal])).finally(() => all.delete(one))
      all.add(one)
    }
    stopping.abort()
    await Promise.all(all)
  }

  #choose(): Attack {
    const { seed, target, hosts, only } = this.#options
    for (;;) {
      const attack = attackOf({ seed, number: this.#number++, target, hosts })
      if (`${attack.kind}: ${attack.name}`.includes(only)) return attack
    }
  }

  async #playNext(signal: AbortSignal): Promise<void> {
    const attack = this.#choose()
    const { number } = attack
    this.#played++
    this.#under.set(number, attack)
    const outcome = await play(attack, signal)
    this.#under.delete(number)
    if (outcome.answered) this.#recent.push(attack)
    if (this.#recent.length > recentAttacks) this.#recent.shift()
    this.#count(attack, outcome)
    for (const fault of checkOutcome(attack, outcome)) this.#keep(attack, fault)
  }

  #count({ kind, name }: Attack, { statuses, answered, closed }: Outcome) {
    const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
    add(this.kinds, `${kind}: ${name}`)
    for (const status of statuses) add(this.statuses, String(status))
    if (!answered) add(this.statuses, closed ? 'closed without an answer' : 'no answer')
  }

  #keep(attack: Attack, { rule, detail }: Fault) {
    const found = this.#faults.get(rule) ?? { times: 0, examples: [] }
    this.#faults.set(rule, found)
    found.times++
    if (found.examples.length < maxExamples) found.examples.push(`${detail}\n${describeAttack(attack)}`)
  }
}
