/** `rebuild`: rebuilds a projection from the log. */
import { commandLine } from '../acts/acts.ts'
import { commandLineActs } from '../acts/command-line.ts'
import { silentLogger } from '../observability/log.ts'
import { countExpired, rebuildLogProjection, rebuildSnapshots } from '../projecting/rebuild.ts'
import type { Store } from '../store/port.ts'
import { rebuildTemplateCounts } from '../templates/rebuild-template-counts.ts'
import { parseArguments } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { openStore } from './open-store.ts'
import { configOf } from './running-server.ts'

const help = `fresco rebuild history | snapshots | stats | profiles | templates [--partial]

Rebuilds a projection from the log. It changes nothing in an intact store, and repairs a damaged one as far as the log reaches.

  history     rewrites the entries of the log. Older entries stay, and so do entries without a commit, which fresco audit lists
  snapshots   folds each snapshot again. Readable snapshots from before the log stay
  stats       counts again. Refused if the oldest commits have expired, because their counts would be lost
  profiles    counts the pixels of each painter again. Refused as for stats
  templates   counts again how much of each template by link is on the board
  --partial   for stats and profiles: count the remaining commits nevertheless

With MongoDB, servers may run meanwhile. With SQLite, stop the server first, because it locks the database.`

const projections = ['history', 'snapshots', 'stats', 'profiles', 'templates'] as const
/** Those that would lose what has expired. */
const counted: readonly Projection[] = ['stats', 'profiles']
type Projection = (typeof projections)[number]

const run = async (context: CommandContext) => {
  const { values, positionals } = parseArguments(context.args, { partial: { type: 'boolean', default: false } }, 1)
  const name = projections.find((each) => each === positionals[0])
  if (!name) throw new UsageError(`Name a projection: ${projections.join(', ')}.`)
  if (values.partial && !counted.includes(name)) throw new UsageError('--partial is for stats and profiles only.')
  const store = await openStore(configOf(context), context.progress)
  try {
    const { partial } = values
    const draft = { action: 'projection.rebuild', target: name, details: { partial } }
    await commandLineActs(store).run(commandLine, draft, () => rebuild(context, { store, name, partial }))
  } finally {
    await store.close()
  }
}

const rebuild = async ({ print, progress }: CommandContext, options: { store: Store; name: Projection; partial: boolean }) => {
  const { store, name, partial } = options
  for (const canvas of await store.listCanvases()) {
    progress(`Rebuilding the ${name} of "${canvas.id}"`)
    if (name === 'snapshots') {
      const { made, kept, deleted } = await rebuildSnapshots(store, canvas)
      print(`${canvas.id}: ${made} snapshots rebuilt, ${kept} kept from before the log, ${deleted} deleted`)
      continue
    }
    if (name === 'templates') {
      print(`${canvas.id}: ${await rebuildTemplateCounts(store, canvas)} templates counted`)
      continue
    }
    const expired = counted.includes(name) && !partial ? await countExpired(store, canvas, name) : 0
    if (expired > 0) {
      throw new CommandFailure(
        `${expired} commits of "${canvas.id}" have expired, and their counts would be lost. --partial counts the remaining ones.`,
      )
    }
    print(`${canvas.id}: ${await rebuildLogProjection({ store, canvas, name, logger: silentLogger })} commits projected`)
  }
}

export const rebuildCommand: Command = {
  name: 'rebuild',
  summary: 'rebuilds history, snapshots, stats, profiles or counts of templates from the log',
  help,
  run,
}
