/** The fewest processes of each kind, in steps of a fiftieth, at which no part is busier than `maxUtilisation`. */
import { assumptions } from './event.ts'
import { type Deployment, flowOf, type Part, parts } from './flow.ts'
import type { Measured } from './measured.ts'
import type { Traffic } from './traffic.ts'

export interface Sized {
  readonly deployment: Deployment
  /** Parts that are too busy however many there are of them. */
  readonly saturated: readonly Part[]
}

interface SizeOptions {
  readonly measured: Measured
  readonly traffic: Traffic
  readonly maxUtilisation?: number
}

/** If this factor does not relieve a part, more processes do not help: a tile has one publisher, and every gateway reads all commits. */
const manyTimes = 1_000

const utilisationOf = ({ measured, traffic }: SizeOptions, deployment: Deployment) =>
  flowOf({ measured, traffic, deployment, bytesAroundFrame: assumptions.bytesAroundFrame }).utilisation

export const sizeFor = (options: SizeOptions): Sized => {
  const { measured, traffic, maxUtilisation = assumptions.maxUtilisation } = options
  const { minProcesses } = assumptions
  // The measurements do not cover a gateway with more clients.
  const gateways = Math.max(minProcesses, Math.ceil(traffic.viewers / measured.maxClients))
  const counts: Record<Part, number> = {
    web: minProcesses,
    primaries: 1,
    publishers: minProcesses,
    redis: 1,
    gateways,
    projectors: minProcesses,
  }
  const saturated = new Set<Part>()
  for (;;) {
    const utilisation = utilisationOf(options, counts)
    const busy = parts.filter((part) => utilisation[part] >= maxUtilisation && !saturated.has(part))
    if (busy.length === 0) return { deployment: counts, saturated: [...saturated] }
    for (const part of busy) {
      const ever = utilisationOf(options, { ...counts, [part]: counts[part] * manyTimes })
      if (ever[part] >= maxUtilisation) saturated.add(part)
      else counts[part] += Math.max(1, Math.floor(counts[part] / 50))
    }
  }
}
