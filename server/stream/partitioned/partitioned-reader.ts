/**
 * A member of a consumer group on every partition. It reads the partitions at the same time and returns what arrives first. After a partition failed,
 * the member joins it again: entries that it had returned and not acknowledged come again then, and are dropped by their seqs.
 */
import { monotonicNow } from '../../clock.ts'
import { type Claimed, type Delivered, type GroupReader, type JoinOptions, StreamError } from '../port.ts'
import { answersOf, isUnavailable, type Partition } from './partition.ts'

type ReadOptions = Parameters<GroupReader['read']>[0]
type Amount = Pick<ReadOptions, 'maxCount' | 'blockMs'>

interface Part {
  readonly partition: Partition
  /** Null until it is joined, and after a failure. */
  reader: GroupReader | null
  /** Never rejects. It may outlast the call that began it. */
  reading: Promise<void> | null
}

export class PartitionedReader implements GroupReader {
  readonly group: string
  readonly #member: JoinOptions
  readonly #parts: readonly Part[]
  /** Read and not returned yet. */
  #ready: Delivered[] = []
  /** An error that is no outage, for the next read. */
  #failure: unknown = null
  #cancelled = new AbortController()
  #isClosed = false

  private constructor(partitions: readonly Partition[], member: JoinOptions) {
    this.group = member.group
    this.#member = member
    this.#parts = partitions.map((partition) => ({ partition, reader: null, reading: null }))
  }

  /** Joins the partitions that are not away. @throws when all of them are. */
  static async join(partitions: readonly Partition[], member: JoinOptions): Promise<PartitionedReader> {
    const reader = new PartitionedReader(partitions, member)
    await answersOf(reader.#parts.map((part) => reader.#joined(part)))
    return reader
  }

  async read({ maxCount, blockMs, signal }: ReadOptions): Promise<Delivered[]> {
    const cancel = () => {
      this.#cancelled.abort()
      this.#cancelled = new AbortController()
    }
    signal.addEventListener('abort', cancel)
    try {
      if (this.#ready.length === 0 && !signal.aborted) await this.#fill({ maxCount, blockMs, signal })
    } finally {
      signal.removeEventListener('abort', cancel)
    }
    const failure = this.#failure
    this.#failure = null
    if (failure !== null && !this.#isClosed) throw failure
    return this.#ready.splice(0, maxCount)
  }

  async ack(ids: readonly string[]) {
    const byPart = Map.groupBy(ids, (id) => this.#parts[Number(id.slice(0, id.indexOf(' ')))])
    await answersOf([...byPart].map(async ([part, own]) => part && this.#runOn(part, (reader) => reader.ack(own.map(ownId)))))
  }

  async claim({ minIdleMs, maxCount }: Parameters<GroupReader['claim']>[0]): Promise<Claimed[]> {
    const each = { minIdleMs, maxCount: Math.max(1, Math.floor(maxCount / this.#parts.length)) }
    const claimed = await answersOf(
      this.#parts.map(async (part) => {
        const entries = await this.#runOn(part, (reader) => reader.claim(each))
        return entries.map((entry) => ({ ...entry, id: idOf(part, entry.id) }))
      }),
    )
    return claimed.flat()
  }

  async close(closing?: { remove?: boolean }) {
    this.#isClosed = true
    this.#cancelled.abort()
    await answersOf(this.#parts.map(async ({ reader }) => reader?.close(closing)))
  }

  /** Waits until a partition has entries, or for `blockMs`. A read that ends early begins again meanwhile. */
  async #fill({ maxCount, blockMs, signal }: ReadOptions) {
    if (blockMs <= 0) return void (await Promise.all(this.#startReading({ maxCount, blockMs })))
    const untilMs = monotonicNow() + blockMs
    for (let leftMs = blockMs; leftMs > 0 && !signal.aborted && !this.#isClosed; leftMs = untilMs - monotonicNow()) {
      await firstOf(this.#startReading({ maxCount, blockMs: leftMs }), leftMs)
      if (this.#ready.length > 0 || this.#failure !== null) return
    }
  }

  /** The reads of all partitions that are not away; one that began earlier continues. @throws when all partitions are away. */
  #startReading(amount: Amount): Promise<void>[] {
    const there = this.#parts.filter(({ partition }) => !partition.isAway)
    if (there.length === 0) throw new StreamError('unavailable', 'No partition of the stream answers.')
    return there.map((part) => {
      part.reading ??= this.#readPart(part, amount)
      return part.reading
    })
  }

  async #readPart(part: Part, amount: Amount) {
    const { signal } = this.#cancelled
    try {
      const delivered = await this.#runOn(part, (reader) => reader.read({ ...amount, signal }))
      this.#ready.push(...delivered.map(({ id, commit }) => ({ id: idOf(part, id), commit })))
    } catch (error) {
      if (!isUnavailable(error)) this.#failure = error
    }
    part.reading = null
  }

  async #joined(part: Part): Promise<GroupReader> {
    part.reader ??= await part.partition.run((stream) => stream.join(this.#member))
    return part.reader
  }

  async #runOn<Result>(part: Part, call: (reader: GroupReader) => Promise<Result>): Promise<Result> {
    try {
      const reader = await this.#joined(part)
      return await part.partition.run(() => call(reader))
    } catch (error) {
      const { reader } = part
      part.reader = null
      reader?.close().catch(() => undefined)
      throw error
    }
  }
}

/** An id is the partition's number and the id of the entry in the partition. */
const idOf = ({ partition }: Part, id: string) => `${partition.number} ${id}`
const ownId = (id: string) => id.slice(id.indexOf(' ') + 1)

/** Resolves with the first of them, or after the time. */
const firstOf = async (all: readonly Promise<void>[], afterMs: number) => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, afterMs)
  })
  await Promise.race([...all, late])
  clearTimeout(timer)
}
