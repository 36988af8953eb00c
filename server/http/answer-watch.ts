/**
 * Cuts off clients that do not take their answers: those that take nothing, those that take a large answer too slowly, and those that
 * take too long in all. Whoever reads slowly would otherwise hold memory, and places of which there are few, for as long as it likes.
 *
 * Only time during which the client is waited for counts: an answer of which nothing is buffered is still being made.
 */
import type { ServerResponse } from 'node:http'

export const answerLimits = {
  silentMs: 30_000,
  /** Of a large answer. A line of 64 kbit/s takes 8,000. */
  minBytesPerSecond: 3_500,
  windowMs: 30_000,
  totalMs: 600_000,
  checkEveryMs: 1_000,
} as const

export interface AnswerWatch {
  /** Until the response is closed. */
  watch(response: ServerResponse, options: { isLarge: boolean; onCutOff: () => void }): void
}

interface Watched {
  readonly isLarge: boolean
  readonly onCutOff: () => void
  readonly startedAtMs: number
  takenBytes: number
  takenAtMs: number
  window: { startedAtMs: number; takenBytes: number }
}

export interface AnswerWatchOptions {
  readonly now: () => number
  readonly silentMs?: number
}

export const createAnswerWatch = ({ now, silentMs = answerLimits.silentMs }: AnswerWatchOptions): AnswerWatch => {
  const watched = new Map<ServerResponse, Watched>()
  let timer: NodeJS.Timeout | null = null

  const isTooSlow = (
    entry: Watched,
    { bufferedBytes, takenBytes, nowMs }: { bufferedBytes: number; takenBytes: number; nowMs: number },
  ) => {
    if (nowMs - entry.startedAtMs >= answerLimits.totalMs) return true
    if (takenBytes > entry.takenBytes || bufferedBytes === 0) {
      entry.takenBytes = takenBytes
      entry.takenAtMs = nowMs
    }
    if (nowMs - entry.takenAtMs >= silentMs) return true
    if (bufferedBytes === 0) entry.window = { startedAtMs: nowMs, takenBytes }
    const { window } = entry
    if (nowMs - window.startedAtMs < answerLimits.windowMs) return false
    entry.window = { startedAtMs: nowMs, takenBytes }
    return entry.isLarge && takenBytes - window.takenBytes < ((nowMs - window.startedAtMs) / 1_000) * answerLimits.minBytesPerSecond
  }

  const check = () => {
    const nowMs = now()
    for (const [response, entry] of watched) {
      const { socket } = response
      // Without a socket it waits behind another answer of its connection, which is watched.
      if (!socket) continue
      const bufferedBytes = socket.writableLength
      if (!isTooSlow(entry, { bufferedBytes, takenBytes: socket.bytesWritten - bufferedBytes, nowMs })) continue
      watched.delete(response)
      entry.onCutOff()
      socket.destroy()
    }
    if (watched.size > 0) start()
  }

  const start = () => {
    timer = setTimeout(
      () => {
        timer = null
        check()
      },
      Math.min(answerLimits.checkEveryMs, silentMs / 3),
    )
    timer.unref()
  }

  return {
    watch(response, { isLarge, onCutOff }) {
      const nowMs = now()
      const takenBytes = 0
      watched.set(response, {
        isLarge,
        onCutOff,
        startedAtMs: nowMs,
        takenBytes,
        takenAtMs: nowMs,
        window: { startedAtMs: nowMs, takenBytes: (response.socket?.bytesWritten ?? 0) - (response.socket?.writableLength ?? 0) },
      })
      response.once('close', () => watched.delete(response))
      if (!timer) start()
    },
  }
}
