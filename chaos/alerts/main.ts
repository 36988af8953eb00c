/** Causes real faults under a real Prometheus and Alertmanager, and measures when each alert arrives and resolves. `npm run alerts -- --help`. */
import { parseArgs } from 'node:util'
import { canRun, parseUsage, print, runCommand } from '../command.ts'
import type { Stack } from '../harness/cluster.ts'
import { embeddedFaults } from './embedded-faults.ts'
import { type AlertFault, closeProxy, killPublisher, restartFaults, servicesFaults, slowFaults } from './faults.ts'
import { hasMonitoring } from './monitoring.ts'
import { lineOf, type Row, runFault, runTogether, tableOf } from './run-faults.ts'
import { Stage } from './stage.ts'

const help = `npm run alerts -- [--quick] [--only TEXT]

Starts Fresco, Prometheus and Alertmanager with the files of deploy/monitoring/, causes each fault alone, waits until its alerts arrive at a webhook,
mends it, and waits until they resolve. Durations of the rules are divided by the scale, which the table names. Exit code 0 when every alert
arrived and resolved, 1 when one did not, 2 for bad usage. Needs the pages to be built, prometheus, prometheus-alertmanager, redis-server and a MongoDB.

  --quick       a few faults at once, on MongoDB and Redis
  --only TEXT   faults whose name contains this`

/** Fresco answers a scrape within a second or two while its database is away, so that Prometheus must wait as long. */
const plans: readonly { readonly stack: Stack; readonly scale: number; readonly faults: readonly AlertFault[] }[] = [
  { stack: 'services', scale: 25, faults: servicesFaults },
  { stack: 'services', scale: 10, faults: restartFaults },
  { stack: 'services', scale: 5, faults: slowFaults },
  { stack: 'embedded', scale: 25, faults: embeddedFaults },
]

const main = async (): Promise<number> => {
  const { values } = parseUsage(() =>
    parseArgs({
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
      },
    }),
  )
  if (values.help) {
    print(help)
    return 0
  }
  if (!hasMonitoring()) {
    print('This needs prometheus and prometheus-alertmanager.')
    return 1
  }
  if (!canRun(['services'])) return 1
  const rows: Row[] = []
  if (values.quick) rows.push(...(await runQuick()))
  else {
    for (const { stack, scale, faults } of plans) {
      const wanted = faults.filter(({ name }) => name.includes(values.only))
      if (wanted.length > 0) rows.push(...(await runAlone(stack, scale, wanted)))
    }
  }
  print(tableOf(rows))
  return rows.every(({ failure }) => failure === null) ? 0 : 1
}

const runQuick = async () => {
  const stage = await Stage.start('services', 25)
  try {
    return await runTogether(stage, [killPublisher, closeProxy])
  } finally {
    await stage.dispose()
  }
}

const runAlone = async (stack: Stack, scale: number, faults: readonly AlertFault[]) => {
  const stage = await Stage.start(stack, scale)
  const rows: Row[] = []
  try {
    for (const fault of faults) {
      print(`▸ ${fault.name}`)
      const some = await runFault(stage, fault)
      for (const row of some) print(lineOf(row))
      rows.push(...some)
    }
    return rows
  } finally {
    await stage.dispose()
  }
}

await runCommand('alerts', main)
