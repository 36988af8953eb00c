/** A process that sends due webhooks and kills itself at the failpoint. Arguments: the store's kind and place, the failpoint. */
import { systemClock } from '../clock.ts'
import { createFailpoints, type FailpointName } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import { openMongoStore } from '../store/mongo/mongo-store.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { WebhookSender } from './webhook-sender.ts'

const [kind, place = '', failpoint] = process.argv.slice(2)
const store =
  kind === 'sqlite'
    ? await openSqliteStore({ file: place })
    : await openMongoStore({ uri: place, retentionMs: 2_000_000_000_000, logger: silentLogger, now: Date.now, random: Math.random })
const failpoints = createFailpoints({ [failpoint as FailpointName]: 'kill' })
const context = { logger: silentLogger, failpoints, clock: systemClock, random: Math.random }
await new WebhookSender({ store, context, allowPrivate: true, onOutcome: () => undefined }).step()
