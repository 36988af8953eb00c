/**
 * Sorts the waiting commits into those that are appended together, appended alone, or not appended.
 *
 * A commit that ends its process fails the whole batch and leaves no error. After a few attempts each commit of the batch is therefore appended
 * alone, so that only the harmful one fails. A tombstone cannot become a dead letter, because its tile's log continues only after it. It is
 * tried until it is published, with pauses.
 */
import { maxAttempts, suspectFrom } from '../../lib/dead-letter.ts'
import { tileKey } from '../../lib/tile-key.ts'
import type { UnpublishedCommit } from '../store/port.ts'

export interface Round {
  /** Appended in one call. */
  readonly usual: readonly UnpublishedCommit[]
  /** Each is appended in a separate call. At most one of a tile, because the next ones would be a gap. */
  readonly suspects: readonly UnpublishedCommit[]
  /** Their attempts are used up, so they become dead letters. */
  readonly exhausted: readonly UnpublishedCommit[]
  /** They cannot be decoded, so their tiles wait for an operator. At most one of a tile. */
  readonly unreadable: readonly UnpublishedCommit[]
  /** Commits wait behind a suspect, so the next round starts at once. */
  readonly more: boolean
}

/** Whether the commit took the seq of a dead letter. */
export const isTombstone = ({ cause }: Pick<UnpublishedCommit, 'cause'>) => cause === 'skipped'

type Blocker = 'suspect' | 'exhausted' | 'paused' | 'unreadable'

/**
 * `commits`: of each tile the first unpublished ones, by seq. Those after a suspect wait for the next round.
 * `isPaused`: whether the next attempt of a tombstone is not due yet.
 */
export const planRound = (
  commits: readonly UnpublishedCommit[],
  isPaused: (tombstone: UnpublishedCommit) => boolean = () => false,
): Round => {
  const usual: UnpublishedCommit[] = []
  const suspects: UnpublishedCommit[] = []
  const exhausted: UnpublishedCommit[] = []
  const unreadable: UnpublishedCommit[] = []
  const begun = new Set<string>()
  const blocked = new Map<string, Blocker>()
  let more = false
  for (const commit of commits) {
    const tile = tileKey(commit)
    const isFirst = !begun.has(tile)
    begun.add(tile)
    if (blocked.has(tile)) {
      more ||= blocked.get(tile) === 'suspect'
    } else if (commit.isUnreadable) {
      blocked.set(tile, 'unreadable')
      if (isFirst) unreadable.push(commit)
    } else if (commit.attempts < suspectFrom) {
      usual.push(commit)
    } else if (!isFirst) {
      blocked.set(tile, 'suspect')
      more = true
    } else if (commit.attempts < maxAttempts) {
      blocked.set(tile, 'suspect')
      suspects.push(commit)
    } else if (!isTombstone(commit)) {
      blocked.set(tile, 'exhausted')
      exhausted.push(commit)
    } else if (isPaused(commit)) {
      blocked.set(tile, 'paused')
    } else {
      blocked.set(tile, 'suspect')
      suspects.push(commit)
    }
  }
  return { usual, suspects, exhausted, unreadable, more }
}
