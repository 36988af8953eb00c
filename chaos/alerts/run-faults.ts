/** Causes faults, waits for their alerts, mends them, and waits until the alerts resolve. */
import type { AlertFault } from './faults.ts'
import type { Stage } from './stage.ts'

const withinMs = 180_000

export interface Row {
  readonly fault: string
  readonly alert: string
  readonly scale: number
  /** From the start of the fault until the alert arrived; null for one that must not arrive. */
  readonly firedSeconds: string | null
  /** From the start of the remedy. */
  readonly resolvedSeconds: string | null
  /** Why the alert did not behave as it must. */
  readonly failure: string | null
}

const secondsFrom = (fromMs: number, toMs: number) => ((toMs - fromMs) / 1_000).toFixed(1)
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

export const runFault = (stage: Stage, fault: AlertFault) => runTogether(stage, [fault])

/** All faults at once. Their alerts must not silence each other. */
export const runTogether = async (stage: Stage, faults: readonly AlertFault[]): Promise<Row[]> => {
  const { monitoring } = stage
  await monitoring.untilQuiet(withinMs)
  const fired = await Promise.all(
    faults.map(async (fault) => {
      const sinceMs = performance.now()
      await fault.cause(stage)
      return Promise.all([
        ...fault.alerts.map((alert) => observeFiring(stage, fault, alert, sinceMs)),
        ...(fault.silenced ?? []).map((alert) => observeSilence(stage, fault, alert, sinceMs)),
      ])
    }),
  )
  const mendedMs = performance.now()
  await Promise.all(faults.map((fault) => fault.mend(stage)))
  return Promise.all(fired.flat().map((row) => observeEnd(stage, row, mendedMs)))
}

const observeFiring = async ({ monitoring }: Stage, fault: AlertFault, alert: string, sinceMs: number): Promise<Row> => {
  const row = { fault: fault.name, alert, scale: monitoring.scale, firedSeconds: null, resolvedSeconds: null, failure: null }
  try {
    const { atMs, labels, annotations, receiver } = await monitoring.receiver.until(alert, 'firing', { sinceMs, withinMs })
    const wrong = mistakeOf(receiver, labels, annotations)
    return { ...row, firedSeconds: secondsFrom(sinceMs, atMs), failure: wrong }
  } catch (error) {
    return { ...row, failure: messageOf(error) }
  }
}

const mistakeOf = (receiver: string, labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>) => {
  if (receiver !== `${labels['severity']}s`) return `it went to ${receiver}, with the severity ${labels['severity']}`
  const bad = ['summary', 'description', 'runbook_url'].find((name) => !annotations[name] || /<error|no value|%!/.test(annotations[name]))
  return bad === undefined ? null : `its ${bad} is "${annotations[bad]}"`
}

const observeSilence = async ({ monitoring }: Stage, fault: AlertFault, alert: string, sinceMs: number): Promise<Row> => {
  const row = { fault: fault.name, alert, scale: monitoring.scale, firedSeconds: null, resolvedSeconds: null }
  const failure = await monitoring.untilFiring(alert, withinMs).then(
    () => null,
    (error: unknown) => messageOf(error),
  )
  return { ...row, failure: failure ?? (monitoring.receiver.has(alert, sinceMs) ? 'it arrived, and should be silenced' : null) }
}

const observeEnd = async ({ monitoring }: Stage, row: Row, mendedMs: number): Promise<Row> => {
  if (row.failure !== null || row.firedSeconds === null) return row
  try {
    const { atMs } = await monitoring.receiver.until(row.alert, 'resolved', { sinceMs: mendedMs, withinMs })
    return { ...row, resolvedSeconds: secondsFrom(mendedMs, atMs) }
  } catch (error) {
    return { ...row, failure: messageOf(error) }
  }
}

/** The last three cells. */
const timesOf = ({ firedSeconds, resolvedSeconds, failure }: Row) => {
  if (failure !== null) return `**${failure}** | `
  return firedSeconds === null ? 'silenced | ' : `${firedSeconds} s | ${resolvedSeconds} s`
}

export const lineOf = (row: Row) => `  ${row.alert}: ${timesOf(row)}`

export const tableOf = (rows: readonly Row[]) =>
  [
    '| fault | alert | scale | arrived after | resolved after |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.fault} | ${row.alert} | ${row.scale} | ${timesOf(row)} |`),
  ].join('\n')
