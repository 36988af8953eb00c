import type { Overview } from '../../lib/overview.ts'
import { useOperationsWords } from './use-operations-words.ts'

/** Mistakes in the setup that requests have revealed, each with its remedy. Renders nothing if there are none. */
export const Warnings = ({ overview: { at, warnings } }: { overview: Overview }) => {
  const { t, duration } = useOperationsWords()
  if (warnings.length === 0) return null
  return (
    <section className="panel min-w-0 p-4 sm:p-5" aria-label={t('setup.title')}>
      <h2 className="text-[12.5px] text-muted">{t('setup.title')}</h2>
      <ul className="mt-2 flex flex-col gap-3">
        {warnings.map(({ code, detail, count, lastAt }) => (
          <li key={code}>
            <h3 className="font-medium">{t(`warning.${code}.title`)}</h3>
            <p className="max-w-[90ch]">{t(`warning.${code}.remedy`)}</p>
            <p className="numbers mt-0.5 break-all text-[12.5px] text-muted">
              {t('setup.seen', { count, ago: duration(Math.max(0, Date.parse(at) - Date.parse(lastAt))), detail })}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
