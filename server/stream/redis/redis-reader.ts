/**
 * A member of a consumer group on Redis. Entries that were delivered before a restart and not acknowledged come first, then new ones.
 *
 * After FLUSHALL, or a restart without a file, the group is gone. It is created again from the start of the stream, and known entries are dropped by
 * their seqs.
 */
import type { Redis } from 'ioredis'
import { type Claimed, type Delivered, type GroupReader, type JoinOptions, StreamError } from '../port.ts'
import { Acknowledgements } from './acknowledgements.ts'
import type { Breaker } from './breaker.ts'
import { whenReady } from './connections.ts'
import { decodeEntry } from './entry.ts'
import { heartbeatField } from './groups.ts'
import type { RedisNames } from './keys.ts'

type Entries = [id: Buffer, fields: Buffer[] | null][]
type Answer = [key: Buffer, entries: Entries][] | null

const heartbeatEveryMs = 5_000
/** How much longer than `blockMs` a read may take before its connection counts as hung. */
const graceMs = 2_000
/** XAUTOCLAIM scans so many pending entries for each that it may return. */
const scannedPerCount = 10

export interface ReaderOptions {
  readonly names: RedisNames
  /** For acknowledgements, claims and heartbeats. */
  readonly general: Redis
  /** If the member polls, others use it too. */
  readonly reading: Redis
  readonly onClose: () => void
  readonly breaker: Breaker
  readonly member: JoinOptions
  /** A read that fails because the stream was closed returns nothing. */
  readonly isStreamClosed: () => boolean
}

export class RedisReader implements GroupReader {
  readonly group: string
  readonly #options: ReaderOptions
  readonly #acknowledgements: Acknowledgements
  /** The last entry that was read again after a restart; null when all pending entries were read. */
  #pendingAfter: string | null = '0'
  /** Where the next claim begins. */
  #claimFrom = '0-0'
  #beatAtMs = Number.NEGATIVE_INFINITY
  #isClosed = false

  private constructor(options: ReaderOptions) {
    const { names, general, breaker, member } = options
    this.#options = options
    this.group = member.group
    this.#acknowledgements = new Acknowledgements((ids) => breaker.run(() => general.xack(names.stream, member.group, ...ids)))
  }

  /** Joins the group, and creates it if it is new. */
  static async join(options: ReaderOptions): Promise<RedisReader> {
    const reader = new RedisReader(options)
    const { general, breaker, member } = options
    await breaker.run(async () => {
      await whenReady(general)
      await reader.#create(member.from === 'end' ? '$' : '0')
      await reader.#beat()
    })
    return reader
  }

