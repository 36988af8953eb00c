/** The limits of a run: how much a process may grow during the attack, and the state that must not change. */
import type { Service } from './normal-client.ts'
import type { Measured, Open } from './processes.ts'

const mib = 1_048_576
/** Heap in use after a collection: caches of boards and pages, and the entries of the rate limits. */
const mostUsedGrowth = 40 * mib
/** Resident memory above that after the warm-up. V8 lets a heap grow to twice its used size before a collection. */
const mostResidentGrowth = 384 * mib
/** Connections to the database, and files that are opened on demand. */
const moreHandles = 12

export interface Growth {
  readonly name: string
  readonly usedMib: readonly [early: number, late: number]
  readonly residentMib: readonly [early: number, most: number, late: number]
  readonly handles: number
  readonly failures: readonly string[]
}

export const grown = (options: {
  early: readonly Measured[]
  late: readonly Measured[]
  /** The largest resident memory, by process. */
  most: ReadonlyMap<string, number>
}): Growth[] =>
  options.late.map((late) => {
    const early = options.early.find(({ name }) => name === late.name) ?? late
    const most = Math.max(options.most.get(late.name) ?? 0, late.residentBytes)
    const used = late.usedBytes - early.usedBytes
    const resident = most - early.residentBytes
    return {
      name: late.name,
      usedMib: [early.usedBytes / mib, late.usedBytes / mib],
      residentMib: [early.residentBytes / mib, most / mib, late.residentBytes / mib],
      handles: late.handles,
      failures: [
        ...(used <= mostUsedGrowth
          ? []
          : [`${late.name} uses ${(used / mib).toFixed(0)} MiB more after the attack than after its warm-up`]),
        ...(resident <= mostResidentGrowth ? [] : [`${late.name} grew by ${(resident / mib).toFixed(0)} MiB of resident memory at most`]),
      ],
    }
  })

export const differences = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...before].flatMap(([what, digest]) =>
    after.get(what) === digest ? [] : [`${what} has changed: ${digest}, then ${after.get(what) ?? 'nothing'}`],
  )

/** Processes with more open handles than before the attack, as sentences. The normal client is still connected. */
export const leftOpen = (before: ReadonlyMap<string, Open>, after: ReadonlyMap<string, Open>): string[] =>
  [...after].flatMap(([name, { handles, sockets }]) => {
    const first = before.get(name) ?? { handles: 0, sockets: 0 }
    return [
      ...(handles <= first.handles + moreHandles ? [] : [`${name} has ${handles} open handles, ${first.handles} before the attack`]),
      ...(sockets > first.sockets ? [`${name} has ${sockets} sockets, ${first.sockets} before the attack`] : []),
    ]
  })

/** Other load on the machine may delay a part for a moment, which is no failure. */
const mostFailures = 0.02
const mostDisconnects = 1

/** Failures of the normal client, as sentences. */
export const missed = ({ url, answers, disconnects, failures }: Service): string[] => [
  ...(failures.length <= mostFailures * (answers + failures.length)
    ? []
    : [`normal service at ${url}: ${failures.length} failures and ${answers} answers, the first: ${failures[0]}`]),
  ...(disconnects <= mostDisconnects ? [] : [`normal service at ${url}: its socket was disconnected ${disconnects} times`]),
]
