'use client'
import { Table } from './Table.tsx'
import { useOperationsWords } from './use-operations-words.ts'
import type { OutboxActions } from './use-outbox.ts'

/** The commits that block their tiles. Renders nothing while no tile is stuck. `at` is the overview's time. */
export const StuckCommits = ({ at, outbox: { stuck, isBusy, retryStuck } }: { at: string; outbox: OutboxActions }) => {
  const { t, number, duration } = useOperationsWords()
  if (stuck.length === 0) return null
  return (
    <Table
      title={t('stuck.title')}
      columns={[t('columns.commit'), '', t('columns.attempts'), t('columns.since'), t('columns.reason')]}
      wordColumns={2}
      wideOnly={[2, 4]}
      rows={stuck.map(({ id, canvas, tile, seq, at: since, cause, attempts, error }) => ({
        id,
        cells: [
          t(cause === 'skipped' ? 'commit.tombstone' : 'commit.plain', { canvas, tile, seq }),
          <button
            key="retry"
            type="button"
            className="h-7 rounded-button border border-line px-2.5 hover:bg-ink/6 disabled:opacity-60"
            disabled={isBusy}
            onClick={() => retryStuck(id)}
          >
            {t('stuck.retry')}
          </button>,
          number(attempts),
          duration(Math.max(0, Date.parse(at) - Date.parse(since))),
          <span key="error" className="ml-auto block max-w-[48ch] truncate font-sans" title={error ?? t('commit.noError')}>
            {error ?? t('commit.noError')}
          </span>,
        ],
      }))}
    />
  )
}