  read({ maxCount, blockMs, signal }: Parameters<GroupReader['read']>[0]): Promise<Delivered[]> {
    const { reading, breaker, member, isStreamClosed } = this.#options
    return breaker.run(async () => {
      if (signal.aborted) return []
      const abort = () => (member.polls ? undefined : reading.disconnect(true))
      signal.addEventListener('abort', abort)
      try {
        await whenReady(reading)
        await this.#beat()
        const pending = await this.#readPending(maxCount)
        return pending.length > 0 ? pending : await this.#deliver(await this.#readGroup(maxCount, blockMs, '>'))
      } catch (error) {
        if (signal.aborted || this.#isClosed || isStreamClosed()) return []
        // UNBLOCKED: the stream was deleted while the read waited for it.
        if (!(error instanceof Error && /NOGROUP|UNBLOCKED/.test(error.message))) throw error
        await this.#create('0')
        return []
      } finally {
        signal.removeEventListener('abort', abort)
      }
    })
  }

  ack(ids: readonly string[]) {
    return this.#acknowledgements.add(ids)
  }

  /** Each call scans a part of the pending entries and begins where the last one ended, so that busy entries hide no others. */
  claim({ minIdleMs, maxCount }: Parameters<GroupReader['claim']>[0]): Promise<Claimed[]> {
    const { names, general, breaker, member } = this.#options
    return breaker.run(async () => {
      const [cursor, entries] = (await general.callBuffer(
        ...['XAUTOCLAIM', names.stream, this.group, member.consumer, String(minIdleMs), this.#claimFrom, 'COUNT', String(maxCount)],
      )) as [cursor: Buffer, entries: Entries, trimmed: Buffer[]]
      this.#claimFrom = String(cursor)
      const counts = await this.#countDeliveries(entries, maxCount * scannedPerCount)
      return (await this.#deliver(entries)).map((entry) => ({ ...entry, deliveries: counts.get(entry.id) ?? 1 }))
    })
  }

  async close({ remove = false }: { remove?: boolean } = {}) {
    const { names, general, breaker, member, onClose } = this.#options
    await this.#acknowledgements.flush().catch(() => undefined)
    this.#isClosed = true
    onClose()
    if (!remove) return
    await breaker.run(async () => {
      await general.xgroup('DESTROY', names.stream, this.group)
      await general.hdel(names.groupKinds, this.group)
      await general.hdel(names.heartbeats, heartbeatField(this.group, member.consumer))
    })
  }

  async #create(from: '$' | '0') {
    const { names, general, member } = this.#options
    try {
      await general.xgroup('CREATE', names.stream, this.group, from, 'MKSTREAM')
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('BUSYGROUP')) throw error
    }
    await general.xgroup('CREATECONSUMER', names.stream, this.group, member.consumer)
    await general.hset(names.groupKinds, this.group, member.kind)
  }

  async #beat() {
    if (performance.now() - this.#beatAtMs < heartbeatEveryMs) return
    const { names, general, member } = this.#options
    await general.hset(names.heartbeats, heartbeatField(this.group, member.consumer), Date.now())
    this.#beatAtMs = performance.now()
  }

  async #readPending(maxCount: number): Promise<Delivered[]> {
    if (this.#pendingAfter === null) return []
    const entries = await this.#readGroup(maxCount, 0, this.#pendingAfter)
    this.#pendingAfter = entries.at(-1)?.[0].toString() ?? null
    return this.#deliver(entries)
  }

  async #readGroup(maxCount: number, blockMs: number, id: string): Promise<Entries> {
    const { names, reading, member } = this.#options
    const block = id === '>' && blockMs > 0 && !member.polls ? ['BLOCK', String(Math.ceil(blockMs))] : []
    const call = reading.callBuffer(
      ...(['XREADGROUP', 'GROUP', this.group, member.consumer, 'COUNT', String(maxCount)] as const),
      ...block,
      ...['STREAMS', names.stream, id],
    )
    const answer = (await withDeadline(call, blockMs + graceMs, () => reading.disconnect(true))) as Answer
    return answer?.[0]?.[1] ?? []
  }

  /** Entries as commits. One that was trimmed while it was pending, or is no commit, is acknowledged: nobody can use it. */
  async #deliver(entries: Entries): Promise<Delivered[]> {
    const delivered: Delivered[] = []
    const useless: string[] = []
    for (const [id, fields] of entries) {
      const commit = fields && decodeEntry(fields)
      if (commit) delivered.push({ id: id.toString(), commit })
      else useless.push(id.toString())
    }
    if (useless.length > 0) await this.ack(useless)
    return delivered
  }

  async #countDeliveries(entries: Entries, scanned: number): Promise<Map<string, number>> {
    const { names, general, member } = this.#options
    const [first, last] = [entries.at(0)?.[0].toString(), entries.at(-1)?.[0].toString()]
    if (!first || !last) return new Map()
    const rows = await general.xpending(names.stream, this.group, first, last, scanned, member.consumer)
    return new Map((rows as [string, string, number, number][]).map(([id, , , deliveries]) => [id, deliveries]))
  }
}

const withDeadline = async <Result>(call: Promise<Result>, deadlineMs: number, giveUp: () => void): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp()
      reject(new StreamError('unavailable', 'Redis does not answer.'))
    }, deadlineMs)
  })
  try {
    return await Promise.race([call, late])
  } finally {
    clearTimeout(timer)
  }
}
