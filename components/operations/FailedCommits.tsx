'use client'
/** The commits that could not be published: those that block their tiles, and the dead letters. `at` is the overview's time. */
import { controlKind, controlTile } from '../../lib/control-log.ts'
import { ConfirmDialog } from './ConfirmDialog.tsx'
import { Table } from './Table.tsx'
import { useOperationsWords } from './use-operations-words.ts'
import type { OutboxActions } from './use-outbox.ts'

const button = 'h-7 rounded-button border border-line px-2.5 hover:bg-ink/6 disabled:opacity-60'

/** A kind of entry that this version does not know. */
const isOfNewerVersion = (kind: string) => kind !== 'pixels' && kind !== controlKind

const useCommitName = () => {
  const { t } = useOperationsWords()
  return ({ tile, cause, ...place }: { canvas: string; tile: number; seq: number; cause?: string }) => {
    const isTombstone = cause === 'skipped'
    if (tile === controlTile) return t(isTombstone ? 'commit.changeTombstone' : 'commit.change', place)
    return t(isTombstone ? 'commit.tombstone' : 'commit.plain', { ...place, tile })
  }
}

const Reason = ({ error }: { error: string | null }) => {
  const { t } = useOperationsWords()
  const text = error ?? t('commit.noError')
  return (
    <span className="ml-auto block max-w-[48ch] truncate font-sans" title={text}>
      {text}
    </span>
  )
}

/** Renders nothing while no tile is stuck. */
export const StuckCommits = ({ at, outbox: { stuck, isBusy, retryStuck } }: { at: string; outbox: OutboxActions }) => {
  const { t, number, duration } = useOperationsWords()
  const nameOf = useCommitName()
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
          nameOf({ canvas, tile, seq, cause }),
          <button key="retry" type="button" className={button} disabled={isBusy} onClick={() => retryStuck(id)}>
            {t('stuck.retry')}
          </button>,
          number(attempts),
          duration(Math.max(0, Date.parse(at) - Date.parse(since))),
          <Reason key="reason" error={error} />,
        ],
      }))}
    />
  )
}

/** Renders nothing while there are no dead letters. */
export const DeadLetters = ({ at, outbox: { dead, isBusy, retry, discard } }: { at: string; outbox: OutboxActions }) => {
  const { t, number, duration } = useOperationsWords()
  const nameOf = useCommitName()
  if (dead.length === 0) return null
  return (
    <Table
      title={t('deadLetters.title')}
      columns={[t('columns.commit'), '', t('columns.pixels'), t('columns.attempts'), t('columns.since'), t('columns.reason')]}
      wordColumns={2}
      wideOnly={[3, 5]}
      rows={dead.map(({ id, canvas, tile, seq, kind, pixelCount, attempts, error, diedAt }) => ({
        id,
        cells: [
          nameOf({ canvas, tile, seq }),
          <span key="actions" className="flex gap-2">
            <button
              type="button"
              className={button}
              disabled={isBusy || isOfNewerVersion(kind)}
              title={isOfNewerVersion(kind) ? t('deadLetters.newerVersion') : undefined}
              onClick={() => retry(id)}
            >
              {t(kind === controlKind ? 'deadLetters.announce' : 'deadLetters.retry')}
            </button>
            <ConfirmDialog
              title={kind === controlKind ? t('deadLetters.discardChangeTitle') : t('deadLetters.discardTitle', { pixels: pixelCount })}
              body={t(kind === controlKind ? 'deadLetters.discardChangeBody' : 'deadLetters.discardBody')}
              action={t('deadLetters.discard')}
              onYes={() => discard(id)}
            >
              <button type="button" className={`${button} text-sinopia`} disabled={isBusy}>
                {t('deadLetters.discard')}
              </button>
            </ConfirmDialog>
          </span>,
          kind === controlKind ? '–' : number(pixelCount),
          number(attempts),
          duration(Math.max(0, Date.parse(at) - Date.parse(diedAt))),
          <Reason key="reason" error={error} />,
        ],
      }))}
    />
  )
}
