/** Shows admins the record of what staff did. */
import { type Act, actLimits } from '../../../lib/act.ts'
import type { Parsed } from '../../parse.ts'
import { badParameter } from '../../refusals.ts'
import { forAdmins } from '../callers.ts'
import { type Answer, json } from '../exchange.ts'
import { queryNumber } from '../params.ts'
import { problemAnswer } from '../problem.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'

export const actsRoutes = (parts: RouteParts): Route[] => [
  { method: 'GET', path: '/api/admin/acts', handle: forAdmins(parts.access.callers, (call) => list(parts, call)) },
]

const defaultPage = 50

const list = async ({ store }: RouteParts, { query }: Call): Promise<Answer> => {
  const limit = queryNumber(query, { name: 'limit', min: 1, max: actLimits.maxPage, fallback: defaultPage })
  if (!limit.ok) return problemAnswer(limit.refusal)
  const before = queryWord(query, { name: 'before', pattern: /^[0-9a-z]{1,40}$/, rule: 'must be the id of an act' })
  if (!before.ok) return problemAnswer(before.refusal)
  const kind = queryWord(query, { name: 'kind', pattern: /^[a-z_]{1,40}$/, rule: 'must be a kind of acts, such as canvas' })
  if (!kind.ok) return problemAnswer(kind.refusal)
  const target = queryWord(query, { name: 'target', pattern: /^[\w.-]{1,100}$/, rule: 'must be the target of an act, such as main' })
  if (!target.ok) return problemAnswer(target.refusal)
  // One more shows whether there are further acts.
  const found = await store.readActs({ before: before.value, limit: limit.value + 1, kind: kind.value, target: target.value })
  const acts = found.slice(0, limit.value)
  return json(200, { acts: acts.map(show), next: found.length > limit.value ? (acts.at(-1)?.id ?? null) : null })
}

const show = ({ id, atMs, ...act }: Act) => ({ id, at: new Date(atMs).toISOString(), ...act })

/** Null without the parameter. */
const queryWord = (
  query: URLSearchParams,
  { name, pattern, rule }: { name: string; pattern: RegExp; rule: string },
): Parsed<string | null> => {
  const text = query.get(name)
  return text === null || pattern.test(text) ? { ok: true, value: text } : { ok: false, refusal: badParameter(name, rule) }
}
