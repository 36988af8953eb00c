/**
 * The ids of traces. Each commit has its own trace, whose ids are a hash of the commit's id. So every process makes its spans of the trace
 * without receiving anything from the others, and all take the same decision whether to trace the commit.
 */
import { hash } from 'node:crypto'

export interface TraceIds {
  readonly traceId: string
  readonly spanId: string
}

/** The ids of a commit's trace and of its root span. */
export const traceIdsOf = (commit: string): TraceIds => {
  const digest = hash('sha256', commit, 'hex')
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) }
}

/** Whether this part (0 to 1) of the traces includes the trace. Its id is a hash, so any of its digits are random. */
export const isSampled = (traceId: string, ratio: number) => Number.parseInt(traceId.slice(24), 16) < ratio * 2 ** 32

export interface ForeignSpan extends TraceIds {
  readonly isSampled: boolean
}

/** Reads the header `traceparent` (W3C Trace Context). Null if it is malformed: it comes from any client. */
export const parseTraceparent = (header: string | null): ForeignSpan | null => {
  const match = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/.exec(header ?? '')
  if (!match) return null
  const [, version, traceId = '', spanId = '', flags = '', more] = match
  if (version === 'ff' || (version === '00' && more !== '')) return null
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
