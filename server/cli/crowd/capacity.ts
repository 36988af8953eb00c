/** How many painters a machine carries, and what bounds it, from the steps of a report. */
import { percentilesOf } from '../../../lib/time-counts.ts'
import {
  boundMs,
  deliveryP99,
  highestCarried,
  loadRefusals,
  lowestFailed,
  type ProcessLoad,
  type StepResult,
  shortfallsOf,
} from './load-steps.ts'

/** A process whose event loop or CPU is this busy takes no more work. */
const busyFrom = 0.85
const machineBusyFrom = 0.9
/** From this part of the machine on, a program takes what the server lacks. */
const takenPartFrom = 0.25

export interface CapacityOptions {
  readonly steps: readonly StepResult[]
  readonly watchers: number
  /** A painter places one pixel in this time. */
  readonly everySeconds: number
  readonly cores: number
  /** Whether the server runs on this machine, too. */
  readonly isShared: boolean
  /** Whether the database and the stream are in the process, so that another program cannot be one of them. */
  readonly isEmbedded: boolean
}

export interface Capacity {
  readonly painters: number
  /** Pixels per second that were held. */
  readonly rate: number
  /** The server could carry more: the load generator was the bound, or the highest rate. */
  readonly isAtLeast: boolean
  readonly bound: string
  /** One sentence. */
  readonly verdict: string
  readonly derivation: string
}

interface Bound {
  readonly text: string
  readonly isGenerator: boolean
}

const percent = (part: number) => `${Math.round(part * 100)} %`
const ms = (value: number | null) =>
  value === null ? 'more than the time of the step' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
const nameOf = ({ id, roles }: ProcessLoad) => `the process ${id} (${roles.join(', ')})`

const server = (text: string): Bound => ({ text, isGenerator: false })
const generator = (text: string): Bound => ({ text, isGenerator: true })

/** All cores are in use: by the crowd, by the stack, or by programs that have nothing to do with it. */
const machineBound = ({ processes, crowd, machineBusy }: StepResult, { cores, isEmbedded }: CapacityOptions): Bound => {
  const fresco = processes.reduce((sum, { cpu }) => sum + cpu, 0)
  const others = Math.max(0, machineBusy * cores - fresco - crowd.cores)
  const shares = `Fresco used ${fresco.toFixed(1)}, the load generator ${crowd.cores.toFixed(1)} and other programs ${others.toFixed(1)} of its ${cores} cores`
  const text = `the machine, which was busy for ${percent(machineBusy)} (${shares})`
  const isTaken = crowd.cores / cores >= takenPartFrom || (isEmbedded && others / cores >= takenPartFrom)
  return isTaken ? generator(text) : server(text)
}

/** Of the step that failed. The first that applies. */
const boundOf = (step: StepResult, options: CapacityOptions): Bound => {
  const { isShared } = options
  const { processes, crowd, machineBusy, setbacks, answer } = step
  const limited = setbacks.get('rate_limited') ?? 0
  if (limited > 0) return server(`the server's rate limits (${limited} answers)`)
  const [busiest] = [...processes].sort((one, other) => other.cpu - one.cpu)
  if (busiest && busiest.cpu >= busyFrom) return server(`${nameOf(busiest)}, which used ${percent(busiest.cpu)} of one core`)
  if (crowd.busyPart >= busyFrom) return generator(`the load generator, which was busy for ${percent(crowd.busyPart)} of the time`)
  if (isShared && machineBusy >= machineBusyFrom) return machineBound(step, options)
  const shortfalls = shortfallsOf(step)
  if (shortfalls.includes('answer') || loadRefusals(step) > 0) {
    return server(`the database: half of the answers took ${ms(percentilesOf(answer).p50)} or more, and no process was busy`)
  }
  return server(`the way from the database to the watchers: the p99 of the delivery was ${ms(deliveryP99(step))}, and no process was busy`)
}

const whole = (value: number) => value.toLocaleString('en-GB')

export const capacityOf = (options: CapacityOptions): Capacity => {
  const { steps, watchers, everySeconds } = options
  const held = highestCarried(steps)
  const failed = lowestFailed(steps)
  const rate = held?.rate ?? 0
  const painters = Math.floor(rate * everySeconds)
  const bound = failed ? boundOf(failed, options) : { text: 'nothing that was tried: the highest load was carried', isGenerator: true }
  const isAtLeast = bound.isGenerator
  const each = `one pixel every ${everySeconds} s each`
  const carries = `${isAtLeast ? 'at least' : 'about'} ${whole(painters)} painters (${each}), and ${whole(watchers)} watchers`
  const verdict = held
    ? `This machine carries ${carries}. What bounds it: ${bound.text}.`
    : `This machine did not carry the lowest load that was tried, with ${whole(watchers)} watchers. What bounds it: ${bound.text}.`
  return { painters, rate, isAtLeast, bound: bound.text, verdict, derivation: derive({ held, failed, everySeconds, painters }) }
}

const derive = (found: { held: StepResult | null; failed: StepResult | null; everySeconds: number; painters: number }) => {
  const { held, failed, everySeconds, painters } = found
  const rule = `A load is carried when the p99 of the answer and of the delivery to the watchers is at most ${boundMs} ms, at least 95 % of the clicks are saved, and none is refused because of load.`
  const carried = held
    ? ` ${whole(held.rate)} pixels/s were ${held.kind === 'hold' ? `held for ${held.seconds} s` : 'carried'} (answer p99 ${ms(percentilesOf(held.answer).p99)}, delivery p99 ${ms(deliveryP99(held))}). ${whole(held.rate)} × ${everySeconds} s = ${whole(painters)} painters.`
    : ''
  const broken = failed ? ` ${whole(failed.rate)} pixels/s were not: ${failureOf(failed)}.` : ''
  return rule + carried + broken
}

const failureOf = (step: StepResult): string => {
  const { clicks, acknowledged, answer } = step
  const sentences = {
    refused: `${loadRefusals(step)} answers were refusals because of load`,
    rate: `${acknowledged} of ${clicks} clicks were saved`,
    answer: `the p99 of the answer was ${ms(percentilesOf(answer).p99)}`,
    delivery: `the p99 of the delivery was ${ms(deliveryP99(step))}`,
  }
  return shortfallsOf(step)
    .map((shortfall) => sentences[shortfall])
    .join(', and ')
}
