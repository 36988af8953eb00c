/**
 * What Prometheus reads: every metric's name and help text is here, once.
 *
 * Times are seconds, as Prometheus asks for. The names follow the way of a pixel: placed, published, emitted, seen.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const hopSeconds = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]

export interface Metrics {
  readonly registry: Registry
  /** By outcome: `placed`, or the code of the refusal. */
  placed(outcome: string, count: number): void
  published(commitAgesMs: readonly number[]): void
  emitted(commitAgesMs: readonly number[]): void
  /** What a browser reported: from the commit to the drawn frame. */
  seen(ms: number): void
  healedGap(): void
  /** Further tries to publish commits that were tried before. */
  retried(count: number): void
  setAside(): void
  /** A projection goes on without a commit. */
  passedOver(): void
  slowClient(): void
}

/** Numbers that are read when Prometheus asks, not counted as they change. */
export interface Gauges {
  sockets(): number
  queued(): number
  tilesInMemory(): number
  backlog(): Promise<{ unsequenced: number; unpublished: number; dead: number; oldestAgeMs: number | null }>
}

export const createMetrics = (gauges: Gauges): Metrics => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const placed = new Counter({
    name: 'fresco_placements_total',
    help: 'Placements answered, by outcome: placed, or the code of the refusal.',
    labelNames: ['outcome'],
    registers,
  })
  const published = new Counter({ name: 'fresco_published_commits_total', help: 'Commits that this process published.', registers })
  const histogram = (name: string, help: string) => new Histogram({ name, help, buckets: hopSeconds, registers })
  const commitToPublish = histogram('fresco_commit_to_publish_seconds', 'From the commit of a placement to its publication.')
  const commitToEmit = histogram('fresco_commit_to_emit_seconds', 'From the commit of a placement to its frame leaving this gateway.')
  const commitToSeen = histogram('fresco_commit_to_seen_seconds', 'From the commit to the drawn frame, as browsers report it.')
  const healed = new Counter({ name: 'fresco_healed_gaps_total', help: 'Gaps that this gateway closed from the store.', registers })
  const retried = new Counter({ name: 'fresco_publish_retries_total', help: 'Further tries to publish a commit.', registers })
  const setAside = new Counter({
    name: 'fresco_dead_lettered_total',
    help: 'Commits that this process set aside as dead letters.',
    registers,
  })
  const passedOver = new Counter({
    name: 'fresco_projection_passed_over_total',
    help: 'Commits that a projection of this process goes on without, after several tries.',
    registers,
  })
  const slow = new Counter({ name: 'fresco_slow_clients_total', help: 'Sockets cut off because they did not read.', registers })

  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('fresco_sockets', 'Sockets connected to this gateway.', gauges.sockets)
  gauge('fresco_placements_queued', 'Placements waiting to be saved.', gauges.queued)
  gauge('fresco_tiles_in_memory', 'Boards that this gateway keeps up to date.', gauges.tilesInMemory)

  const backlog = new Gauge({
    name: 'fresco_outbox_backlog',
    help: 'Commits in the outbox that are not published, by state: unsequenced, unpublished.',
    labelNames: ['state'],
    registers,
  })
  const deadLetters = new Gauge({ name: 'fresco_dead_letters', help: 'Commits that are set aside, waiting for an operator.', registers })
  new Gauge({
    name: 'fresco_outbox_oldest_age_seconds',
    help: 'Age of the oldest commit that is not published; 0 when there is none, NaN when the store does not answer.',
    registers,
    async collect() {
      try {
        const { unsequenced, unpublished, dead, oldestAgeMs } = await gauges.backlog()
        backlog.set({ state: 'unsequenced' }, unsequenced)
        backlog.set({ state: 'unpublished' }, unpublished)
        deadLetters.set(dead)
        this.set((oldestAgeMs ?? 0) / 1_000)
      } catch {
        this.set(Number.NaN)
      }
    },
  })

  const observe = (hop: Histogram, agesMs: readonly number[]) => {
    for (const ageMs of agesMs) hop.observe(Math.max(0, ageMs) / 1_000)
  }
  return {
    registry,
    placed: (outcome, count) => placed.inc({ outcome }, count),
    published(agesMs) {
      published.inc(agesMs.length)
      observe(commitToPublish, agesMs)
    },
    emitted: (agesMs) => observe(commitToEmit, agesMs),
    seen: (ms) => observe(commitToSeen, [ms]),
    healedGap: () => healed.inc(),
    retried: (count) => retried.inc(count),
    setAside: () => setAside.inc(),
    passedOver: () => passedOver.inc(),
    slowClient: () => slow.inc(),
  }
}
