/**
 * Checks the changes of the canvas (A2, A3). Each raises `rev` by one and is one entry of the control log, so the entry with seq s has the rev s + 1.
 * A client that was told to reload skips the entries that its new canvas includes.
 */
import type { Findings } from './findings.ts'
import type { Entry, History } from './history.ts'

/** The log number of the control log, which the list of dead letters shows as its tile. */
export const controlLog = 65_536

type Change = Extract<Entry, { k: 'change' }>

/** Returns the number of acknowledged changes. */
export const checkChanges = (history: History, findings: Findings): number => {
  const acknowledged = new Set<number>()
  const seqs = new Map<number, number>()
  const ends = new Map<number, number>()
  const skipped: Change[] = []
  const dead = new Set<number>()
  let rev = 1

  const take = (change: Change) => {
    const { w, from, to, rev: changed, did } = change
    const stands = seqs.get(w) ?? 0
    const where = `client ${w} change ${from} to ${to}`
    if (to <= stands) findings.add('doubled', `${where} was applied at ${stands}`)
    else if (from !== stands + 1 || (did === 'applied' && to !== from)) findings.add('outOfOrder', `${where} was applied at ${stands}`)
    if (changed !== to + 1) findings.add('differing', `${where} has rev ${changed}`)
    if (did === 'skipped') skipped.push(change)
    seqs.set(w, Math.max(to, stands))
  }

  for (const entry of history()) {
    if (entry.k === 'change') take(entry)
    else if (entry.k === 'changesShown') ends.set(entry.w, entry.seq)
    else if (entry.k === 'finalRev') rev = entry.rev
    else if (entry.k === 'dead' && entry.tile === controlLog) dead.add(entry.seq)
    else if (entry.k === 'changed') {
      if (acknowledged.has(entry.rev)) findings.add('doubled', `rev ${entry.rev} was acknowledged for two changes`)
      acknowledged.add(entry.rev)
    }
  }
  for (const { w, from, to } of skipped) {
    for (let seq = from; seq <= to; seq++) if (!dead.has(seq)) findings.add('lost', `client ${w} did not get change ${seq}`)
  }
  const newest = Math.max(1, ...acknowledged)
  if (newest > rev) findings.add('lost', `the canvas has rev ${rev}, and ${newest} was acknowledged`)
  for (const [w, seq] of seqs) if (ends.get(w) !== seq) findings.add('differing', `client ${w} ends at change ${ends.get(w)}, not ${seq}`)
  for (const [w, seq] of ends) {
    if (seq < rev - 1) findings.add('lost', `client ${w} ends at change ${seq} of ${rev - 1}`)
    if (seq > rev - 1) findings.add('ghost', `client ${w} has change ${seq}, and the canvas has ${rev - 1}`)
  }
  return acknowledged.size
}
