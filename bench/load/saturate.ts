/** Painters who place their next pixel as soon as they have an answer: the maximum throughput. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Click } from './clicks.ts'
import { HttpConnection } from './http-connection.ts'
import type { HttpAnswer } from './http-wire.ts'
import { type Answered, createPosts, idOf } from './posts.ts'
import { type Rate, rateOf } from './rate.ts'

interface SaturateOptions {
  readonly ports: readonly number[]
  readonly inFlight: number
  readonly warmUpMs: number
  readonly ms: number
  readonly tokens: readonly string[]
  readonly click: (index: number) => Click
  /** `echo`: the answers of the baseline, which are not placements. */
  readonly answers: 'placements' | 'echo'
  readonly onAnswered: (answered: Answered) => void
}

interface Progress {
  state: 'warming up' | 'measuring' | 'over'
  next: number
  refused: number
  readonly latencies: number[]
}

/** One painter: sends the next click after each answer, until the time is over. */
const paint = ({ click, answers, onAnswered }: SaturateOptions, progress: Progress, connection: HttpConnection, token: string) =>
  new Promise<void>((resolve, reject) => {
    const post = createPosts(token)
    const step = () => {
      if (progress.state === 'over') {
        connection.close()
        return resolve()
      }
      const wanted = click(progress.next++)
      const sentMs = performance.now()
      const request = post(wanted)
      const take = (answer: HttpAnswer) => {
        // Nothing was saved: the painter tries again, and its time continues.
        if (answer.status === 503) {
          progress.refused++
          return connection.send(request, take, reject)
        }
        try {
          if (answers === 'placements') onAnswered({ click: wanted, id: idOf(answer) })
          else if (answer.status !== 200) throw new Error(`status ${answer.status}`)
        } catch (error) {
          return reject(error)
        }
        if (progress.state === 'measuring') progress.latencies.push(performance.now() - sentMs)
        step()
      }
      connection.send(request, take, reject)
    }
    step()
  })

/** `inFlight` connections, each with its next click as soon as it has its answer. `onAnswered` gets every 201, warm-up included. */
export const saturate = async (options: SaturateOptions): Promise<Rate & { refused: number }> => {
  const { ports, inFlight, tokens } = options
  const progress: Progress = { state: 'warming up', next: 0, refused: 0, latencies: [] }
  const painters = Array.from({ length: inFlight }, (_, index) =>
    paint(options, progress, new HttpConnection(ports[index % ports.length] ?? 0), tokens[index % tokens.length] ?? ''),
  )
  const all = Promise.all(painters)
  const schedule = async () => {
    await wait(options.warmUpMs)
    const startMs = performance.now()
    const startCpu = process.cpuUsage()
    progress.state = 'measuring'
    await wait(options.ms)
    const ms = performance.now() - startMs
    const cpu = process.cpuUsage(startCpu)
    progress.state = 'over'
    await all
    return { ...rateOf({ latencies: progress.latencies, ms, cpu }), refused: progress.refused }
  }
  const measured = schedule()
  measured.catch(() => undefined)
  await Promise.race([all, measured])
  return measured
}
