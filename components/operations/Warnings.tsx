import type { Overview } from '../../lib/overview.ts'
import { showMs } from '../../lib/verdict.ts'
import { operations } from '../../lib/words/en-operations.ts'

const words = operations.warnings

/** What requests show about mistakes in the setup, with the remedy; nothing at all while they show none. */
export const Warnings = ({ overview: { at, warnings } }: { overview: Overview }) => {
  if (warnings.length === 0) return null
  return (
    <section className="panel min-w-0 p-4 sm:p-5" aria-label={words.title}>
      <h2 className="text-[12.5px] text-muted">{words.title}</h2>
      <ul className="mt-2 flex flex-col gap-3">
        {warnings.map(({ code, detail, count, lastAt }) => (
          <li key={code}>
            <h3 className="font-medium">{words.words[code].title}</h3>
            <p className="max-w-[90ch]">{words.words[code].remedy}</p>
            <p className="numbers mt-0.5 break-all text-[12.5px] text-muted">
              {words.seen(count, showMs(Math.max(0, Date.parse(at) - Date.parse(lastAt))), detail)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
