/**
 * The undos of a simulated run: each takes back a placement of its painter that stood at that moment, at most once, and restores what stood below.
 * It folds the log again by lists, without the fold of `lib/`. Returns each violation as a sentence.
 */
import type { PlacementId, Position } from '../lib/brand.ts'
import { placementId, type SequencedCommit } from '../lib/commit.ts'
import { nobody } from '../lib/painter.ts'
import type { SimulatedUndo } from './simulated-painters.ts'

interface Standing {
  readonly id: PlacementId
  readonly atMs: number
  readonly by: string
  readonly color: number
}

export const checkUndos = (
  logs: Iterable<readonly SequencedCommit[]>,
  options: { undos: readonly SimulatedUndo[]; deadLetters: readonly SequencedCommit[]; background: number },
): string[] => {
  const { undos, deadLetters, background } = options
  const violations: string[] = []
  const undone = new Set<PlacementId>()
  /** Placements that became dead letters, and those whose undo became one. An undo of the former takes back nothing. */
  const excused = new Set(deadLetters.flatMap(({ id, pixels }) => pixels.map((_, index) => placementId(id, index))))
  const ofDeadUndos = undonesOf(deadLetters)
  for (const log of logs) {
    violations.push(...foldUndos(log, undone, background))
    for (const { id, tile, atMs, pixels } of log) {
      for (const [index, { position }] of pixels.entries()) {
        if (ofDeadUndos.has(`${tile}/${position}/${atMs}`)) excused.add(placementId(id, index))
      }
    }
  }
  for (const { isAcknowledged, placement } of undos) {
    if (isAcknowledged && !undone.has(placement) && !excused.has(placement)) violations.push(`U3 the undo of ${placement} is lost`)
  }
  const wanted = new Set(undos.map(({ placement }) => placement))
  for (const id of undone) if (!wanted.has(id)) violations.push(`U3 nobody wanted to undo ${id}`)
  return violations
}

/** What these commits undo: the tile, position and time of each placement. */
const undonesOf = (commits: readonly SequencedCommit[]) =>
  new Set(
    commits.flatMap(({ tile, pixels }) => pixels.flatMap(({ position, undoes }) => (undoes ? `${tile}/${position}/${undoes.atMs}` : []))),
  )

const foldUndos = (log: readonly SequencedCommit[], undone: Set<PlacementId>, background: number): string[] => {
  const violations: string[] = []
  const stacks = new Map<Position, Standing[]>()
  for (const { id, seq, atMs, cause, pixels } of log) {
    for (const [index, { position, color, by, undoes }] of pixels.entries()) {
      const stack = stacks.get(position) ?? []
      stacks.set(position, stack)
      if (cause === 'paint') stack.push({ id: placementId(id, index), atMs, by, color })
      if (cause !== 'undo') continue
      const top = stack.at(-1)
      if (top && top.atMs === undoes?.atMs) {
        stack.pop()
        if (undone.has(top.id)) violations.push(`U5 ${top.id} is undone twice`)
        undone.add(top.id)
      } else if (undoes?.by !== nobody) violations.push(`U5 seq ${seq} undoes a placement that did not stand`)
      const below = stack.at(-1) ?? { color: background, by: nobody }
      if (below.color !== color || below.by !== by) {
        violations.push(`U4 seq ${seq} restores ${color} of ${by}, and ${below.color} of ${below.by} stands`)
      }
    }
  }
  return violations
}
