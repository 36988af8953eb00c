/**
 * Checkpoints, beside the writer. One carries what the write-ahead log holds into the database file and syncs both, which takes tenths of a second
 * on a slow disk. The writer would do that between two commits; a passive one in another thread waits for nobody and keeps no commit waiting
 * (https://sqlite.org/c3ref/wal_checkpoint_v2.html). A page that is written often goes over once, so it is done when it is worth it, and not at each turn.
 */
import type { DatabaseSync } from 'node:sqlite'

/** About so many pages are carried over at a time. */
const pagesAtOnce = 2_000
const rest = { minMs: 250, maxMs: 4_000 }

/** How long to wait after a checkpoint, from how long was waited before it and what it carried over. */
export const nextRestMs = (restMs: number, pages: number) =>
  Math.round(Math.max(rest.minMs, Math.min(rest.maxMs, (restMs * pagesAtOnce) / Math.max(1, pages))))

/** Goes on until its thread ends, and does not keep it. */
export const keepCheckpointing = (database: DatabaseSync) => {
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  let restMs = rest.minMs
  /** Pages of the log that are in the database already. */
  let done = 0
  const step = () => {
    try {
      const now = Number(checkpoint.get()?.['checkpointed'] ?? 0)
      // Less than before: the log has begun anew.
      restMs = nextRestMs(restMs, now < done ? now : now - done)
      done = now
    } catch {
      // The disk is full or gone, or the database is closed. The writer meets that, too, and tells of it.
      restMs = rest.maxMs
    }
    setTimeout(step, restMs).unref()
  }
  setTimeout(step, restMs).unref()
}
