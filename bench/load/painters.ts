/**
 * Painters over HTTP: as fast as answers come (`saturate`), or at given times whether answers come or not (`paint`), so that a slow
 * server makes latencies longer instead of clicks fewer (Tene, "How NOT to Measure Latency").
 */
import { setTimeout as wait } from 'node:timers/promises'
import { percentile } from '../framework/statistics.ts'
import type { Click } from './clicks.ts'
import { HttpConnection } from './http-connection.ts'
import { encodeRequest, type HttpAnswer } from './http-wire.ts'

export interface Answered {
  readonly click: Click
  readonly id: string
}

export interface Rate {
  /** Answers of the wanted status in the measured time. */
  readonly answers: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that took longer than a second. */
  readonly slow: number
  /** What part of its core this process used: near 1, it was the load that could not go faster. */
  readonly loadBusy: number
}

const bodyStart = '{"id":"'
const idOf = ({ status, body }: HttpAnswer): string => {
  if (status !== 201 || body.toString('latin1', 0, bodyStart.length) !== bodyStart) throw new Error(`status ${status}: ${body.toString()}`)
  return body.toString('latin1', bodyStart.length, body.indexOf(34, bodyStart.length))
}

export const getTokens = async (port: number, count: number): Promise<string[]> => {
  const connection = new HttpConnection(port)
  const tokens: string[] = []
  while (tokens.length < count) {
    const { status, body } = await connection.request(encodeRequest({ method: 'POST', path: '/api/tokens', body: '{}' }))
    if (status !== 201) throw new Error(`no token: ${status} ${body.toString()}`)
    tokens.push((JSON.parse(body.toString()) as { token: string }).token)
  }
  connection.close()
  return tokens
}

/** Requests of one painter. Everything but the pixel is built beforehand: the load must cost less than the server. */
const createPosts = (token: string): ((click: Click) => string) => {
  const empty = encodeRequest({ method: 'POST', path: '/api/pixels', headers: { Authorization: `Bearer ${token}` }, body: '' })
  const head = empty.slice(0, empty.lastIndexOf('0\r\n\r\n'))
  return ({ gx, gy, color }) => {
    const body = `{"gx":${gx},"gy":${gy},"color":${color}}`
    return `${head}${body.length}\r\n\r\n${body}`
  }
}

const rateOf = (options: { latencies: readonly number[]; ms: number; cpu: NodeJS.CpuUsage }): Rate => {
  const { latencies, ms, cpu } = options
  return {
    answers: latencies.length,
    perSecond: (latencies.length * 1_000) / ms,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    slow: latencies.filter((latency) => latency > 1_000).length,
    loadBusy: (cpu.user + cpu.system) / 1_000 / ms,
  }
}

/** `inFlight` connections, each with its next click as soon as it has its answer. `onAnswered` gets every 201, warm-up included. */
export const saturate = async (options: {
  ports: readonly number[]
  inFlight: number
  warmUpMs: number
  ms: number
  tokens: readonly string[]
  click: (index: number) => Click
  /** `echo`: the baseline's answers, which are no placements. */
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
          // Nothing was changed: the painter tries again, and the time goes on.
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

/** `perSecond` clicks a second, evenly. Latencies count from when a click was due. */
export const paint = async (options: {
  ports: readonly number[]
  perSecond: number
  ms: number
  tokens: readonly string[]
  click: (index: number) => Click
  onDue: (click: Click, dueMs: number) => void
  onAnswered: (answered: Answered) => void
}): Promise<Rate> => {
  const { ports, perSecond, tokens, click, onDue, onAnswered } = options
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
      const lane = index % ports.length
      const connection = free[lane]?.pop() ?? new HttpConnection(ports[lane] ?? 0)
      onDue(wanted, dueMs)
      connection.send(
        posts[index % posts.length]?.(wanted) ?? '',
        (answer) => {
          try {
            onAnswered({ click: wanted, id: idOf(answer) })
          } catch (error) {
            return reject(error)
          }
          latencies.push(performance.now() - dueMs)
          free[lane]?.push(connection)
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
