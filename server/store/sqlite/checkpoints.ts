/**
 * Checkpoints in a thread beside the writer. A checkpoint copies pages of the write-ahead log into the database file and syncs both. That takes
 * tenths of a second on a slow disk. In the writer's thread it would delay a commit; a passive one in another thread delays none
 * (https://sqlite.org/c3ref/wal_checkpoint_v2.html). A page that is written often is copied once, so checkpoints are rare.
 */
import type { DatabaseSync } from 'node:sqlite'

/** The pages that a checkpoint should copy. */
const pagesAtOnce = 2_000
const pause = { minMs: 250, maxMs: 4_000 }

/** The pause after a checkpoint, from the pause before it and the pages that it copied. */
export const nextPauseMs = (pauseMs: number, pages: number) =>
  Math.round(Math.max(pause.minMs, Math.min(pause.maxMs, (pauseMs * pagesAtOnce) / Math.max(1, pages))))

/** Runs until its thread ends, and does not keep the thread running. */
export const keepCheckpointing = (database: DatabaseSync) => {
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  let pauseMs = pause.minMs
  /** Pages of the log that are in the database already. */
  let done = 0
  const step = () => {
    try {
      const now = Number(checkpoint.get()?.['checkpointed'] ?? 0)
      // Less than before: the log has restarted.
      pauseMs = nextPauseMs(pauseMs, now < done ? now : now - done)
      done = now
    } catch {
      // The disk is full or missing, or the database is closed. The writer fails, too, and reports it.
      pauseMs = pause.maxMs
    }
    setTimeout(step, pauseMs).unref()
  }
  setTimeout(step, pauseMs).unref()
}
