/** A soak: no faults; clients come and go, and every few seconds the processes are measured for growth. */
import { setTimeout as wait } from 'node:timers/promises'
import { readBacklog } from './final-state.ts'
import type { Stage } from './run.ts'
import { type Course, courseOf, readVitals, type Vitals } from './vitals.ts'

const sampleEveryMs = 5_000
/** Caches fill, and the heap reaches its size. */
export const warmUpMs = 5 * 60_000
/** Long enough for V8 to have collected the whole heap once. */
const stretchMs = 3 * 60_000
const mostMibPerMinute = 1
/** Twelve clients that come and go change this figure by a few, but not over minutes. */
const mostHandlesPerMinute = 0.5
/** The pixels that are placed in two seconds. */
const mostWaiting = 600

export interface SoakReport {
  readonly courses: readonly Course[]
  /** The largest backlog that was measured. */
  readonly mostWaiting: number
  readonly samples: number
}

export class Soak {
  readonly #forMs: number
  readonly #vitals = new Map<string, Vitals[]>()
  readonly #waiting: number[] = []

  constructor(options: { forMs: number }) {
    this.#forMs = options.forMs
  }

  readonly schedule = async (stage: Stage) => {
    while (stage.elapsedMs < this.#forMs) {
      for (const { name, pid } of stage.cluster.members) {
        if (pid === undefined) continue
        const samples = this.#vitals.get(name) ?? []
        samples.push(readVitals(pid, stage.elapsedMs))
        this.#vitals.set(name, samples)
      }
      this.#waiting.push(await readBacklog(stage.cluster.urls[0] ?? ''))
      await wait(sampleEveryMs)
    }
  }

  report(): SoakReport {
    const courses = [...this.#vitals].flatMap(
      ([name, samples]) => courseOf(name, samples, { warmUpMs: Math.min(warmUpMs, this.#forMs / 4), stretchMs }) ?? [],
    )
    return { courses, mostWaiting: Math.max(0, ...this.#waiting), samples: this.#waiting.length }
  }
}

/** The measurements that are too large, as sentences. A soak without measurements has failed. */
export const classifySoak = ({ courses, mostWaiting: waiting, samples }: SoakReport): string[] => [
  ...(courses.length === 0 || samples < 10 ? ['the soak was too short'] : []),
  ...courses.flatMap(({ name, mibPerMinute, handlesPerMinute }) => [
    ...(mibPerMinute < mostMibPerMinute ? [] : [`${name} grows by ${mibPerMinute.toFixed(2)} MiB a minute`]),
    ...(handlesPerMinute < mostHandlesPerMinute
      ? []
      : [`${name} opens ${handlesPerMinute.toFixed(2)} handles a minute more than it closes`]),
  ]),
  ...(waiting > mostWaiting ? [`up to ${waiting} commits waited for their publication`] : []),
]

export const soakTable = ({ courses, mostWaiting: waiting, samples }: SoakReport): string =>
  [
    '| process | floor after warming up | floor at the end | MiB a minute | most MiB | handles | handles at the end |',
    '|---|---|---|---|---|---|---|',
    ...courses.map(
      ({ name, firstMib, lastMib, mibPerMinute, mostMib, handlesFirst, handlesLast }) =>
        `| ${name} | ${firstMib.toFixed(0)} | ${lastMib.toFixed(0)} | ${mibPerMinute.toFixed(2)} | ${mostMib.toFixed(0)} | ${handlesFirst} | ${handlesLast} |`,
    ),
    `\nAt most ${waiting} commits waited, of ${samples} looks.`,
  ].join('\n')
