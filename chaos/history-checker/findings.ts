/** The kinds of violation, with the names that Jepsen gives them (jepsen.io/consistency, and its Kafka workload). */
export const violations = {
  /** Acknowledged, and missing from the log or from a client. */
  lost: 'lost-write',
  /** Placed, sequenced or applied more than once. */
  doubled: 'duplicate',
  /** Applied, sequenced or timed in another order than it happened. */
  outOfOrder: 'nonmonotonic-poll',
  /** Shown or logged, and never committed: it was refused, or no client had sent it. */
  ghost: 'aborted-read (G1a)',
  /** Only a part of a transaction: a pixel without its event or the reverse, half a batch, an event that differs from its answer. */
  torn: 'fractured-read',
  /** More placements than the painter had charges. */
  overspent: 'write-skew (G2-item)',
  /** A client got a pixel before the canvas with the size and the color that it needs. */
  early: 'causal-reverse',
  /** Two readers at the same seq show different pixels; each is compared with the fold of the log. */
  differing: 'inconsistent-offsets',
} as const
export type ViolationKind = keyof typeof violations
export const violationKinds = Object.keys(violations) as ViolationKind[]

export interface Finding {
  readonly wrong: ViolationKind
  readonly detail: string
}

/** How many examples of each kind are printed; the rest is counted. */
const maxExamples = 20

export class Findings {
  readonly counts: Record<ViolationKind, number> = {
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    ghost: 0,
    torn: 0,
    overspent: 0,
    early: 0,
    differing: 0,
  }
  readonly examples: Finding[] = []

  add(wrong: ViolationKind, detail: string) {
    this.counts[wrong]++
    if (this.counts[wrong] <= maxExamples) this.examples.push({ wrong, detail })
  }

  get total() {
    return violationKinds.reduce((sum, kind) => sum + this.counts[kind], 0)
  }
}
