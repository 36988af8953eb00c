/** Makes the collections and indexes that are not there. An index that differs is reported and not rebuilt, which could take hours. */
import { OperatorError, reasonOf } from './operator-error.ts'
import { type Models, retentionIndex } from './schemas.ts'

const differences: ReadonlySet<unknown> = new Set([85, 86])

export const makeIndexes = async (models: Models) => {
  for (const model of Object.values(models)) {
    await model.createCollection()
    if (model === models.Outbox) await changeRetention(models.Outbox)
    try {
      await model.createIndexes()
    } catch (error) {
      if (!differences.has((error as { code?: unknown }).code)) throw error
      throw new OperatorError(
        `An index of the collection ${model.collection.name} differs from what this Fresco needs: ${reasonOf(error)}. Drop that index, then start again.`,
      )
    }
  }
}

/** A new retention changes the index in place. */
const changeRetention = async ({ schema, collection, db }: Models['Outbox']) => {
  const wanted = schema.indexes().find(([, { name }]) => name === retentionIndex)?.[1]['expireAfterSeconds']
  const present = (await collection.indexes()).find(({ name }) => name === retentionIndex)
  if (!present || present['expireAfterSeconds'] === wanted) return
  await db.db?.command({ collMod: collection.collectionName, index: { name: retentionIndex, expireAfterSeconds: wanted } })
}
