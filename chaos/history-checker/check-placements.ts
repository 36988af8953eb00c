/**
 * Attempts and answers against the log (A1, A5). An acknowledged placement is in the log once, as it was answered; a refused one is not;
 * a batch is there as a whole or not at all; no painter spent more charges than they had; each pixel has the order of its answers.
 */
import { countUndone } from './check-undos.ts'
import type { Findings } from './findings.ts'
import type { Entry, History, WantedPixel } from './history.ts'
import { type Logs, partsOf, pointToTile } from './logs.ts'
import type { TileLog } from './tile-log.ts'

type Attempt = Extract<Entry, { k: 'attempt' }>

export interface PlacementCounts {
  attempted: number
  acknowledged: number
  refused: number
  unknown: number
  /** Acknowledged, and a dead letter since then. */
  deadLettered: number
}

interface Times {
  first: number
  last: number
}

const keyOf = (by: string, [gx, gy, color]: WantedPixel) => `${by} ${gx},${gy} ${color}`

export const checkPlacements = (history: History, logs: Logs, findings: Findings): PlacementCounts => {
  const counts: PlacementCounts = { attempted: 0, acknowledged: 0, refused: 0, unknown: 0, deadLettered: 0 }
  const pending = new Map<number, Attempt>()
  const times: Times = { first: Number.POSITIVE_INFINITY, last: 0 }
  for (const entry of history()) {
    if (entry.k === 'attempt') {
      pending.set(entry.op, entry)
      counts.attempted += entry.pixels.length
      times.first = Math.min(times.first, entry.at)
      times.last = Math.max(times.last, entry.at)
      continue
    }
    if (entry.k !== 'acknowledged' && entry.k !== 'refused') continue
    const attempt = pending.get(entry.op)
    if (!attempt) {
      findings.add('doubled', `attempt ${entry.op} was answered more than once, or never made`)
      continue
    }
    pending.delete(entry.op)
    if (entry.k === 'refused') counts.refused += attempt.pixels.length
    else {
      times.last = Math.max(times.last, entry.at)
      acknowledge(attempt, entry, { logs, findings, counts })
    }
  }
  for (const { pixels } of pending.values()) counts.unknown += pixels.length
  const spent = countSpent(logs)
  const strangers = matchUnknown(pending.values(), { logs, findings, spent })
  if (strangers.size > 0) nameStrangers(strangers, history, findings)
  checkCharges(spent, times, logs, findings)
  for (const log of logs.tiles.values()) checkRealTime(log, findings)
  return counts
}

const acknowledge = (
  attempt: Attempt,
  answer: Extract<Entry, { k: 'acknowledged' }>,
  { logs, findings, counts }: { logs: Logs; findings: Findings; counts: PlacementCounts },
) => {
  for (const [index, id] of answer.ids.entries()) {
    const wanted = attempt.pixels[index]
    if (id === null || !wanted) {
      counts.refused++
      continue
    }
    counts.acknowledged++
    const parts = partsOf(id)
    const found = logs.commits.get(parts.commit)
    const [start, end] = found?.log.range(found.seq) ?? [0, 0]
    const at = start + parts.index
    if (!found || at >= end) {
      if (logs.dead.has(parts.commit)) counts.deadLettered++
      else findings.add('lost', `${id} was acknowledged and is not in the log`)
      continue
    }
    const { log, seq } = found
    const { position, color, painter } = log.pixel(at)
    const place = pointToTile(logs.canvas, wanted[0], wanted[1])
    if (place.tile !== log.tile || place.position !== position || color !== wanted[2] || logs.painters.get(attempt.by) !== painter) {
      findings.add('torn', `${id} was acknowledged for ${wanted} of ${attempt.by}, and tile ${log.tile} seq ${seq} holds something else`)
    }
    if (log.answeredAt.at(at) > 0) findings.add('doubled', `${id} was acknowledged twice`)
    log.invokedAt.set(at, attempt.at)
    log.answeredAt.set(at, answer.at)
  }
}

/** Every pixel of a painter in the log. Rollbacks and dead letters have no painter. */
function* paintedIn({ tiles }: Logs) {
  for (const log of tiles.values()) {
    for (let seq = 1; seq <= log.head; seq++) {
      if (log.causes[seq - 1] !== 'paint') continue
      const [start, end] = log.range(seq)
      for (let index = start; index < end; index++) yield { log, index }
    }
  }
}

