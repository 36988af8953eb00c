/** The system is at rest when no commit waits for publication and every client is at the head. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { readLaggards } from './database.ts'
import { readBacklog, readCanvas, readHeads, type ShownCanvas, tilesOf } from './final-state.ts'
import type { Watcher } from './watcher.ts'

const restsWithinMs = 60_000
const printEveryMs = 5_000

/** Waits until no commit waits for publication and every client is at the head, for `quietMs` without a change. Returns whether that happened. */
export const rest = async (options: {
  cluster: Cluster
  watchers: readonly Watcher[]
  quietMs: number
  print: (line: string) => void
}): Promise<boolean> => {
  const { cluster, watchers, quietMs, print } = options
  const until = performance.now() + restsWithinMs
  const url = cluster.urls[0] ?? ''
  let printedMs = performance.now()
  let quiet = { heads: '', since: 0 }
  for (; performance.now() < until; await wait(50)) {
    // In this order: a commit that no longer waits is in the heads.
    const backlog = await readBacklog(url).catch(() => null)
    const changes = await readCanvas(url).catch(() => null)
    const heads = changes && (await readHeads(url, tilesOf(changes)).catch(() => null))
    if (backlog === null || heads === null || changes === null) continue
    const behind = watchers.filter((watcher) => !watcher.isExact(heads, changes.rev - 1))
    const shown = [...heads].map(([tile, seq]) => `${tile}:${seq}`).join(' ')
    if (backlog > 0 || behind.length > 0 || quiet.heads !== shown) quiet = { heads: shown, since: performance.now() }
    if (backlog === 0 && behind.length === 0 && performance.now() - quiet.since >= quietMs) return true
    if (performance.now() - printedMs < printEveryMs) continue
    printedMs = performance.now()
    const clients = behind.map((watcher) => `client ${watcher.number} at ${watcher.seqs()}`)
    print(`        waiting: backlog ${backlog}, heads ${shown}; ${clients.slice(0, 3).join(', ')}${clients.length > 3 ? ' …' : ''}`)
  }
  return false
}

/**
 * A projector that is killed inside a transaction blocks its tiles until MongoDB ends the transaction (decision 16): after a minute, and up to half
 * a minute later.
 */
const projectedWithinMs = 120_000

/** Waits until history and statistics have reached the heads. Returns the ones that have not. */
export const projected = async ({ cluster, canvas }: { cluster: Cluster; canvas: ShownCanvas }): Promise<string[]> => {
  const heads = await readHeads(cluster.urls[0] ?? '', tilesOf(canvas))
  const until = performance.now() + projectedWithinMs
  for (;;) {
    const laggards = await readLaggards(cluster, heads)
    if (laggards.length === 0 || performance.now() > until) return laggards
    await wait(500)
  }
}
