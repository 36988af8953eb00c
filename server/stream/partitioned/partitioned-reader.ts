/**
 * A member of a consumer group on every partition. It reads the partitions at the same time and hands out what arrives first. A partition that fails
 * is joined again when it is back: what it had handed out and was not acknowledged comes again then, and is dropped by its seq.
 */
import { monotonicNow } from '../../clock.ts'
import { type Claimed, type Delivered, type GroupReader, type JoinOptions, StreamError } from '../port.ts'
import { answersOf, isUnavailable, type Partition } from './partition.ts'

interface Part {
  readonly partition: Partition
  reader: GroupReader | null
  /** Never rejects. It may outlast the call that began it. */
  reading: Promise<void> | null
}

export const joinPartitions = async (partitions: readonly Partition[], options: JoinOptions): Promise<GroupReader> => {
  const parts: Part[] = partitions.map((partition) => ({ partition, reader: null, reading: null }))
  let ready: Delivered[] = []
  let failure: unknown = null
  let cancelled = new AbortController()
  let closed = false

  const join = async (part: Part) => {
    part.reader ??= await part.partition.run((stream) => stream.join(options))
    return part.reader
  }

  const leave = (part: Part) => {
    const { reader } = part
    part.reader = null
    reader?.close().catch(() => undefined)
  }

  /** Runs on a partition that was joined. */
  const runOn = async <Result>(part: Part, call: (reader: GroupReader) => Promise<Result>): Promise<Result> => {
    try {
      const reader = await join(part)
      return await part.partition.run(() => call(reader))
    } catch (error) {
      leave(part)
      throw error
    }
  }

  const read = async (part: Part, reading: { maxCount: number; blockMs: number }) => {
    const { signal } = cancelled
    try {
      const delivered = await runOn(part, (reader) => reader.read({ ...reading, signal }))
      ready.push(...delivered.map(({ id, commit }) => ({ id: idOf(part, id), commit })))
    } catch (error) {
      if (!isUnavailable(error)) failure = error
    }
    part.reading = null
  }

  const startReading = (reading: { maxCount: number; blockMs: number }) => {
    const there = parts.filter(({ partition }) => !partition.isAway)
    if (there.length === 0) throw new StreamError('unavailable', 'No partition of the stream answers.')
    return there.map((part) => {
      part.reading ??= read(part, reading)
      return part.reading
    })
  }

  const waitForFirst = async ({ maxCount, blockMs, signal }: Parameters<GroupReader['read']>[0]) => {
    const untilMs = monotonicNow() + blockMs
    for (let leftMs = blockMs; leftMs > 0 && !signal.aborted && !closed; leftMs = untilMs - monotonicNow()) {
      await firstOf(startReading({ maxCount, blockMs: leftMs }), leftMs)
      if (ready.length > 0 || failure !== null) return
    }
  }

  await answersOf(parts.map(join))

  return {
    group: options.group,
    async read(reading) {
      const { maxCount, blockMs, signal } = reading
      const cancel = () => {
        cancelled.abort()
        cancelled = new AbortController()
      }
      signal.addEventListener('abort', cancel)
      try {
        if (ready.length === 0 && !signal.aborted) {
          if (blockMs > 0) await waitForFirst(reading)
          else await Promise.all(startReading({ maxCount, blockMs }))
        }
      } finally {
        signal.removeEventListener('abort', cancel)
      }
      if (failure !== null && !closed) {
        const error = failure
        failure = null
        throw error
      }
      const taken = ready.slice(0, maxCount)
      ready = ready.slice(maxCount)
      return taken
    },
    async ack(ids) {
      const byPart = Map.groupBy(ids, (id) => parts[Number(id.slice(0, id.indexOf(' ')))])
      await answersOf([...byPart].map(async ([part, own]) => part && runOn(part, (reader) => reader.ack(own.map(ownId)))))
    },
    async claim({ minIdleMs, maxCount }) {
      const each = { minIdleMs, maxCount: Math.max(1, Math.floor(maxCount / parts.length)) }
      const claimed = await answersOf(
        parts.map(async (part): Promise<Claimed> => {
          const { delivered, lost } = await runOn(part, (reader) => reader.claim(each))
          return { delivered: delivered.map((entry) => ({ ...entry, id: idOf(part, entry.id) })), lost: lost.map((id) => idOf(part, id)) }
        }),
      )
      return { delivered: claimed.flatMap(({ delivered }) => delivered), lost: claimed.flatMap(({ lost }) => lost) }
    },
    async close(closing) {
      closed = true
      cancelled.abort()
      await answersOf(parts.map(async ({ reader }) => reader?.close(closing)))
    },
  }
}

/** The partition's number stands before the partition's own id. */
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
