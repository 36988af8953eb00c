/** The different queries among recorded commands, in the form that `explain` takes. */
import type { Document } from '../../testing/mongo-messages.fixture.ts'
import type { MongoCommand } from '../../testing/mongo-proxy.fixture.ts'

const explainable = ({ name, collection, body }: MongoCommand): Document | null => {
  const { filter = {}, sort = {}, key, query, pipeline, updates, deletes } = body
  const [statement] = (updates ?? deletes ?? []) as { q: Document }[]
  switch (name) {
    case 'find':
      return { find: collection, filter, sort }
    case 'distinct':
      return { distinct: collection, key, query }
    case 'aggregate':
      return { aggregate: collection, pipeline, cursor: {} }
    case 'update':
    case 'delete':
      return { find: collection, filter: statement?.q }
    default:
      return null
  }
}

/** Queries that differ in values only count as one. */
export const recordedQueries = (commands: readonly MongoCommand[]): Document[] => {
  const queries = new Map<string, Document>()
  for (const command of commands) {
    const query = explainable(command)
    if (!query) continue
    const shape = JSON.stringify(query, (_, value) => (typeof value === 'number' || typeof value === 'string' ? typeof value : value))
    queries.set(`${command.name} ${command.collection} ${shape.slice(0, 500)}`, query)
  }
  return [...queries.values()]
}
