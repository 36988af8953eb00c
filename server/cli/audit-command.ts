/** `audit`: reads the store of a running or stopped system, and prints disagreements. */
import { audit } from '../audit/audit.ts'
import { type Finding, findingKinds } from '../audit/finding.ts'
import { openAuditedStore, openAuditedStream } from '../audit/open-audited.ts'
import { parseArguments } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure } from './command.ts'
import { opened } from './open-store.ts'
import { configOf } from './running-server.ts'

const help = `fresco audit [--json]

Checks a running or stopped system. Pixels, snapshots, history and statistics must agree with the log, as far as projections have followed
it. The log must have no missing and no doubled seq, and each pixel's commits must be in order. No commit may wait too long, no tile may be
stuck, and the stream must not be ahead of the store. Reads the database of the environment, and changes nothing. Prints each disagreement
and exits 1, or exits 0. docs/PROTOCOL.md explains the kinds.

  --json   one JSON object instead of lines`

/** Further findings of a kind are only counted. */
const shownPerKind = 20

const lineOf = ({ kind, canvas, tile, seq, detail }: Finding) =>
  `${kind.padEnd(17)}${canvas}${tile === null ? '' : ` tile ${tile}`}${seq === null ? '' : ` seq ${seq}`}: ${detail}`

const run = async (context: CommandContext) => {
  const { values } = parseArguments(context.args, { json: { type: 'boolean', default: false } })
  const config = configOf(context)
  const found = new Map<Finding['kind'], { count: number; shown: Finding[] }>(findingKinds.map((kind) => [kind, { count: 0, shown: [] }]))
  const store = await opened(openAuditedStore(config))
  try {
    const stream = await opened(openAuditedStream(config))
    const onFinding = (finding: Finding) => {
      const ofKind = found.get(finding.kind)
      if (!ofKind) return
      ofKind.count++
      if (ofKind.shown.length < shownPerKind) ofKind.shown.push(finding)
    }
    const options = { store, stream, retentionMs: config.outboxRetentionMs, now: Date.now, onFinding }
    const report = await audit(options).finally(() => stream?.close())
    const examples = [...found.values()].flatMap(({ shown }) => shown)
    const counts = Object.fromEntries([...found].filter(([, { count }]) => count > 0).map(([kind, { count }]) => [kind, count]))
    if (values.json) context.print(JSON.stringify({ ...report, ok: report.findings === 0, counts, examples }))
    else {
      for (const finding of examples) context.print(lineOf(finding))
      for (const [kind, { count, shown }] of found) if (count > shown.length) context.print(`${kind}: ${count - shown.length} more`)
      const { canvases, tiles, commits, pixels, snapshots, pending } = report
      const compared = `${pixels} pixels and ${snapshots} snapshots compared`
      context.print(`${canvases} canvases, ${tiles} tiles, ${commits} commits, ${compared}, ${pending} waiting`)
      if (report.erasing > 0) context.print(`${report.erasing} of the canvases are being erased and were not compared.`)
      if (report.unknown > 0) context.print(`Warning: ${report.unknown} entries of a newer version were skipped.`)
      if (report.findings === 0) context.print('Everything agrees.')
    }
    if (report.findings > 0) throw new CommandFailure(`${report.findings} things disagree.`)
  } finally {
    await store.close()
  }
}

export const auditCommand: Command = { name: 'audit', summary: 'checks that pixels, log, stream and projections agree', help, run }
