/**
 * Notices an election: members of the replica set answer, and none of them is the primary. A set of one node has no elections, and when no member
 * answers, this process or the whole set is cut off.
 */
import type mongoose from 'mongoose'

type Description = mongoose.mongo.TopologyDescription

/** The answers of a primary that steps down: NotWritablePrimary and its older codes, PrimarySteppedDown, InterruptedDueToReplStateChange. */
const steppingDown: ReadonlySet<unknown> = new Set([10_107, 10_058, 13_435, 189, 11_602])

export const watchElections = (client: Pick<mongoose.mongo.MongoClient, 'on' | 'options'>) => {
  let description: Description | null = null
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    description = newDescription
  })
  const isElecting = () => {
    const types = [...(description?.servers.values() ?? [])].map(({ type }) => type)
    return types.includes('RSSecondary') && !types.includes('RSPrimary')
  }
  return {
    isElecting,
    /** Whether a call failed because of an election. A direct connection does not follow the primary, so its node stays read-only. */
    isCauseOf: (error: unknown): boolean =>
      isElecting() || (!client.options.directConnection && steppingDown.has((error as { code?: unknown } | null)?.code)),
  }
}
