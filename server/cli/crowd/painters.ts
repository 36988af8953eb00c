/**
 * Guests with tokens, who click over HTTP at the scheduled times. A click without a clear answer is sent again with the same
 * `Idempotency-Key` until there is one, so the crowd has an exact list of acknowledged placements.
 */
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { countTime } from '../../../lib/time-counts.ts'
import { CommandFailure } from '../command.ts'
import { fetchFrom } from './fetch.ts'
import { type Click, dueAtMs, type Schedule } from './schedule.ts'

export interface PaintResult {
  /** Ids of the placements, by click. */
  readonly acknowledged: Map<number, string>
  readonly refused: Map<string, number>
  /** Answers other than an acknowledgement, by code, including those after which a click was sent again. */
  readonly setbacks: Map<string, number>
  readonly latency: Record<number, number>
}

const countIn = (counts: Map<string, number>, code: string) => void counts.set(code, (counts.get(code) ?? 0) + 1)

const patienceMs = 60_000
const parallelTokens = 20

export const getTokens = async (urls: readonly string[], count: number): Promise<string[]> => {
  const tokens: string[] = []
  const work = async () => {
    while (tokens.length < count) {
      const index = tokens.push('') - 1
      const response = await fetchFrom(`${urls[index % urls.length]}/api/tokens`, { method: 'POST' })
      if (response.status !== 201) {
        throw new CommandFailure(
          `Painter ${index + 1} got no token (status ${response.status}). For a large crowd, start the server with RATE_LIMITS=off.`,
        )
      }
      tokens[index] = ((await response.json()) as { token: string }).token
    }
  }
  await Promise.all(Array.from({ length: parallelTokens }, work))
  return tokens
}

interface PaintOptions {
  readonly urls: readonly string[]
  readonly canvas: string
  readonly tokens: readonly string[]
  readonly schedule: Schedule
  /** Of the idempotency keys; `first` is the number of the first click. */
  readonly keys: { readonly runId: string; readonly first: number }
  readonly onProgress: (result: PaintResult) => void
  /** After this long a click is given up. */
  readonly giveUpAfterMs?: number
  readonly signal?: AbortSignal
}

export const paint = async (options: PaintOptions): Promise<PaintResult> => {
  const { schedule } = options
  const result: PaintResult = { acknowledged: new Map(), refused: new Map(), setbacks: new Map(), latency: {} }
  const progress = setInterval(() => options.onProgress(result), 1_000)
  const running: Promise<void>[] = []
  for (const [index, click] of schedule.clicks.entries()) {
    if (options.signal?.aborted) break
    const early = dueAtMs(schedule, index) - Date.now()
    if (early > 2) await wait(early)
    // Answers and the end of the step must get through while the clicks are late.
    else if (index % 32 === 0) await nextTurn()
    running.push(clickUntilAnswered(options, { index, click }, result))
  }
  await Promise.all(running)
  clearInterval(progress)
  return result
}

interface IndexedClick {
  readonly index: number
  readonly click: Click
}

const clickUntilAnswered = async (options: PaintOptions, { index, click }: IndexedClick, result: PaintResult) => {
  const due = dueAtMs(options.schedule, index)
  for (let attempt = 0; ; attempt++) {
    const { id, code, isFinal } = await send(options, { index, click }, attempt)
    if (id !== undefined) {
      result.acknowledged.set(index, id)
      countTime(result.latency, Date.now() - due)
      return
    }
    countIn(result.setbacks, code)
    if (isFinal || options.signal?.aborted || Date.now() - due > (options.giveUpAfterMs ?? patienceMs))
      return countIn(result.refused, isFinal ? code : 'no_answer')
    await wait(100)
  }
}

/** Another attempt may go to another server, because the key makes it safe. */
const send = async ({ urls, canvas, tokens, keys, signal }: PaintOptions, { index, click }: IndexedClick, attempt: number) => {
  try {
    const response = await fetchFrom(`${urls[(index + attempt) % urls.length]}/api/pixels`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens[index % tokens.length]}`,
        'idempotency-key': `${keys.runId}-${keys.first + index}`,
      },
      body: JSON.stringify({ canvas, ...click }),
      ...(signal && { signal }),
    })
    const { id, code = String(response.status) } = (await response.json()) as { id?: string; code?: string }
    return response.status === 201 && id ? { id, code } : { code, isFinal: response.status !== 503 && response.status !== 429 }
  } catch {
    // The pixel may be saved or not. The next attempt with the same key shows which.
    return { code: 'no_answer' }
  }
}
