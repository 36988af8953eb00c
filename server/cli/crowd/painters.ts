/**
 * The painters: guests with tokens who click when it is their turn, over HTTP. A click without a clear answer is sent again with the
 * same `Idempotency-Key` until there is one, so that what was acknowledged is known exactly.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { CommandFailure } from '../command.ts'
import { Histogram } from './histogram.ts'
import { type Click, dueAtMs, type Schedule } from './schedule.ts'

export interface PaintResult {
  /** Ids of the placements, by click. */
  readonly acknowledged: Map<number, string>
  readonly refused: Map<string, number>
  /** Answers other than an acknowledgement, by code, also those after which a click was sent again. */
  readonly setbacks: Map<string, number>
  readonly latency: Histogram
}

const countIn = (counts: Map<string, number>, code: string) => void counts.set(code, (counts.get(code) ?? 0) + 1)

const giveUpAfterMs = 60_000
const parallelTokens = 20

export const getTokens = async (urls: readonly string[], count: number): Promise<string[]> => {
  const tokens: string[] = []
  const work = async () => {
    while (tokens.length < count) {
      const index = tokens.push('') - 1
      const response = await fetch(`${urls[index % urls.length]}/api/tokens`, { method: 'POST' })
      if (response.status !== 201) {
        throw new CommandFailure(
          `Painter ${index + 1} got no token (status ${response.status}). For a large crowd start the server with RATE_LIMITS=off.`,
        )
      }
      tokens[index] = ((await response.json()) as { token: string }).token
    }
  }
  await Promise.all(Array.from({ length: parallelTokens }, work))
  return tokens
}

export const paint = async (options: {
  urls: readonly string[]
  canvas: string
  tokens: readonly string[]
  schedule: Schedule
  runId: string
  onProgress: (result: PaintResult) => void
}): Promise<PaintResult> => {
  const { urls, canvas, tokens, schedule, runId } = options
  const result: PaintResult = { acknowledged: new Map(), refused: new Map(), setbacks: new Map(), latency: new Histogram() }
  const progress = setInterval(() => options.onProgress(result), 1_000)

  const click = async (index: number, { gx, gy, color }: Click) => {
    const due = dueAtMs(schedule, index)
    for (let attempt = 0; ; attempt++) {
      // After a failure another server may answer: the key makes it safe.
      const url = urls[(index + attempt) % urls.length]
      try {
        const response = await fetch(`${url}/api/pixels`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${tokens[index % tokens.length]}`,
            'idempotency-key': `${runId}-${index}`,
          },
          body: JSON.stringify({ canvas, gx, gy, color }),
        })
        const body = (await response.json()) as { id?: string; code?: string }
        if (response.status === 201 && body.id) {
          result.acknowledged.set(index, body.id)
          result.latency.add(Date.now() - due)
          return
        }
        const code = body.code ?? String(response.status)
        countIn(result.setbacks, code)
        if (response.status !== 503 && response.status !== 429) {
          countIn(result.refused, code)
          return
        }
      } catch {
        // No answer: the pixel may be saved or not, and the same key finds out.
        countIn(result.setbacks, 'no_answer')
      }
      if (Date.now() - due > giveUpAfterMs) {
        countIn(result.refused, 'no_answer')
        return
      }
      await wait(100)
    }
  }

  const running: Promise<void>[] = []
  for (const [index, each] of schedule.clicks.entries()) {
    const early = dueAtMs(schedule, index) - Date.now()
    if (early > 2) await wait(early)
    running.push(click(index, each))
  }
  await Promise.all(running)
  clearInterval(progress)
  return result
}
