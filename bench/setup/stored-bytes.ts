/** The sizes of documents and index keys in MongoDB as BSON, before compression. */
import mongoose from 'mongoose'

type Collection = mongoose.mongo.Collection<mongoose.mongo.Document>

const { calculateObjectSize } = mongoose.mongo.BSON
const sampled = 2_000

/** Whether a partial index holds a document. The schemas filter by a value, or by the presence of a value. */
const isIndexed = (document: mongoose.mongo.Document, filter: Readonly<Record<string, unknown>> = {}) =>
  Object.entries(filter).every(([field, wanted]) =>
    typeof wanted === 'object' && wanted !== null && '$exists' in wanted ? document[field] !== undefined : document[field] === wanted,
  )

/** The mean size of the documents that match the filter. @throws if none does. */
export const storedBytes = async (collection: Collection, filter: object) => {
  const documents = await collection.find(filter).limit(sampled).toArray()
  if (documents.length === 0) throw new Error(`${collection.collectionName} has no such document`)
  const indexes = await collection.indexes()
  let documentBytes = 0
  let indexBytes = 0
  for (const document of documents) {
    documentBytes += calculateObjectSize(document)
    for (const { key, partialFilterExpression } of indexes) {
      if (!isIndexed(document, partialFilterExpression)) continue
      indexBytes += calculateObjectSize(Object.fromEntries(Object.keys(key).map((field) => [field, document[field]])))
    }
  }
  return { documentBytes: documentBytes / documents.length, indexBytes: indexBytes / documents.length }
}
