/**
 * Names a failing request in its answer and in its log line, so that an operator finds the line. The name is always Fresco's own: one that a client
 * sends is not read. Requests that succeed have none.
 */
import { randomBytes } from 'node:crypto'
import type { Refusal } from '../lib/refusal.ts'

export const newRequestId = () => randomBytes(8).toString('hex')

/** A refusal with a name for its log line. */
export const named = (refusal: Refusal): Refusal & { readonly requestId: string } => ({ ...refusal, requestId: newRequestId() })
