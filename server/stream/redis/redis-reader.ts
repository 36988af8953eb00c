/**
 * A member of a consumer group on Redis. What it was given in a former life and never acknowledged comes first; then it blocks
 * for new entries. A group that is gone (FLUSHALL, a restart without a file) is made again from the start of the stream: everything
 * in it is new then, and what is known already is dropped by its seq.
 */
import type { Redis } from 'ioredis'
import { type Delivered, type GroupReader, StreamError } from '../port.ts'
import type { Breaker } from './breaker.ts'
import { whenReady } from './connections.ts'
import { decodeEntry } from './entry.ts'
import type { RedisNames } from './keys.ts'

type Entries = [id: Buffer, fields: Buffer[] | null][]
type Answer = [key: Buffer, entries: Entries][] | null

const heartbeatSeconds = 30
const heartbeatEveryMs = 5_000
/** What a blocked read may take longer than it asked for before its connection counts as hung. */
const graceMs = 2_000
/** Acknowledgements that come closer together than this are sent together. What a reader that dies had not sent comes again, and is dropped by its seq. */
const ackEveryMs = 500

export const createRedisReader = async (options: {
  names: RedisNames
  /** For acknowledging and heartbeats. */
  general: Redis
  reading: Redis
  /** Others use `reading`, too: then no read may wait. Otherwise it is closed with the reader. */
  isShared: boolean
  group: string
  consumer: string
  kind: string
  from: 'end' | 'start'
  breaker: Breaker
  /** The stream was closed, so a read that ends by that is no failure. */
  isClosed: () => boolean
}): Promise<GroupReader> => {
  const { names, general, reading, isShared, group, consumer, kind, breaker } = options
  let formerFrom: string | null = '0'
  let beatAtMs = Number.NEGATIVE_INFINITY
  let closed = false
  let unsent: string[] = []
  let sentAtMs = Number.NEGATIVE_INFINITY
  let sending: NodeJS.Timeout | null = null

  const sendAcks = async () => {
    if (sending) clearTimeout(sending)
    sending = null
    const ids = unsent
    unsent = []
    if (ids.length === 0) return
    sentAtMs = performance.now()
    try {
      await breaker.run(() => general.xack(names.stream, group, ...ids))
    } catch (error) {
      unsent = [...ids, ...unsent]
      throw error
    }
  }

  const ack = async (ids: readonly string[]) => {
    unsent.push(...ids)
    const waitMs = sentAtMs + ackEveryMs - performance.now()
    if (waitMs <= 0) return sendAcks()
    // One that fails is sent again with the next.
    sending ??= setTimeout(() => void sendAcks().catch(() => undefined), waitMs)
  }

  const make = async (from: '$' | '0') => {
    try {
      await general.xgroup('CREATE', names.stream, group, from, 'MKSTREAM')
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('BUSYGROUP')) throw error
    }
    await general.xgroup('CREATECONSUMER', names.stream, group, consumer)
    await general.hset(names.groupKinds, group, kind)
  }

  const beat = async () => {
    if (performance.now() - beatAtMs < heartbeatEveryMs) return
    await general.set(names.heartbeat(group), '1', 'EX', heartbeatSeconds)
    beatAtMs = performance.now()
  }

  const ask = async (maxCount: number, blockMs: number, id: string): Promise<Entries> => {
    const block = id === '>' && blockMs > 0 && !isShared ? ['BLOCK', String(Math.ceil(blockMs))] : []
    const call = reading.callBuffer(
      'XREADGROUP',
      'GROUP',
      group,
      consumer,
      'COUNT',
      String(maxCount),
      ...block,
      'STREAMS',
      names.stream,
      id,
    )
    const answer = (await withDeadline(call, blockMs + graceMs, () => reading.disconnect(true))) as Answer
    return answer?.[0]?.[1] ?? []
  }

  /** Entries as commits. What was trimmed while it was pending, or is none of ours, is acknowledged: nobody can use it. */
  const deliver = async (entries: Entries): Promise<Delivered[]> => {
    const delivered: Delivered[] = []
    const useless: string[] = []
    for (const [id, fields] of entries) {
      const commit = fields && decodeEntry(fields)
      if (commit) delivered.push({ id: id.toString(), commit })
      else useless.push(id.toString())
    }
    if (useless.length > 0) await ack(useless)
    return delivered
  }

  await breaker.run(async () => {
    await whenReady(general)
    await make(options.from === 'end' ? '$' : '0')
    await beat()
  })

  return {
    group,
    read: ({ maxCount, blockMs, signal }) =>
      breaker.run(async () => {
        if (signal.aborted) return []
        const abort = () => (isShared ? undefined : reading.disconnect(true))
        signal.addEventListener('abort', abort)
        try {
          await whenReady(reading)
          await beat()
          if (formerFrom !== null) {
            const former = await ask(maxCount, 0, formerFrom)
            formerFrom = former.at(-1)?.[0].toString() ?? null
            const delivered = await deliver(former)
            if (delivered.length > 0) return delivered
          }
          return await deliver(await ask(maxCount, blockMs, '>'))
        } catch (error) {
          if (signal.aborted || closed || options.isClosed()) return []
          // UNBLOCKED: the stream went away under a read that waited for it.
          if (error instanceof Error && /NOGROUP|UNBLOCKED/.test(error.message)) {
            await make('0')
            return []
          }
          throw error
        } finally {
          signal.removeEventListener('abort', abort)
        }
      }),
    ack,
    claim: ({ minIdleMs, maxCount }) =>
      breaker.run(async () => {
        const answer = (await general.callBuffer(
          ...['XAUTOCLAIM', names.stream, group, consumer, String(minIdleMs), '0', 'COUNT', String(maxCount)],
        )) as [cursor: Buffer, entries: Entries, trimmed: Buffer[]]
        const [, entries, trimmed] = answer
        const [first, last] = [entries.at(0)?.[0].toString(), entries.at(-1)?.[0].toString()]
        const counts = new Map<string, number>()
        if (first && last) {
          const rows = (await general.xpending(names.stream, group, first, last, entries.length, consumer)) as [
            string,
            string,
            number,
            number,
          ][]
          for (const [id, , , deliveries] of rows) counts.set(id, deliveries)
        }
        const delivered = (await deliver(entries)).map((entry) => ({ ...entry, deliveries: counts.get(entry.id) ?? 1 }))
        return { delivered, lost: trimmed.map(String) }
      }),
    async close(closing) {
      await sendAcks().catch(() => undefined)
      closed = true
      if (!isShared) reading.disconnect()
      if (!closing?.remove) return
      await breaker.run(async () => {
        await general.xgroup('DESTROY', names.stream, group)
        await general.hdel(names.groupKinds, group)
        await general.del(names.heartbeat(group))
      })
    },
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
