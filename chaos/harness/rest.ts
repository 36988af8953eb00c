/** When everything has come to rest: nothing waits for publication, and every client stands at the head. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { readBacklog, readHeads, type ShownCanvas, tilesOf } from './final-state.ts'
import type { Watcher } from './watcher.ts'

const settleWithinMs = 60_000
const tellEveryMs = 5_000

/** Waits until nothing waits for its publication and every client stands at the head. */
export const settle = async (options: {
  cluster: Cluster
  canvas: ShownCanvas
  watchers: readonly Watcher[]
  tell: (line: string) => void
}): Promise<boolean> => {
  const { cluster, canvas, watchers, tell } = options
  const until = performance.now() + settleWithinMs
  const url = cluster.urls[0] ?? ''
  for (let said = 0; performance.now() < until; await wait(50)) {
    // In this order: what no longer waits is in the heads.
    const backlog = await readBacklog(url).catch(() => null)
    const heads = await readHeads(url, tilesOf(canvas)).catch(() => null)
    if (backlog === null || heads === null) continue
    const behind = watchers.filter((watcher) => !watcher.isExact(heads))
    if (backlog === 0 && behind.length === 0) return true
    if (performance.now() - said > tellEveryMs) {
      said = performance.now()
      const stand = [...heads].map(([tile, seq]) => `${tile}:${seq}`).join(' ')
      tell(
        `        waiting: backlog ${backlog}, heads ${stand}; ${behind.map((watcher) => `client ${watcher.number} at ${watcher.seqs()}`).join(', ')}`,
      )
    }
  }
  return false
}
