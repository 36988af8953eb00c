/**
 * Disconnects clients that do not read their answers, because an unread answer holds memory and one of few slots. A client may read
 * nothing for a while, read a large answer slowly, or read for long, each within a limit.
 *
 * Time counts only while data is buffered for the client. Otherwise the answer is still being made.
 */
import type { ServerResponse } from 'node:http'

export const answerLimits = {
  silentMs: 30_000,
  /** For a large answer. A line of 64 kbit/s carries 8,000. */
  minBytesPerSecond: 3_500,
  windowMs: 30_000,
  totalMs: 600_000,
  checkEveryMs: 1_000,
} as const

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

export const createAnswerWatch = ({ now, silentMs = answerLimits.silentMs }: AnswerWatchOptions) => {
  const watched = new Map<ServerResponse, Watched>()
  let timer: NodeJS.Timeout | null = null

  const check = () => {
    timer = null
    for (const [response, entry] of watched) {
      const { socket } = response
      // A response without a socket waits behind another answer of its connection, which is also watched.
      if (!socket || !isTooSlow(entry, socketState(socket), { nowMs: now(), silentMs })) continue
      watched.delete(response)
      entry.onCutOff()
      socket.destroy()
    }
    if (watched.size > 0) start()
  }

  const start = () => {
    timer = setTimeout(check, Math.min(answerLimits.checkEveryMs, silentMs / 3))
    timer.unref()
  }

  return {
    /** Until the response is closed. */
    watch(response: ServerResponse, options: { isLarge: boolean; onCutOff: () => void }) {
      const startedAtMs = now()
      const { takenBytes } = socketState(response.socket)
      watched.set(response, { ...options, startedAtMs, takenBytes: 0, takenAtMs: startedAtMs, window: { startedAtMs, takenBytes } })
      response.once('close', () => watched.delete(response))
      if (!timer) start()
    },
  }
}

export type AnswerWatch = ReturnType<typeof createAnswerWatch>

interface SocketState {
  readonly bufferedBytes: number
  readonly takenBytes: number
}

const socketState = (socket: ServerResponse['socket']): SocketState => {
  const bufferedBytes = socket?.writableLength ?? 0
  return { bufferedBytes, takenBytes: (socket?.bytesWritten ?? 0) - bufferedBytes }
}

/** Also notes how much the client has read. */
const isTooSlow = (
  entry: Watched,
  { bufferedBytes, takenBytes }: SocketState,
  { nowMs, silentMs }: { nowMs: number; silentMs: number },
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
