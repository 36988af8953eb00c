/**
 * Which of the commits that wait are tried together, which alone, and which not any more.
 *
 * A commit that kills its process takes the whole batch down with it, and nobody is left to tell which one it was. So attempts are counted
 * before each try, and what has been tried a few times goes alone: its neighbours get through, and it fails by itself.
 *
 * A tombstone cannot be set aside: its tile's log goes on only after it. So it is tried for ever, with pauses.
 */
import { maxAttempts, suspectFrom } from '../../lib/dead-letter.ts'
import { tileKey } from '../../lib/tile-key.ts'
import type { UnpublishedCommit } from '../store/port.ts'

export interface Round {
  /** To be tried in one call. */
  readonly usual: readonly UnpublishedCommit[]
  /** Each to be tried in a call of its own; at most one of a tile, because the next ones would be a gap. */
  readonly suspects: readonly UnpublishedCommit[]
  /** Tried often enough, to be set aside. */
  readonly hopeless: readonly UnpublishedCommit[]
  /** They cannot be decoded, so their tiles wait for an operator. At most one of a tile. */
  readonly unreadable: readonly UnpublishedCommit[]
  /** Something waits behind a suspect: the next round should not be put off. */
  readonly more: boolean
}

/** Whether a commit can only be published: it takes the place of one that was set aside. */
export const isTombstone = ({ cause }: Pick<UnpublishedCommit, 'cause'>) => cause === 'skipped'

type Blocker = 'suspect' | 'hopeless' | 'paused' | 'unreadable'

/**
 * `commits` as the store gives them: of each tile the first ones, by seq. What comes after a suspect waits for the next round.
 * `isPaused` says whether the next try of a tombstone is not due yet.
 */
export const planRound = (
  commits: readonly UnpublishedCommit[],
  isPaused: (tombstone: UnpublishedCommit) => boolean = () => false,
): Round => {
  const usual: UnpublishedCommit[] = []
  const suspects: UnpublishedCommit[] = []
  const hopeless: UnpublishedCommit[] = []
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
      blocked.set(tile, 'hopeless')
      hopeless.push(commit)
    } else if (isPaused(commit)) {
      blocked.set(tile, 'paused')
    } else {
      blocked.set(tile, 'suspect')
      suspects.push(commit)
    }
  }
  return { usual, suspects, hopeless, unreadable, more }
}
