/**
 * Enumerates the states of a commit between sequencing and publication. The real `planRound` decides about a commit in each round, and the events
 * are all outcomes of an attempt. Each state must lead to `published` once failures stop.
 */
import { expect, test } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../lib/brand.ts'
import { maxAttempts } from '../../lib/dead-letter.ts'
import { isTombstone, planRound } from './plan-round.ts'

interface State {
  readonly cause: 'paint' | 'skipped'
  readonly attempts: number
  readonly inStream: boolean
  readonly published: boolean
}

/** More attempts change nothing, so the exploration ends here. */
const mostAttempts = maxAttempts + 3
const more = (state: State): State => ({ ...state, attempts: Math.min(mostAttempts, state.attempts + 1) })
const keyOf = (state: State) => JSON.stringify(state)

type Decision = 'tried' | 'paused' | 'exhausted'

const decide = ({ cause, attempts }: State, isPaused: boolean): Decision => {
  const commit = {
    id: asCommitId('commit-0'),
    canvas: asCanvasId('main'),
    epoch: asEpoch('epoch001'),
    tile: asTile(0),
    seq: asSeq(1),
    atMs: 1_000,
    pixels: [],
    cause,
    attempts,
  }
  const { usual, suspects, exhausted } = planRound([commit], () => isPaused)
  return exhausted.length > 0 ? 'exhausted' : usual.length + suspects.length > 0 ? 'tried' : 'paused'
}

/** The stores refuse to make a dead letter of a tombstone. */
const deadLettered = (state: State): State => {
  if (state.inStream) return { ...state, published: true }
  return isTombstone(state) ? state : { ...state, cause: 'skipped', attempts: 0 }
}

/** All outcomes of a round, with any failure. */
const everyOutcome = (state: State): State[] => {
  if (state.published) return []
  const outcomes: State[] = [{ ...state, attempts: 0 }]
  switch (decide(state, false)) {
    case 'tried': {
      const counted = more(state)
      // The commit was refused, or its process ended before the append. The transport failed, and the attempt was taken back. The process ended
      // before the mark. The commit was published.
      outcomes.push(counted, state, { ...counted, inStream: true }, { ...counted, inStream: true, published: true })
      break
    }
    case 'exhausted':
      // The store or the stream does not answer. The commit is marked or becomes a dead letter. A publisher that was frozen appends it.
      outcomes.push(state, deadLettered(state), { ...state, inStream: true })
      break
    case 'paused':
      outcomes.push(state)
  }
  return outcomes
}

/** The outcome of a round without failures. */
const healthyOutcome = (state: State): State => {
  switch (decide(state, false)) {
    case 'tried':
      return { ...more(state), inStream: true, published: true }
    case 'exhausted':
      return deadLettered(state)
    case 'paused':
      return state
  }
}

const reachable = (): State[] => {
  const first: State = { cause: 'paint', attempts: 1, inStream: false, published: false }
  const found = new Map([[keyOf(first), first]])
  for (const state of found.values()) for (const next of everyOutcome(state)) found.set(keyOf(next), found.get(keyOf(next)) ?? next)
  return [...found.values()]
}

test('A2 every state of a commit leads to its publication once failures stop', () => {
  const states = reachable()
  expect(states.length).toBeGreaterThan(30)
  for (const state of states) {
    let now = state
    for (let round = 0; round < 3 && !now.published; round++) now = healthyOutcome(now)
    expect(now, `from ${keyOf(state)}`).toMatchObject({ published: true, inStream: true })
  }
})

test('A2 only a tombstone is paused, and only a commit with pixels becomes a dead letter', () => {
  for (const state of reachable().filter(({ published }) => !published)) {
    const decisions = [decide(state, false), decide(state, true)]
    if (isTombstone(state)) expect(decisions, keyOf(state)).not.toContain('exhausted')
    else expect(decisions, keyOf(state)).not.toContain('paused')
  }
})
