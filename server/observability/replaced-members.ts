/**
 * Of the processes that are lost, those that nobody replaced: the only ones that an operator wants to hear of.
 *
 * A process that started after the last sign of a lost one, with the same roles, has taken its place; one newcomer takes one place. A newcomer that was
 * lost in its turn has taken a place all the same, or a process that dies and comes back all day would leave a row each time. So what is told is how many
 * fewer there are than there were.
 */
import type { Heartbeat } from '../store/membership-port.ts'

interface Signs {
  readonly living: readonly Heartbeat[]
  readonly lost: readonly Heartbeat[]
}

/** Who took the place of each lost process; null where nobody did. */
const successorsOf = ({ living, lost }: Signs): { lost: Heartbeat; successor: Heartbeat | null }[] => {
  const free = [...living, ...lost].sort((a, b) => a.startedAtMs - b.startedAtMs)
  return [...lost]
    .sort((a, b) => a.atMs - b.atMs)
    .map((one) => {
      const place = free.findIndex(({ startedAtMs, roles }) => startedAtMs > one.atMs && isSame(roles, one.roles))
      return { lost: one, successor: place < 0 ? null : (free.splice(place, 1)[0] ?? null) }
    })
}

const isSame = (one: readonly string[], other: readonly string[]) => [...one].sort().join() === [...other].sort().join()

export const lostMembers = (signs: Signs): Heartbeat[] => successorsOf(signs).flatMap(({ lost, successor }) => (successor ? [] : [lost]))

/**
 * The ids of those whose place this process has, and of those whose place they had had. When it says goodbye they have to be forgotten with it: a process
 * that is stopped on purpose must not bring back the loss that it had made good.
 */
export const replacedMembers = (id: string, signs: Signs): string[] => {
  const successors = successorsOf(signs)
  const ids = [id]
  // Grows while it is walked through.
  for (const successorId of ids) {
    ids.push(...successors.flatMap(({ lost, successor }) => (successor?.id === successorId ? [lost.id] : [])))
  }
  return ids.slice(1)
}
