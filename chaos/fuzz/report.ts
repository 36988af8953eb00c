/** The final report of a run: counts, service, growth, failures. */
import type { FuzzResult } from './run.ts'

const table = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')

const whole = (value: number) => value.toFixed(0)

export const reportOf = (result: FuzzResult, head: string): string => {
  const { attacks, kinds, statuses, service, growth, failures, folder } = result
  return [
    `${failures.length === 0 ? 'ok    ' : 'FAILED'}  ${head}: ${attacks} attacks`,
    `        kinds: ${table(kinds)}`,
    `        answers: ${table(statuses)}`,
    ...service.map(
      ({ url, answers, p50Ms, p99Ms, mostMs, disconnects, failures: refused }) =>
        `        meanwhile at ${url}: ${answers} answers, ${whole(p50Ms)} ms (median), ${whole(p99Ms)} ms (99 %), ${whole(mostMs)} ms at most, ${refused.length} failures, ${disconnects} disconnects`,
    ),
    ...growth.map(
      ({ name, usedMib, residentMib, handles }) =>
        `        ${name}: ${usedMib.map(whole).join(' → ')} MiB in use, ${residentMib.map(whole).join(' → ')} MiB resident (warm, most, end), ${handles} handles`,
    ),
    ...failures.map((failure) => `        WRONG: ${failure.replaceAll('\n', '\n        ')}`),
    ...(folder ? [`        logs: ${folder}`] : []),
  ].join('\n')
}
