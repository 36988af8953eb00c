/**
 * Painters who click at fixed times, with or without answers. A slow server then has longer latencies instead of fewer clicks
 * (Tene, "How NOT to Measure Latency").
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Click } from './clicks.ts'
import { HttpConnection } from './http-connection.ts'
import { type Answered, createPosts, idOf } from './posts.ts'
import { type Rate, rateOf } from './rate.ts'

/** `perSecond` clicks a second, evenly. Latencies count from when a click was due. */
export const paint = async (options: {
  ports: readonly number[]
  perSecond: number
  ms: number
  tokens: readonly string[]
  click: (index: number) => Click
  onDue: (click: Click, dueMs: number) => void
  onAnswered: (answered: Answered) => void
  /** Called for each click that the server refused with 503. Without it such an answer is an error. */
  onRefused?: (click: Click) => void
}): Promise<Rate> => {
  const { ports, perSecond, tokens, click, onDue, onAnswered, onRefused } = options
  const posts = tokens.map(createPosts)
  const total = Math.round((options.ms * perSecond) / 1_000)
  const latencies: number[] = []
  const free: HttpConnection[][] = ports.map(() => [])
  const startMs = performance.now() + 5
  const startCpu = process.cpuUsage()
  const place = (index: number) =>
    new Promise<void>((resolve, reject) => {
      const wanted = click(index)
      const dueMs = startMs + (index * 1_000) / perSecond
      const target = index % ports.length
      const connection = free[target]?.pop() ?? new HttpConnection(ports[target] ?? 0)
      onDue(wanted, dueMs)
      connection.send(
        posts[index % posts.length]?.(wanted) ?? '',
        (answer) => {
          try {
            if (answer.status === 503 && onRefused) onRefused(wanted)
            else {
              onAnswered({ click: wanted, id: idOf(answer) })
              latencies.push(performance.now() - dueMs)
            }
          } catch (error) {
            return reject(error)
          }
          free[target]?.push(connection)
          resolve()
        },
        reject,
      )
    })
  const running: Promise<void>[] = []
  for (let index = 0; index < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1_000) + 1)
    while (index < due) running.push(place(index++))
    if (index < total) await wait(Math.max(0, startMs + (index * 1_000) / perSecond - performance.now()))
  }
  await Promise.all(running)
  for (const connection of free.flat()) connection.close()
  return rateOf({ latencies, ms: performance.now() - startMs, cpu: process.cpuUsage(startCpu) })
}
