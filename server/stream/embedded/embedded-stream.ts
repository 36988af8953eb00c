/**
 * The stream in process, for a single server and for the simulation.
 *
 * It keeps a bounded list of entries and, for each group, a cursor and the pending entries of its members. A group that has not read a dropped entry
 * finds the gap by the seqs and reads it from the store.
 */
import type { CanvasId, Epoch, Seq, TileNumber } from '../../../lib/brand.ts'
import { asSeq } from '../../../lib/brand.ts'
import type { SequencedCommit } from '../../../lib/commit.ts'
import { monotonicNow } from '../../clock.ts'
import {
  type AppendAnswer,
  type Delivered,
  type EventStream,
  type GroupInfo,
  type GroupReader,
  type JoinOptions,
  type Signal,
  StreamError,
  type StreamInfo,
} from '../port.ts'

export interface EmbeddedStreamOptions {
  /** The most entries; the oldest are dropped first. */
  readonly maxEntries?: number
  /** The most pixels of all entries, since commits may be large. */
  readonly maxPixels?: number
  readonly pause?: (point: string) => Promise<void>
  readonly now?: () => number
}

interface Pending {
  readonly commit: SequencedCommit
  givenAtMs: number
  deliveries: number
}

/** The pending entries of a member, by their numbers. */
type Holding = Map<number, Pending>

interface Group {
  readonly kind: GroupInfo['kind']
  /** The number of the next entry to deliver. */
  next: number
  lastDelivered: number
  readonly pending: Map<string, Holding>
  readonly wakeUps: Set<() => void>
}

/** Roughly measured memory of an entry without its pixels, and of a pixel. */
const entryBytes = 300
const pixelBytes = 60

export class EmbeddedStream implements EventStream {
  readonly kind = 'embedded'
  readonly #maxEntries: number
  readonly #maxPixels: number
  readonly #pause: (point: string) => Promise<void>
  readonly #now: () => number
  readonly #entries: SequencedCommit[] = []
  /** The number of `#entries[0]`; numbers count from 1 and are never used again. */
  #first = 1
  #pixels = 0
  readonly #canvases = new Map<CanvasId, { epoch: Epoch; heads: Map<TileNumber, Seq> }>()
  readonly #groups = new Map<string, Group>()
  readonly #listeners = new Set<(signal: Signal) => void>()
  /** Sent after the current task, since a transaction has one signal for each of its painters. */
  readonly #signals: Signal[] = []
  #closed = false

  constructor(options: EmbeddedStreamOptions = {}) {
    this.#maxEntries = options.maxEntries ?? 10_000
    this.#maxPixels = options.maxPixels ?? 500_000
    this.#pause = options.pause ?? (async () => undefined)
    this.#now = options.now ?? monotonicNow
  }

  append(commits: readonly SequencedCommit[]) {
    return this.#call('append', () => {
      const answers = commits.map((commit) => this.#appendOne(commit))
      this.#trim()
      for (const group of this.#groups.values()) wake(group)
      return answers
    })
  }

