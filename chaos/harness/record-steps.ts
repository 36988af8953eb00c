/** Records from the control log which steps of the schedule have run. */
import { asCanvasId, asSeq, type Seq } from '../../lib/brand.ts'
import { settingsOf } from '../../lib/canvas.ts'
import { canvasOfEntry, controlTile } from '../../lib/control-log.ts'
import { openAuditedStore } from '../../server/audit/open-audited.ts'
import { readConfig } from '../../server/config.ts'
import type { HistoryWriter } from '../history-checker/history.ts'
import type { Cluster } from './cluster.ts'

export const recordSteps = async (cluster: Cluster, history: HistoryWriter) => {
  const read = readConfig(cluster.directEnv)
  if (!read.ok) throw new Error(read.mistakes.join('\n'))
  const store = await openAuditedStore(read.config)
  try {
    const canvas = asCanvasId('main')
    const finished = new Set<string>()
    for (let after: Seq = asSeq(0); ; ) {
      const entries = await store.scanLog({ canvas, tile: controlTile, after, limit: 1_000 })
      for (const entry of entries) {
        const changed = canvasOfEntry(entry)
        if (!changed) continue
        const { announcement, finishedSteps } = settingsOf(changed)
        if (announcement?.id === entry.id) history.add({ k: 'stepRan', id: announcement.text, seq: entry.seq })
        for (const { id } of finishedSteps) finished.add(id)
      }
      const last = entries.at(-1)
      if (!last) break
      after = last.seq
    }
    for (const id of finished) history.add({ k: 'stepFinished', id })
    const stored = (await store.listCanvases()).find(({ id }) => id === canvas)
    for (const { id } of stored?.schedule ?? []) history.add({ k: 'stepWaits', id })
  } finally {
    await store.close()
  }
}
