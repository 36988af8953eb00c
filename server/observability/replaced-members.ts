/**
 * Finds the lost processes without a replacement, which `/admin` shows.
 *
 * A process replaces a lost one if it has the same roles and started after the lost one's last heartbeat. Each process replaces one. A
 * replacement that is lost later still counts, so a process that crashes repeatedly leaves one row and not many.
 */
import type { Heartbeat } from '../store/membership-port.ts'

interface Heartbeats {
  readonly alive: readonly Heartbeat[]
  readonly lost: readonly Heartbeat[]
}

/** The replacement of each lost process, or null. */
const successorsOf = ({ alive, lost }: Heartbeats): { lost: Heartbeat; successor: Heartbeat | null }[] => {
  const free = [...alive, ...lost].sort((a, b) => a.startedAtMs - b.startedAtMs)
  return [...lost]
    .sort((a, b) => a.atMs - b.atMs)
    .map((one) => {
      const place = free.findIndex(({ startedAtMs, roles }) => startedAtMs > one.atMs && isSame(roles, one.roles))
      return { lost: one, successor: place < 0 ? null : (free.splice(place, 1)[0] ?? null) }
    })
}

const isSame = (one: readonly string[], other: readonly string[]) => [...one].sort().join() === [...other].sort().join()

export const lostMembers = (heartbeats: Heartbeats): Heartbeat[] =>
  successorsOf(heartbeats).flatMap(({ lost, successor }) => (successor ? [] : [lost]))

/**
 * The ids of the processes that this one replaced, directly or through others. Their heartbeats are removed together with its own.
 * Otherwise a process that is stopped on purpose would show the loss that it had replaced.
 */
export const replacedMembers = (id: string, heartbeats: Heartbeats): string[] => {
  const successors = successorsOf(heartbeats)
  const ids = [id]
  // The list grows during the loop.
  for (const successorId of ids) {
    ids.push(...successors.flatMap(({ lost, successor }) => (successor?.id === successorId ? [lost.id] : [])))
  }
  return ids.slice(1)
}
