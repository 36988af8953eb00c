/** Results as a table and as JSON. */
import { writeFileSync } from 'node:fs'
import type { Verdict } from '../history-checker/check-history.ts'
import { violationKinds } from '../history-checker/findings.ts'
import type { RunResult } from './run.ts'

const columns = ['fault', 'placements', 'injected', ...violationKinds, 'exact after', 'audit', 'stream duplicates', 'verdict']

const cellsOf = (result: RunResult) => [
  result.name,
  String(result.placements),
  String(result.injected),
  ...violationKinds.map((kind) => String(result.verdict?.findings.counts[kind] ?? '?')),
  result.exactSeconds === null ? 'never' : `${result.exactSeconds.toFixed(1)} s`,
  result.audit,
  String(result.streamDuplicates ?? '–'),
  result.failures.length === 0 ? 'ok' : 'FAILED',
]

const rowOf = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

export const tableOf = (results: readonly RunResult[]): string =>
  [rowOf(columns), rowOf(columns.map(() => '---')), ...results.map((result) => rowOf(cellsOf(result)))].join('\n')

/** One line on the terminal. */
export const lineOf = (result: RunResult): string => {
  const { name, seed, injected, perSecond, reconnects, exactSeconds, audit, streamDuplicates, verdict, failures, folder } = result
  const exact = exactSeconds === null ? 'never exact' : `exact after ${exactSeconds.toFixed(1)} s`
  return [
    `${failures.length === 0 ? 'ok    ' : 'FAILED'}  ${name} (seed ${seed}): ${injected} faults, ${perSecond.toFixed(0)} px/s, ${exact}, audit ${audit}, ${streamDuplicates ?? 'no'} duplicates in the stream`,
    ...(verdict ? verdictLines(verdict, reconnects) : []),
    ...failures.slice(0, 12).map((failure) => `        ${failure}`),
    ...(folder ? [`        history and logs: ${folder}`] : []),
  ].join('\n')
}

const verdictLines = (verdict: Verdict, reconnects: number) => {
  const { acknowledged, refused, unknown, deadLettered, excused, commits, changes, steps, clients, frames, boards, undone } = verdict
  const wrong = violationKinds.filter((kind) => verdict.findings.counts[kind] > 0).map((kind) => `${verdict.findings.counts[kind]} ${kind}`)
  return [
    `        ${acknowledged} placed, ${refused} refused, ${unknown} unknown, ${deadLettered} dead letters, ${undone} undone, in ${commits} commits; ${changes} changes of the canvas, ${steps} steps`,
    `        ${clients} clients, ${frames} frames, ${boards} boards, ${reconnects} reconnects, ${excused} excused`,
    `        ${wrong.join(', ') || 'nothing lost, doubled, out of order, ghost, torn, overspent, early or differing'}`,
  ]
}

/** Writes `out.md` and `out.json`. Each call replaces both, so that an interrupted matrix keeps its results so far. */
export const writeReport = (out: string, title: string, results: readonly RunResult[]) => {
  const base = out.replace(/\.(md|json)$/, '')
  const failed = results.filter(({ failures }) => failures.length > 0)
  const notes = failed.map(({ name, failures }) => `- ${name}: ${failures.slice(0, 5).join('; ')}`)
  writeFileSync(`${base}.md`, `# ${title}\n\n${tableOf(results)}\n${notes.length > 0 ? `\n${notes.join('\n')}\n` : ''}`)
  const plain = results.map(({ verdict, ...result }) => ({
    ...result,
    verdict: verdict && { ...verdict, findings: verdict.findings.counts },
  }))
  writeFileSync(`${base}.json`, `${JSON.stringify({ title, results: plain }, null, 2)}\n`)
}
