/** Painters who place their next pixel as soon as they have an answer: the maximum throughput. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Click } from './clicks.ts'
import { HttpConnection } from './http-connection.ts'
import type { HttpAnswer } from './http-wire.ts'
import { type Answered, createPosts, idOf } from './posts.ts'
import { type Rate, rateOf } from './rate.ts'

/** `inFlight` connections, each with its next click as soon as it has its answer. `onAnswered` gets every 201, warm-up included. */
export const saturate = async (options: {
  ports: readonly number[]
  inFlight: number
  warmUpMs: number
  ms: number
  tokens: readonly string[]
  click: (index: number) => Click
  /** `echo`: the answers of the baseline, which are not placements. */
  answers: 'placements' | 'echo'
  onAnswered: (answered: Answered) => void
}): Promise<Rate & { refused: number }> => {
  const { ports, inFlight, tokens, click, onAnswered } = options
  const latencies: number[] = []
  let next = 0
  let refused = 0
  let state: 'warming up' | 'measuring' | 'over' = 'warming up'
  const work = (connection: HttpConnection, painter: number) =>
    new Promise<void>((resolve, reject) => {
      const post = createPosts(tokens[painter % tokens.length] ?? '')
      const step = () => {
        if (state === 'over') {
          connection.close()
          return resolve()
        }
        const wanted = click(next++)
        const sentMs = performance.now()
        const request = post(wanted)
        const take = (answer: HttpAnswer) => {
          // Nothing was saved: the painter tries again, and its time continues.
          if (answer.status === 503) {
            refused++
            return connection.send(request, take, reject)
          }
          try {
            if (options.answers === 'placements') onAnswered({ click: wanted, id: idOf(answer) })
            else if (answer.status !== 200) throw new Error(`status ${answer.status}`)
          } catch (error) {
            return reject(error)
          }
          if (state === 'measuring') latencies.push(performance.now() - sentMs)
          step()
        }
        connection.send(request, take, reject)
      }
      step()
    })
  const all = Promise.all(Array.from({ length: inFlight }, (_, index) => work(new HttpConnection(ports[index % ports.length] ?? 0), index)))
  const schedule = async () => {
    await wait(options.warmUpMs)
    const startMs = performance.now()
    const startCpu = process.cpuUsage()
    state = 'measuring'
    await wait(options.ms)
    const ms = performance.now() - startMs
    const cpu = process.cpuUsage(startCpu)
    state = 'over'
    await all
    return { ...rateOf({ latencies, ms, cpu }), refused }
  }
  const measured = schedule()
  measured.catch(() => undefined)
  await Promise.race([all, measured])
  return measured
}
