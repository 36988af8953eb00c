/** The server processes seen from outside while they are attacked: memory, heap in use, open handles, log. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from '../harness/cluster.ts'
import type { Member } from '../harness/member.ts'
import { readVitals, type Vitals } from '../harness/vitals.ts'

/** Loaded into each server, so that its heap can be measured after a collection. */
const collector = new URL('../../e2e/support/collect-garbage.ts', import.meta.url).href
export const measuredEnv = { NODE_OPTIONS: `--expose-gc --import ${collector}` }

const collected = 'garbage collected'
const answersWithinMs = 30_000
const sampleEveryMs = 1_000

/** What V8 uses and what its objects hold outside of it, after a collection. @throws when the process does not answer. */
const usedBytes = async (member: Member): Promise<number> => {
  if (member.pid === undefined) throw new Error(`${member.name} has ended`)
  const times = () => member.output.split(collected).length
  const before = times()
  process.kill(member.pid, 'SIGUSR2')
  for (const until = performance.now() + answersWithinMs; times() === before; await wait(20)) {
    if (performance.now() > until) throw new Error(`${member.name} does not collect its garbage`)
  }
  const signal = AbortSignal.timeout(answersWithinMs)
  const answer = await fetch(`${member.url}/metrics`, { signal }).catch((cause: unknown) => {
    throw new Error(`${member.name} does not answer /metrics`, { cause })
  })
  const text = await answer.text()
  const gauge = (name: string) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  return gauge('nodejs_heap_size_used_bytes') + gauge('nodejs_external_memory_bytes')
}

export interface Measured extends Vitals {
  readonly name: string
  readonly usedBytes: number
}

export const measure = (cluster: Cluster): Promise<Measured[]> =>
  Promise.all(
    cluster.members.map(async (member) => {
      const used = await usedBytes(member)
      return { name: member.name, usedBytes: used, ...readVitals(member.pid ?? 0, performance.now()) }
    }),
  )

/** Looks at every process once a second, until it is stopped. */
export class Observer {
  readonly #cluster: Cluster
  readonly #most = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#timer = setInterval(() => this.#look(), sampleEveryMs)
  }

  /** The largest resident memory that was seen, by process. */
  stop(): ReadonlyMap<string, number> {
    clearInterval(this.#timer)
    return this.#most
  }

  #look() {
    for (const { name, pid } of this.#cluster.members) {
      try {
        const { residentBytes } = readVitals(pid ?? 0, 0)
        this.#most.set(name, Math.max(residentBytes, this.#most.get(name) ?? 0))
      } catch {
        // It has ended, which the cluster notes by itself.
      }
    }
  }
}

const settlesWithinMs = 45_000

/** Waits until every process has about as many handles as `before`. Answers what has more. */
export const settle = async (cluster: Cluster, options: { before: ReadonlyMap<string, number>; slack: number }): Promise<string[]> => {
  const until = performance.now() + settlesWithinMs
  for (;;) {
    const more = cluster.members.flatMap(({ name, pid }) => {
      const { handles } = readVitals(pid ?? 0, 0)
      const before = options.before.get(name) ?? 0
      return handles > before + options.slack ? [`${name} has ${handles} open handles, ${before} before the attack`] : []
    })
    if (more.length === 0 || performance.now() > until) return more
    await wait(250)
  }
}

export const handlesOf = (cluster: Cluster): Map<string, number> =>
  new Map(cluster.members.map(({ name, pid }) => [name, readVitals(pid ?? 0, 0).handles]))

/** Of a process that is attacked by a few hundred requests a second. */
const mostLogBytes = 900_000

/** Lines since `from` that report an error, or are no lines of the log. */
export const badLines = (output: string, from: number): string[] => {
  if (output.length > mostLogBytes) return [`the log has more than ${mostLogBytes} bytes, the last: ${output.slice(-300)}`]
  const lines = output.slice(from).split('\n')
  return lines.filter((line) => line !== '' && line !== collected && !isUsual(line))
}

const errorLevel = 50

const isUsual = (line: string): boolean => {
  try {
    const { level } = JSON.parse(line) as { level?: unknown }
    return typeof level === 'number' && level < errorLevel
  } catch {
    return false
  }
}