/** Placements of each painter that were not undone, by index. */
const countSpent = (logs: Logs) => {
  const spent = new Uint32Array(logs.painters.size)
  for (const { log, index } of paintedIn(logs)) {
    const { painter } = log.pixel(index)
    spent[painter] = (spent[painter] ?? 0) + 1
  }
  // A charge that came back twice would show as one placement more than the painter had charges for.
  for (const [painter, undone] of countUndone(logs).entries()) spent[painter] = (spent[painter] ?? 0) - undone
  return spent
}

/** A logged placement without an acknowledgement must belong to an attempt with an unknown outcome. Returns the others, and how often. */
const matchUnknown = (
  unknown: Iterable<Attempt>,
  { logs, findings, spent }: { logs: Logs; findings: Findings; spent: Uint32Array },
): Map<string, number> => {
  const names = [...logs.painters.keys()]
  const unanswered = new Map<string, number>()
  const { tileSize } = logs.canvas
  for (const { log, index } of paintedIn(logs)) {
    if (log.answeredAt.at(index) > 0) continue
    const { position, color, painter } = log.pixel(index)
    const gx = (log.tile % 256) * tileSize + (position % tileSize)
    const gy = Math.floor(log.tile / 256) * tileSize + Math.floor(position / tileSize)
    const key = keyOf(names[painter] ?? '', [gx, gy, color])
    unanswered.set(key, (unanswered.get(key) ?? 0) + 1)
  }
  for (const { op, by, pixels } of unknown) {
    let found = 0
    for (const pixel of pixels) {
      const key = keyOf(by, pixel)
      const left = unanswered.get(key) ?? 0
      if (left === 0) continue
      found++
      if (left === 1) unanswered.delete(key)
      else unanswered.set(key, left - 1)
    }
    const isExhausted = logs.canvas.cooldownMs > 0 && (spent[logs.painters.get(by) ?? -1] ?? 0) >= logs.canvas.charges
    if (found > 0 && found < pixels.length && !isExhausted && logs.dead.size === 0) {
      findings.add('torn', `of attempt ${op}, ${found} of ${pixels.length} pixels were saved`)
    }
  }
  return unanswered
}

/** Reports the origin of a placement that was not acknowledged. */
const nameStrangers = (strangers: ReadonlyMap<string, number>, history: History, findings: Findings) => {
  const attempts = new Map<number, string[]>()
  const fates = new Map<string, 'acknowledged' | 'refused' | 'unknown'>()
  for (const entry of history()) {
    if (entry.k === 'attempt') {
      const keys = entry.pixels.map((pixel) => keyOf(entry.by, pixel)).filter((key) => strangers.has(key))
      if (keys.length > 0) attempts.set(entry.op, keys)
    } else if (entry.k === 'acknowledged' || entry.k === 'refused' || entry.k === 'unknown') {
      for (const key of attempts.get(entry.op) ?? []) if (fates.get(key) !== 'acknowledged') fates.set(key, entry.k)
    }
  }
  for (const [key, count] of strangers) {
    const fate = fates.get(key)
    if (fate === 'acknowledged' || fate === 'unknown')
      findings.add('doubled', `${key} is in the log ${count} times more than it was wanted`)
    else if (fate === 'refused') findings.add('ghost', `${key} was refused and is in the log`)
    else findings.add('ghost', `${key} is in the log without an intent`)
  }
}

const checkCharges = (spent: Uint32Array, { first, last }: Times, { canvas, painters }: Logs, findings: Findings) => {
  if (canvas.cooldownMs === 0) return
  const most = canvas.charges + Math.floor(Math.max(0, last - first) / canvas.cooldownMs)
  for (const [by, painter] of painters) {
    const count = spent[painter] ?? 0
    if (count > most) findings.add('overspent', `${by} placed ${count} with ${most} charges`)
  }
}

/** Of two placements on one pixel, the one that was answered before the other was sent comes first in the log. */
const checkRealTime = (log: TileLog, findings: Findings) => {
  const begun = new Float64Array(log.cells)
  const [, end] = log.range(1, log.head)
  for (let index = 0; index < end; index++) {
    const answered = log.answeredAt.at(index)
    if (answered === 0) continue
    const { position } = log.pixel(index)
    const latest = begun[position] ?? 0
    if (answered < latest) findings.add('outOfOrder', `tile ${log.tile} position ${position}: what was answered before stands after`)
    begun[position] = Math.max(latest, log.invokedAt.at(index))
  }
}