  adopt(canvas: CanvasId, epoch: Epoch, from: Epoch | null = null) {
    return this.#call('adopt', () => {
      const known = this.#canvases.get(canvas)?.epoch ?? null
      if (known !== epoch && known === from) this.#canvases.set(canvas, { epoch, heads: new Map() })
    })
  }

  forget(canvas: CanvasId) {
    return this.#call('forget', () => void this.#canvases.delete(canvas))
  }

  seed({ canvas, tile, epoch, head }: { canvas: CanvasId; tile: TileNumber; epoch: Epoch; head: Seq }) {
    return this.#call('seed', () => {
      const state = this.#canvases.get(canvas)
      if (state?.epoch !== epoch) return
      state.heads.set(tile, asSeq(Math.max(head, state.heads.get(tile) ?? 0)))
    })
  }

  heads(canvas: CanvasId) {
    return this.#call('heads', () => new Map(this.#canvases.get(canvas)?.heads))
  }

  outage(): ReturnType<EventStream['outage']> {
    return null
  }

  join(options: JoinOptions): Promise<GroupReader> {
    return this.#call('join', () => {
      const { kind, from, group: name, consumer } = options
      const end = this.#first + this.#entries.length
      const next = from === 'end' ? end : this.#first
      const group = this.#groups.get(name) ?? { kind, next, lastDelivered: next - 1, pending: new Map(), wakeUps: new Set() }
      this.#groups.set(name, group)
      const mine: Holding = group.pending.get(consumer) ?? new Map()
      group.pending.set(consumer, mine)
      return this.#reader(name, group, mine)
    })
  }

  info(): Promise<StreamInfo> {
    return this.#call('info', () => ({
      connected: true,
      length: this.#entries.length,
      memoryBytes: this.#entries.length * entryBytes + this.#pixels * pixelBytes,
      persistence: 'embedded' as const,
      groups: [...this.#groups].map(([name, group]) => ({
        name,
        kind: group.kind,
        consumers: group.pending.size,
        pending: [...group.pending.values()].reduce((sum, pending) => sum + pending.size, 0),
        lag: this.#first + this.#entries.length - Math.max(group.next, this.#first),
        lastDeliveredId: String(group.lastDelivered),
      })),
      partitions: [],
    }))
  }

  ping() {
    return this.#call('ping', () => undefined)
  }

  signal(signal: Signal) {
    if (this.#closed) return
    this.#signals.push(signal)
    if (this.#signals.length === 1) queueMicrotask(() => this.#deliverSignals())
  }

  onSignal(listener: (signal: Signal) => void) {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close() {
    this.#closed = true
    this.#listeners.clear()
    for (const group of this.#groups.values()) wake(group)
  }

  #deliverSignals() {
    for (const signal of this.#signals.splice(0)) {
      for (const listener of this.#listeners) listener(signal)
    }
  }

  #appendOne(commit: SequencedCommit): AppendAnswer {
    const answer = this.classify(commit)
    if (answer.kind === 'appended') this.push(commit)
    return answer
  }

  // Protected for the simulation, which records entries and injects mistakes.

  protected classify(commit: SequencedCommit): AppendAnswer {
    const state = this.#canvases.get(commit.canvas)
    if (state?.epoch !== commit.epoch) return { kind: 'other_epoch', epoch: state?.epoch ?? null }
    const head = state.heads.get(commit.tile) ?? null
    if (head !== null && commit.seq <= head) return { kind: 'duplicate' }
    if (commit.seq !== (head ?? 0) + 1) return { kind: 'gap', head }
    return { kind: 'appended' }
  }

  protected push(commit: SequencedCommit) {
    this.#canvases.get(commit.canvas)?.heads.set(commit.tile, commit.seq)
    this.#entries.push(commit)
    this.#pixels += commit.pixels.length
  }

  #trim() {
    let drop = 0
    while (this.#entries.length - drop > this.#maxEntries || this.#pixels > this.#maxPixels) {
      this.#pixels -= this.#entries[drop]?.pixels.length ?? 0
      drop++
    }
    this.#entries.splice(0, drop)
    this.#first += drop
  }

  #reader(name: string, group: Group, mine: Holding): GroupReader {
    // Pending entries from before a restart come first, once.
    let former: Delivered[] = [...mine].map(([id, { commit }]) => ({ id: String(id), commit }))
    let left = false

    const take = (maxCount: number): Delivered[] => {
      if (former.length > 0) {
        const again = former.slice(0, maxCount)
        former = former.slice(maxCount)
        return again
      }
      group.next = Math.max(group.next, this.#first)
      const start = group.next - this.#first
      const commits = this.#entries.slice(start, start + maxCount)
      const delivered = commits.map((commit, index) => ({ id: group.next + index, commit }))
      for (const { id, commit } of delivered) mine.set(id, { commit, givenAtMs: this.#now(), deliveries: 1 })
      group.next += commits.length
      if (commits.length > 0) group.lastDelivered = group.next - 1
      return delivered.map(({ id, commit }) => ({ id: String(id), commit }))
    }

    return {
      group: name,
      read: async ({ maxCount, blockMs, signal }) => {
        await this.#pause('stream.read')
        this.#ensureOpen()
        const now = take(maxCount)
        if (now.length > 0 || blockMs <= 0 || signal.aborted || left) return now
        await waitForWake(group, blockMs, signal)
        return this.#closed || signal.aborted || left ? [] : take(maxCount)
      },
      ack: (ids) =>
        this.#call('ack', () => {
          for (const id of ids) mine.delete(Number(id))
        }),
      claim: (options) => this.#call('claim', () => this.#claim(group, mine, options)),
      close: async (options) => {
        left = true
        if (options?.remove) this.#groups.delete(name)
        wake(group)
      },
    }
  }

  #claim(group: Group, mine: Holding, { minIdleMs, maxCount }: { minIdleMs: number; maxCount: number }) {
    const nowMs = this.#now()
    const idle = [...group.pending.values()].flatMap((holding) =>
      [...holding].filter(([, { givenAtMs }]) => nowMs - givenAtMs >= minIdleMs).map(([id, pending]) => ({ holding, id, pending })),
    )
    return idle.slice(0, maxCount).map(({ holding, id, pending }) => {
      const deliveries = pending.deliveries + 1
      holding.delete(id)
      mine.set(id, { ...pending, givenAtMs: nowMs, deliveries })
      return { id: String(id), commit: pending.commit, deliveries }
    })
  }

  async #call<Result>(name: string, run: () => Result): Promise<Result> {
    await this.#pause(`stream.${name}`)
    this.#ensureOpen()
    const result = run()
    await this.#pause(`stream.${name}.done`)
    return result
  }

  #ensureOpen() {
    if (this.#closed) throw new StreamError('closed', 'The stream is closed.')
  }
}

const wake = (group: Group) => {
  for (const wakeUp of [...group.wakeUps]) wakeUp()
}

const waitForWake = (group: Group, blockMs: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      group.wakeUps.delete(done)
      resolve()
    }
    const timer = setTimeout(done, blockMs)
    signal.addEventListener('abort', done)
    group.wakeUps.add(done)
  })
