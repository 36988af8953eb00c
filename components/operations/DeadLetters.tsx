'use client'
import { showMs } from '../../lib/verdict.ts'
import { operations } from '../../lib/words/en-operations.ts'
import { Question } from './Question.tsx'
import { Table } from './Table.tsx'
import type { OutboxActs } from './use-outbox.ts'

const words = operations.deadLetters
const button = 'h-7 rounded-button border border-line px-2.5 hover:bg-ink/6 disabled:opacity-60'

/** Nothing at all while nothing is set aside. `at` is the overview's time. */
export const DeadLetters = ({ at, outbox }: { at: string; outbox: OutboxActs }) => {
  const { dead, isBusy, retry, discard } = outbox
  if (dead.length === 0) return null
  return (
    <Table
      title={words.title}
      columns={words.columns}
      wordColumns={2}
      wideOnly={[3, 5]}
      rows={dead.map(({ id, canvas, tile, seq, pixelCount, attempts, error, diedAt }) => ({
        id,
        cells: [
          words.place(canvas, tile, seq),
          <span key="acts" className="flex gap-2">
            <button type="button" className={button} disabled={isBusy} onClick={() => retry(id)}>
              {words.retry}
            </button>
            <Question {...words.discardQuestion(pixelCount)} action={words.discard} onYes={() => discard(id)}>
              <button type="button" className={`${button} text-sinopia`} disabled={isBusy}>
                {words.discard}
              </button>
            </Question>
          </span>,
          pixelCount.toLocaleString('en'),
          attempts,
          showMs(Math.max(0, Date.parse(at) - Date.parse(diedAt))),
          <span key="error" className="ml-auto block max-w-[48ch] truncate font-sans" title={error ?? words.silent}>
            {error ?? words.silent}
          </span>,
        ],
      }))}
    />
  )
}
