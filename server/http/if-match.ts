/** The revision in `If-Match`: whoever changes something names the revision that they have read. */
import { invalid } from '../../lib/refusal.ts'
import type { Parsed } from '../parse.ts'
import type { ApiRequest } from './exchange.ts'

/** With or without the quotation marks of an entity tag. */
const revPattern = /^(?:(\d{1,15})|"(\d{1,15})")$/

export const readRev = (request: ApiRequest): Parsed<number> => {
  const match = revPattern.exec(request.header('if-match') ?? '')
  if (match) return { ok: true, value: Number(match[1] ?? match[2]) }
  return { ok: false, refusal: invalid([{ path: 'If-Match', message: 'must be the rev that you have' }]) }
}
