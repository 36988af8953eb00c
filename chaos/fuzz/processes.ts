/** Measures the attacked server processes from outside: memory, heap in use, open handles, log. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from '../harness/cluster.ts'
import type { Member } from '../harness/member.ts'
import { readVitals, type Vitals } from '../harness/vitals.ts'
import { leftOpen } from './check-run.ts'

/** Preloaded into each server, so that its heap can be measured after a collection. */
const collector = new URL('../../server/testing/collect-garbage.ts', import.meta.url).href
export const measuredEnv = { NODE_OPTIONS: `--expose-gc --import ${collector}` }

const collected = 'garbage collected'
const answersWithinMs = 30_000
const sampleEveryMs = 1_000

/** @throws when the process does not answer. */
const readGauges = async ({ name, url }: Member) => {
  const signal = AbortSignal.timeout(answersWithinMs)
  const answer = await fetch(`${url}/metrics`, { signal }).catch((cause: unknown) => {
    throw new Error(`${name} does not answer /metrics`, { cause })
  })
  const text = await answer.text()
  return (gauge: string) => Number(new RegExp(`^${gauge} (.+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}

/** The heap in use and the memory of its objects outside of the heap, after a collection. @throws if the process does not answer. */
const usedBytes = async (member: Member): Promise<number> => {
  if (member.pid === undefined) throw new Error(`${member.name} has ended`)
  const times = () => member.output.split(collected).length
  const before = times()
  process.kill(member.pid, 'SIGUSR2')
  for (const until = performance.now() + answersWithinMs; times() === before; await wait(20)) {
    if (performance.now() > until) throw new Error(`${member.name} does not collect its garbage`)
  }
  const gauge = await readGauges(member)
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

/** Measures every process once a second until it is stopped. */
export class Observer {
  readonly #cluster: Cluster
  readonly #most = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#timer = setInterval(() => this.#look(), sampleEveryMs)
  }

  /** The largest resident memory, by process. */
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
        // The process has ended; the cluster records that.
      }
    }
  }
}

/** Handles and Socket.IO sessions that an attack may leave open for a moment. A polling session needs no handle between two polls. */
export interface Open {
  readonly handles: number
  readonly sockets: number
}

const openOf = async (member: Member): Promise<Open> => {
  const gauge = await readGauges(member)
  return { handles: readVitals(member.pid ?? 0, 0).handles, sockets: gauge('fresco_sockets') }
}

export const openByProcess = async (cluster: Cluster): Promise<ReadonlyMap<string, Open>> =>
  new Map(await Promise.all(cluster.members.map(async (member) => [member.name, await openOf(member)] as const)))

const settlesWithinMs = 45_000

/** Waits until every process has as many open handles as before. Returns the ones that have more. */
export const settle = async (cluster: Cluster, before: ReadonlyMap<string, Open>): Promise<string[]> => {
  const until = performance.now() + settlesWithinMs
  for (;;) {
    const more = leftOpen(before, await openByProcess(cluster))
    if (more.length === 0 || performance.now() > until) return more
    await wait(500)
  }
}

/** Of a process that is attacked by a few hundred requests a second. */
const mostLogBytes = 900_000

/** Lines since `from` that report an error or are not log lines. */
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
