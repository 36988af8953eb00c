'use client'
import { ConfirmDialog } from './ConfirmDialog.tsx'
import { Table } from './Table.tsx'
import { useOperationsWords } from './use-operations-words.ts'
import type { OutboxActions } from './use-outbox.ts'

const button = 'h-7 rounded-button border border-line px-2.5 hover:bg-ink/6 disabled:opacity-60'

/** Renders nothing while there are no dead letters. `at` is the overview's time. */
export const DeadLetters = ({ at, outbox }: { at: string; outbox: OutboxActions }) => {
  const { t, number, duration } = useOperationsWords()
  const { dead, isBusy, retry, discard } = outbox
  if (dead.length === 0) return null
  return (
    <Table
      title={t('deadLetters.title')}
      columns={[t('columns.commit'), '', t('columns.pixels'), t('columns.attempts'), t('columns.since'), t('columns.reason')]}
      wordColumns={2}
      wideOnly={[3, 5]}
      rows={dead.map(({ id, canvas, tile, seq, pixelCount, attempts, error, diedAt }) => ({
        id,
        cells: [
          t('commit.plain', { canvas, tile, seq }),
          <span key="actions" className="flex gap-2">
            <button type="button" className={button} disabled={isBusy} onClick={() => retry(id)}>
              {t('deadLetters.retry')}
            </button>
            <ConfirmDialog
              title={t('deadLetters.discardTitle', { pixels: pixelCount })}
              body={t('deadLetters.discardBody')}
              action={t('deadLetters.discard')}
              onYes={() => discard(id)}
            >
              <button type="button" className={`${button} text-sinopia`} disabled={isBusy}>
                {t('deadLetters.discard')}
              </button>
            </ConfirmDialog>
          </span>,
          number(pixelCount),
          number(attempts),
          duration(Math.max(0, Date.parse(at) - Date.parse(diedAt))),
          <span key="error" className="ml-auto block max-w-[48ch] truncate font-sans" title={error ?? t('commit.noError')}>
            {error ?? t('commit.noError')}
          </span>,
        ],
      }))}
    />
  )
}
