/** `rebuild`: makes a projection again from the log. */
import { silentLogger } from '../observability/log.ts'
import { countExpired, rebuildLogProjection, rebuildSnapshots } from '../projecting/rebuild.ts'
import type { Store } from '../store/port.ts'
import { parseArguments } from './arguments.ts'
import { type Command, type CommandContext, CommandFailure, UsageError } from './command.ts'
import { openStore } from './open-store.ts'
import { configOf } from './running-server.ts'

const help = `fresco rebuild history | snapshots | stats [--partial]

Makes a projection again from the log. On a sound store nothing changes; after damage, what the log still holds is right again.

  history     writes again what the log holds. What is older stays; so does what no commit explains, which fresco audit names
  snapshots   folds each snapshot again. Those from before the log stay while they can be read
  stats       counts again. Refused where the oldest commits have expired, because their counts would be forgotten
  --partial   stats: count what is left all the same

With MongoDB it may run beside servers. With SQLite the server has to be stopped: it holds the database's lock.`

const projections = ['history', 'snapshots', 'stats'] as const
type Projection = (typeof projections)[number]

const run = async (context: CommandContext) => {
  const { values, positionals } = parseArguments(context.args, { partial: { type: 'boolean', default: false } }, 1)
  const name = projections.find((each) => each === positionals[0])
  if (!name) throw new UsageError(`Say which projection: ${projections.join(', ')}.`)
  if (values.partial && name !== 'stats') throw new UsageError('--partial is for stats only.')
  const store = await openStore(configOf(context), context.tell)
  try {
    await rebuild(context, { store, name, partial: values.partial })
  } finally {
    await store.close()
  }
}

const rebuild = async ({ print, tell }: CommandContext, options: { store: Store; name: Projection; partial: boolean }) => {
  const { store, name, partial } = options
  for (const canvas of await store.listCanvases()) {
    tell(`Rebuilding the ${name} of "${canvas.id}"`)
    if (name === 'snapshots') {
      const { made, kept, deleted } = await rebuildSnapshots(store, canvas)
      print(`${canvas.id}: ${made} snapshots made again, ${kept} kept from before the log, ${deleted} deleted`)
      continue
    }
    const expired = name === 'stats' && !partial ? await countExpired(store, canvas) : 0
    if (expired > 0) {
      throw new CommandFailure(
        `${expired} commits of "${canvas.id}" are no longer kept, and what they count would be forgotten. With --partial only what is left is counted.`,
      )
    }
    print(`${canvas.id}: ${await rebuildLogProjection({ store, canvas, name, logger: silentLogger })} commits projected`)
  }
}

export const rebuildCommand: Command = { name: 'rebuild', summary: 'makes history, snapshots or stats again from the log', help, run }
