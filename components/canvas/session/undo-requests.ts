/**
 * Sends the undo of placements, one request after the other, until there is an answer. The newest placements go first, because an older
 * one of the same cell does not stand yet.
 */
import { maxBatchPixels } from '../../../lib/batch.ts'
import type { Answer, Api } from './api.ts'
import { backoffMs } from './backoff.ts'
import type { ProblemInfo, UndoAnswer } from './messages.ts'
import { keepTryingMs } from './placement-queue.ts'
import { Timer } from './timer.ts'
import type { Runtime } from './types.ts'

/** `answers`: one for each id, in order. `isAgain`: it was sent more than once, so the charges of an answer may be old. */
export type OnUndone = (ids: readonly string[], answers: readonly UndoAnswer[], isAgain: boolean) => void

interface Request {
  readonly ids: readonly string[]
  readonly startedAtMs: number
  readonly onUndone: OnUndone
  tries: number
}

const retry = { baseMs: 400, maxMs: 5_000 }

export class UndoRequests {
  readonly #runtime: Runtime
  readonly #api: Pick<Api, 'undo'>
  #requests: Request[] = []
  #isSending = false
  readonly #timer: Timer
  #disposed = false

  constructor(runtime: Runtime, api: Pick<Api, 'undo'>) {
    this.#runtime = runtime
    this.#api = api
    this.#timer = new Timer(runtime.timers)
  }

  /** `ids` in the order of painting. `onUndone` is called for each part of at most 256. */
  add(ids: readonly string[], startedAtMs: number, onUndone: OnUndone) {
    for (let end = ids.length; end > 0; end -= maxBatchPixels) {
      const part = ids.slice(Math.max(0, end - maxBatchPixels), end)
      this.#requests.push({ ids: part, startedAtMs, onUndone, tries: 0 })
    }
    this.#pump()
  }

  /** The server is reachable again. */
  wake() {
    this.#timer.clear()
    this.#pump()
  }

  clear() {
    this.#requests = []
  }

  dispose() {
    this.#disposed = true
    this.#timer.clear()
  }

  #pump() {
    const [request] = this.#requests
    if (request && !this.#isSending && !this.#disposed) void this.#send(request)
  }

  async #send(request: Request) {
    this.#isSending = true
    request.tries++
    const answer = temporarily(await this.#api.undo(request.ids))
    this.#isSending = false
    if (this.#disposed) return
    const isGivenUp = answer.kind === 'unreachable' && this.#runtime.now() - request.startedAtMs >= keepTryingMs
    if (answer.kind === 'unreachable' && !isGivenUp && this.#requests[0] === request) {
      const waitMs = Math.max(answer.retryAfterMs ?? 0, backoffMs(retry, request.tries, this.#runtime.random))
      return this.#timer.set(() => this.#pump(), waitMs)
    }
    if (this.#requests[0] === request) {
      this.#requests.shift()
      const answers = answer.kind === 'ok' ? answer.value : request.ids.map((): UndoAnswer => ({ ok: false, problem: problemOf(answer) }))
      request.onUndone(request.ids, answers, request.tries > 1)
    }
    this.#pump()
  }
}

/** What is temporarily unavailable for one placement is asked for again with all of them, because an undo is safe to repeat. */
const temporarily = (answer: Answer<readonly UndoAnswer[]>): Answer<readonly UndoAnswer[]> => {
  const waiting = answer.kind === 'ok' ? answer.value.find((one) => !one.ok && one.problem.code === 'unavailable') : undefined
  return waiting && !waiting.ok ? { kind: 'unreachable', retryAfterMs: waiting.problem.retryAfterMs, problem: 'unavailable' } : answer
}

const problemOf = (answer: { problem: ProblemInfo } | { problem: ProblemInfo['code'] | null }): ProblemInfo =>
  typeof answer.problem === 'object' && answer.problem !== null ? answer.problem : { code: 'unavailable', retryAfterMs: null }
