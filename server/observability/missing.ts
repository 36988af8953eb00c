/**
 * Of the processes that are lost, those that nobody replaced: the only ones that an operator wants to hear of.
 *
 * A process that started after the last sign of a lost one, with the same roles, has taken its place; one newcomer takes one place. A newcomer that was
 * lost in its turn has taken a place all the same, or a process that dies and comes back all day would leave a row each time. So what is told is how many
 * fewer there are than there were.
 */
import type { Heartbeat } from '../store/signs-port.ts'

export const missingOf = ({ living, lost }: { living: readonly Heartbeat[]; lost: readonly Heartbeat[] }): Heartbeat[] => {
  const free = [...living, ...lost].sort((a, b) => a.startedAtMs - b.startedAtMs)
  return [...lost]
    .sort((a, b) => a.atMs - b.atMs)
    .filter(({ roles, atMs }) => {
      const place = free.findIndex((newcomer) => newcomer.startedAtMs > atMs && isSame(newcomer.roles, roles))
      if (place >= 0) free.splice(place, 1)
      return place < 0
    })
}

const isSame = (one: readonly string[], other: readonly string[]) => [...one].sort().join() === [...other].sort().join()
