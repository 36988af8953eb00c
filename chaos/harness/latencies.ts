/** From sending a pixel to showing it, for every pixel and every client that received it, by the time of sending. */
import type { Entry, History } from '../history-checker/history.ts'

export interface Phase {
  readonly name: string
  /** By the recorder's clock, in milliseconds. */
  readonly fromMs: number
  readonly toMs: number
}

export interface PhaseLatencies {
  readonly name: string
  /** Acknowledged pixels that were sent in this phase. */
  readonly placed: number
  /** Of all these pixels at all clients, in milliseconds. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly mostMs: number
}

interface Wished {
  readonly at: number
  readonly tile: number
  readonly seq: number
}

/** A frame that a client applied: from then on the client shows everything up to `to`. */
interface Applied {
  readonly at: number
  readonly from: number
  readonly to: number
}

const appliedOf = (entry: Entry): (Applied & { client: string }) | null => {
  if ((entry.k !== 'frame' && entry.k !== 'commit') || entry.did !== 'applied' || entry.at === undefined) return null
  const { from, to } = entry.k === 'frame' ? entry : { from: entry.seq, to: entry.seq }
  return { client: `${entry.w}/${entry.tile}`, at: entry.at, from, to }
}

const read = (history: History) => {
  const wishedAt = new Map<number, number>()
  const opOf = new Map<string, number>()
  const applied = new Map<string, Applied[]>()
  const wished: Wished[] = []
  for (const entry of history()) {
    if (entry.k === 'attempt') wishedAt.set(entry.op, entry.at)
    if (entry.k === 'acknowledged') for (const id of entry.ids) if (id !== null) opOf.set(id, entry.op)
    // The log comes last.
    if (entry.k === 'logged') {
      for (const [, , , , id] of entry.pixels) {
        const at = wishedAt.get(opOf.get(id) ?? 0)
        if (at !== undefined) wished.push({ at, tile: entry.tile, seq: entry.seq })
      }
    }
    const frame = appliedOf(entry)
    if (!frame) continue
    const frames = applied.get(frame.client) ?? []
    frames.push(frame)
    applied.set(frame.client, frames)
  }
  return { wished, applied }
}

/** The frame that contained a seq. A seq that came with a board has none. */
const bringing = (frames: readonly Applied[], seq: number): Applied | null => {
  let [low, high] = [0, frames.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((frames[middle]?.to ?? 0) < seq) low = middle + 1
    else high = middle
  }
  const frame = frames[low]
  return frame && frame.from <= seq ? frame : null
}

export const latenciesIn = (history: History, phases: readonly Phase[]): PhaseLatencies[] => {
  const { wished, applied } = read(history)
  const clients = [...applied].map(([client, frames]) => ({ tile: Number(client.split('/')[1]), frames }))
  return phases.map(({ name, fromMs, toMs }) => {
    const here = wished.filter(({ at }) => at >= fromMs && at < toMs)
    const latencies = here.flatMap(({ at, tile, seq }) =>
      clients.flatMap((client) => {
        const frame = client.tile === tile ? bringing(client.frames, seq) : null
        return frame ? [frame.at - at] : []
      }),
    )
    const sorted = Float64Array.from(latencies).sort()
    const quantile = (part: number) => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
    return { name, placed: here.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99), mostMs: quantile(1) }
  })
}
