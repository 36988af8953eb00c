'use client'
import { showMs } from '../../lib/verdict.ts'
import { operations } from '../../lib/words/en-operations.ts'
import { Table } from './Table.tsx'
import type { OutboxActs } from './use-outbox.ts'

const words = operations.stuck

/** What holds up a tile; nothing at all while no tile is stuck. `at` is the overview's time. */
export const StuckCommits = ({ at, outbox: { stuck, isBusy, retryStuck } }: { at: string; outbox: OutboxActs }) => {
  if (stuck.length === 0) return null
  return (
    <Table
      title={words.title}
      columns={words.columns}
      wordColumns={2}
      wideOnly={[2, 4]}
      rows={stuck.map(({ id, canvas, tile, seq, at: since, cause, attempts, error }) => ({
        id,
        cells: [
          words.place(canvas, tile, seq, cause === 'skipped'),
          <button
            key="retry"
            type="button"
            className="h-7 rounded-button border border-line px-2.5 hover:bg-ink/6 disabled:opacity-60"
            disabled={isBusy}
            onClick={() => retryStuck(id)}
          >
            {words.retry}
          </button>,
          attempts.toLocaleString('en'),
          showMs(Math.max(0, Date.parse(at) - Date.parse(since))),
          <span key="error" className="ml-auto block max-w-[48ch] truncate font-sans" title={error ?? words.silent}>
            {error ?? words.silent}
          </span>,
        ],
      }))}
    />
  )
}
