/**
 * Checks every Engine.IO connection once a second, and closes it if it does not read, joins no namespace, or takes too long to close
 * (A6). A client that was cut off connects again and resumes.
 */
import type { ThrottledWarnings } from '../observability/throttled-warnings.ts'
import { type Connection, terminate } from './connection.ts'

export const connectionBounds = {
  unsentBytes: 1_048_576,
  /** Without a namespace. */
  outsideMs: 10_000,
  closingMs: 2_000,
} as const

export interface CheckOptions {
  readonly throttledWarnings: ThrottledWarnings
  readonly monotonicNow: () => number
  readonly onSlowClient?: (() => void) | undefined
}

export const checkConnection = (connection: Connection, options: CheckOptions) => {
  const { engine } = connection
  const nowMs = options.monotonicNow()
  if (cutOffIfSlow(connection, options)) return
  if (engine.readyState === 'closing') connection.closingSinceMs ??= nowMs
  const isOver = (sinceMs: number | null, boundMs: number) => sinceMs !== null && nowMs - sinceMs >= boundMs
  const { outsideSinceMs, closingSinceMs } = connection
  if (isOver(outsideSinceMs, connectionBounds.outsideMs) || isOver(closingSinceMs, connectionBounds.closingMs)) terminate(connection)
}

/** Closes the connection if it has too much unread data. Returns whether it did. */
export const cutOffIfSlow = (connection: Connection, { throttledWarnings, onSlowClient }: CheckOptions) => {
  const bytes = unsentBytes(connection)
  if (bytes <= connectionBounds.unsentBytes) return false
  throttledWarnings.warn(connection.address, 'slow_client_cut_off', { bytes })
  onSlowClient?.()
  for (const poll of connection.polls) poll.destroy()
  terminate(connection)
  return true
}

/** Frames, pongs and answers to polls that Engine.IO or the operating system still holds. */
export const unsentBytes = ({ engine, polls }: Connection): number => {
  let bytes = engine.transport.socket?.bufferedAmount ?? 0
  for (const { data } of engine.writeBuffer) bytes += typeof data === 'string' ? data.length : 64
  for (const poll of polls) bytes += poll.writableEnded ? (poll.socket?.writableLength ?? 0) : 0
  return bytes
}
