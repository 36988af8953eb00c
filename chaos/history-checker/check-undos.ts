/**
 * Undos against the log. An acknowledged undo has taken its placement back, which never stands again; an undo restores the color and the owner of what
 * stood below; and nothing is undone that nobody wanted to undo. The fold is implemented here again on purpose.
 */
import type { Findings } from './findings.ts'
import type { History } from './history.ts'
import { type Logs, partsOf } from './logs.ts'
import type { TileLog } from './tile-log.ts'

export interface UndoCounts {
  /** Undone placements in the log, and those that were acknowledged as undone. */
  readonly undone: number
  readonly acknowledgedUndos: number
}

/** Placements of each painter that were undone, by the painter's index: their charges came back. */
export const countUndone = ({ tiles, painters }: Logs): Uint32Array => {
  const counts = new Uint32Array(painters.size)
  for (const log of tiles.values()) {
    for (const { top } of undosIn(log)) {
      const painter = top === null ? undefined : log.pixel(top).painter
      if (painter !== undefined) counts[painter] = (counts[painter] ?? 0) + 1
    }
  }
  return counts
}

/** Each undone pixel with the index of the placement that stood there, null for none, and of what stands since. */
function* undosIn(log: TileLog): Generator<{ index: number; top: number | null; below: number | null }> {
  // Only the positions that have undos take memory.
  const standing = new Map<number, number[]>()
  for (const { cause, index } of pixelsIn(log)) if (cause === 'undo') standing.set(log.pixel(index).position, [])
  for (const { cause, index } of pixelsIn(log)) {
    const stack = standing.get(log.pixel(index).position)
    if (cause === 'paint') stack?.push(index)
    else if (cause === 'undo') yield { index, top: stack?.pop() ?? null, below: stack?.at(-1) ?? null }
  }
}

function* pixelsIn(log: TileLog) {
  for (let seq = 1; seq <= log.head; seq++) {
    const [start, end] = log.range(seq)
    for (let index = start; index < end; index++)
      yield { cause: log.causes[seq - 1], index, id: () => `${log.ids[seq - 1]}.${index - start}` }
  }
}

export const checkUndos = (history: History, logs: Logs, findings: Findings): UndoCounts => {
  const undone = new Set<string>()
  for (const log of logs.tiles.values()) for (const id of checkTile(log, logs, findings)) undone.add(id)
  const wanted = new Set<string>()
  let acknowledgedUndos = 0
  for (const entry of history()) {
    if (entry.k === 'undoing') for (const id of entry.ids) wanted.add(id)
    if (entry.k !== 'undone') continue
    for (const id of entry.ids) {
      acknowledgedUndos++
      if (!undone.has(id) && !logs.dead.has(partsOf(id).commit) && !mayBeDead(logs))
        findings.add('lost', `${id} was undone and still stands`)
    }
  }
  for (const id of undone) if (!wanted.has(id)) findings.add('ghost', `${id} was undone, and nobody wanted that`)
  return { undone: undone.size, acknowledgedUndos }
}

/** The commit of an undo can become a dead letter, too. */
const mayBeDead = ({ dead }: Logs) => dead.size > 0

const checkTile = (log: TileLog, { canvas, painters, dead }: Logs, findings: Findings): string[] => {
  const undone: string[] = []
  const named = new Set([...undosIn(log)].flatMap(({ index, top }) => [index, top ?? index]))
  const ids = new Map<number, string>()
  for (const { index, id } of pixelsIn(log)) if (named.has(index)) ids.set(index, id())
  const nobody = painters.get('')
  for (const { index, top, below } of undosIn(log)) {
    const where = `tile ${log.tile}, undo ${ids.get(index)}`
    if (top === null) {
      // A dead letter is not in the log.
      if (dead.size === 0) findings.add('ghost', `${where}: nothing stood there`)
      continue
    }
    undone.push(ids.get(top) ?? '')
    const { color, painter } = log.pixel(index)
    const expected = below === null ? { color: canvas.background, painter: nobody } : log.pixel(below)
    if (dead.size === 0 && (color !== expected.color || painter !== expected.painter))
      findings.add('torn', `${where}: it restored ${color}, and ${expected.color} stood below`)
  }
  return undone
}
