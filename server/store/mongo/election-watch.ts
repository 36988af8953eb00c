/**
 * Notices an election: members of the replica set answer, and none of them is the primary. A set of one node has no elections, and when no member
 * answers, this process or the whole set is cut off.
 */
import type mongoose from 'mongoose'

type Description = mongoose.mongo.TopologyDescription

export const watchElections = (client: Pick<mongoose.mongo.MongoClient, 'on'>) => {
  let description: Description | null = null
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    description = newDescription
  })
  return {
    get isElecting() {
      const types = [...(description?.servers.values() ?? [])].map(({ type }) => type)
      return types.includes('RSSecondary') && !types.includes('RSPrimary')
    },
  }
}
