/** What a history can show to be wrong, with the name that Jepsen gives it (jepsen.io/consistency, and its Kafka workload). */
export const violations = {
  /** Acknowledged, and not in the log, or a client was never shown it. */
  lost: 'lost-write',
  /** Placed, numbered or applied more than once. */
  doubled: 'duplicate',
  /** Applied, numbered or timed in another order than that in which it happened. */
  outOfOrder: 'nonmonotonic-poll',
  /** Shown or logged, and never committed: the answer had been a refusal, or nobody had ever wanted it. */
  ghost: 'aborted-read (G1a)',
  /** Only a part of what was saved together: a pixel without its event or the reverse, half a batch, an event that is not what was answered. */
  torn: 'fractured-read',
  /** More placements than the painter had charges. */
  overspent: 'write-skew (G2-item)',
  /** Two that stand at the same seq show different pixels; each is compared with the fold of the log. */
  differing: 'inconsistent-offsets',
} as const
export type ViolationKind = keyof typeof violations
export const violationKinds = Object.keys(violations) as ViolationKind[]

export interface Finding {
  readonly wrong: ViolationKind
  readonly detail: string
}

/** Told of each kind; the rest is counted. */
const maxTold = 20

export class Findings {
  readonly counts: Record<ViolationKind, number> = { lost: 0, doubled: 0, outOfOrder: 0, ghost: 0, torn: 0, overspent: 0, differing: 0 }
  readonly told: Finding[] = []

  add(wrong: ViolationKind, detail: string) {
    this.counts[wrong]++
    if (this.counts[wrong] <= maxTold) this.told.push({ wrong, detail })
  }

  get total() {
    return violationKinds.reduce((sum, kind) => sum + this.counts[kind], 0)
  }
}
